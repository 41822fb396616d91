using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Organization;

/// <summary>What a closed unit leaves may go to its successors only.</summary>
public static class UnitSuccession
{
    /// <summary>Refuses unless a unit is one of a closed one's successors, or theirs if they closed, or below.</summary>
    public static async Task DemandSuccessorAsync(this DbSession db, UnitTree tree, Unit closed, Unit to)
    {
        var (seen, left) = (new HashSet<Guid>(), new Queue<Guid>([closed.Id]));
        while (left.TryDequeue(out var from))
        {
            foreach (var successor in (await db.ListSuccessorsAsync(from)).Where(seen.Add))
            {
                if (to.IsWithin(successor))
                {
                    return;
                }

                if (tree.Get(successor).Closed)
                {
                    left.Enqueue(successor);
                }
            }
        }

        throw Refuse.Premature("UNIT_NOT_SUCCESSOR", "只能归到承接它的单位。");
    }
}
