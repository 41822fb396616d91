using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Organization;

/// <summary>What a closed unit leaves may go to its successors only.</summary>
public static class UnitSuccession
{
    /// <summary>Refuses unless a unit is one of a closed one's successors, as they are now, or below.</summary>
    public static async Task DemandSuccessorAsync(this DbSession db, UnitTree tree, Unit closed, Unit to)
    {
        var successors = await db.ListSuccessorsAsync(closed.Id);
        if (!successors.Any(s => to.IsWithin(tree.OpenOf(s).Id)))
        {
            throw Refuse.Premature("UNIT_NOT_SUCCESSOR", "只能归到承接它的单位。");
        }
    }
}
