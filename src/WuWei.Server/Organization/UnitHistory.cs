namespace WuWei.Organization;

/// <summary>What a unit was called and below which it was, from a day on until its next one.</summary>
public sealed record UnitThen(Guid UnitId, DateTime Since, string Name, Guid? ParentId);

/// <summary>
/// The tree by date. Before its first day a unit is taken to be where it first was: nothing was counted in it then, save
/// what was taken over from another system.
/// </summary>
public sealed class UnitHistory
{
    private readonly Dictionary<Guid, UnitThen[]> _byUnit;
    private readonly ILookup<Guid, Guid> _everBelow;

    public UnitHistory(IReadOnlyCollection<UnitThen> rows)
    {
        _byUnit = rows.GroupBy(r => r.UnitId).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Since).ToArray());
        _everBelow = rows.Select(r => (Parent: r.ParentId ?? Guid.Empty, r.UnitId)).Distinct().OrderBy(r => r.UnitId)
            .ToLookup(r => r.Parent, r => r.UnitId);
    }

    public UnitThen On(Guid unitId, DateTime day)
    {
        var rows = _byUnit[unitId];
        return rows.LastOrDefault(r => r.Since <= day) ?? rows[0];
    }

    /// <summary>Directly below that day, or the roots, in the order they were made.</summary>
    public IEnumerable<Guid> Below(Guid? parentId, DateTime day) =>
        _everBelow[parentId ?? Guid.Empty].Where(id => On(id, day).ParentId == parentId);

    /// <summary>A unit and everything below it that day.</summary>
    public IEnumerable<Guid> Subtree(Guid unitId, DateTime day) =>
        Below(unitId, day).SelectMany(id => Subtree(id, day)).Prepend(unitId);
}
