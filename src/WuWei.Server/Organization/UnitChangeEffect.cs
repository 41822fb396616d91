using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;

namespace WuWei.Organization;

/// <summary>An entry by whoever makes the change: staff today, or the clock on its day.</summary>
public delegate JournalEntry UnitEntry(string kind, string subject, Guid id, Guid? unitId, object detail);

/// <summary>What a change does to the tree on its day.</summary>
public static class UnitChangeEffect
{
    /// <param name="tree">As it was locked for this transaction.</param>
    public static async Task TakeEffectAsync(
        this DbSession db, PersonalData data, UnitTree tree, UnitChange change, DateTime now, UnitEntry entry)
    {
        var done = change.DemandPossible(tree).After(UnitChangeMove.TakeEffect);
        switch (change.Kind)
        {
            case UnitChangeKind.Rename:
                await RenameAsync(db, data, change, entry);
                break;
            case UnitChangeKind.Split:
                await SplitAsync(db, data, tree, change, entry);
                break;
            default:
                foreach (var unitId in change.UnitIds)
                {
                    await AbsorbAsync(db, tree, change, unitId, change.SuccessorId!.Value, _ => null, entry);
                }

                break;
        }

        await db.EndChangeAsync(change, done, now);
        db.Record(entry("UNIT_CHANGE_DONE", "unit_change", change.Id, change.UnitIds[0], new { change.EffectiveOn }));
    }

    private static async Task RenameAsync(DbSession db, PersonalData data, UnitChange change, UnitEntry entry)
    {
        var (unitId, name) = (change.UnitIds[0], change.Plan.Name!);
        await db.RenameUnitAsync(unitId, name, change.EffectiveOn);
        db.Record(entry("UNIT_RENAMED", "unit", unitId, unitId, new
        {
            changeId = change.Id,
            change.EffectiveOn,
            name = data.Hash(name),
        }));
    }

    private static async Task SplitAsync(
        DbSession db, PersonalData data, UnitTree tree, UnitChange change, UnitEntry entry)
    {
        var unit = tree.Get(change.UnitIds[0]);
        foreach (var made in change.Plan.NewUnits)
        {
            await db.AddUnitAsync(made.Id, unit.ParentId, unit.Kind.Code, made.Name, made.Codes, change.EffectiveOn);
            await db.AddSuccessorAsync(change.Id, made.Id);
            db.Record(entry("UNIT_ADDED", "unit", made.Id, unit.ParentId, new
            {
                changeId = change.Id,
                change.EffectiveOn,
                kind = unit.Kind.Code,
                name = data.Hash(made.Name),
                made.Codes,
            }));
        }

        var takers = change.Plan.NewUnits
            .SelectMany(u => u.ChildIds.Select(c => (ChildId: c, u.Id))).ToDictionary(t => t.ChildId, t => t.Id);
        await AbsorbAsync(
            db, tree, change, unit.Id, change.Plan.NewUnits[0].Id,
            childId => takers.TryGetValue(childId, out var id) ? id : null, entry);
    }

    /// <summary>A unit closes below its successor, which gets what is open below it unless somebody else takes that.</summary>
    private static async Task AbsorbAsync(
        DbSession db, UnitTree tree, UnitChange change, Guid unitId, Guid successorId, Func<Guid, Guid?> taker,
        UnitEntry entry)
    {
        foreach (var child in tree.Below(unitId).Where(c => !c.Closed))
        {
            await MoveAsync(child, taker(child.Id) ?? successorId, "UNIT_MOVED");
        }

        await db.CloseUnitAsync(unitId, change.EffectiveOn);
        await MoveAsync(tree.Get(unitId), successorId, "UNIT_CLOSED");

        async Task MoveAsync(Unit unit, Guid parentId, string kind)
        {
            await db.MoveUnitAsync(unit, parentId, change.EffectiveOn, change.Id);
            db.Record(entry(kind, "unit", unit.Id, unit.Id, new
            {
                changeId = change.Id,
                change.EffectiveOn,
                from = unit.ParentId,
                to = parentId,
            }));
        }
    }
}
