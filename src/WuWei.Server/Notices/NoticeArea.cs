using WuWei.Organization;

namespace WuWei.Notices;

/// <summary>Where notices reach: a unit and everything below it, and after a merger its successor.</summary>
public static class NoticeArea
{
    /// <summary>The units whose notices reach a home: those on its path, with what closed into them.</summary>
    public static IReadOnlyList<Guid> Reaching(UnitTree tree, Guid? homeUnitId) =>
        homeUnitId is { } id && tree.Find(id) is { } home
            ? [.. home.Path.Select(tree.Get).SelectMany(tree.WithMerged).Distinct()]
            : [];

    /// <summary>An audience as it is today: open units, none within another.</summary>
    public static IReadOnlyList<Unit> Today(UnitTree tree, IEnumerable<Guid> unitIds)
    {
        var open = unitIds.Select(tree.Find).OfType<Unit>().Select(tree.OpenOf).DistinctBy(u => u.Id).ToList();
        return [.. open.Where(unit => !open.Any(other => other.Id != unit.Id && unit.IsWithin(other.Id)))];
    }

    /// <summary>That part of an audience which lies in a unit.</summary>
    public static IReadOnlyList<Unit> In(IReadOnlyList<Unit> audience, Unit unit) =>
        audience.Any(a => unit.IsWithin(a.Id)) ? [unit] : [.. audience.Where(a => a.IsWithin(unit.Id))];

    /// <summary>Everything in which people of these units may live, in the order of ids.</summary>
    public static IReadOnlyList<Guid> Homes(UnitTree tree, IReadOnlyList<Unit> audience) =>
        [.. audience.SelectMany(unit => All(tree, unit)).Distinct().Order()];

    /// <summary>The unit directly below, or the unit itself, to which a home is counted.</summary>
    public static Guid CountedIn(UnitTree tree, Unit unit, Guid homeUnitId)
    {
        var below = tree.Find(homeUnitId)?.Path.TakeWhile(id => id != unit.Id).LastOrDefault() ?? Guid.Empty;
        return below == Guid.Empty || tree.Get(below).Closed ? unit.Id : below;
    }

    private static IEnumerable<Guid> All(UnitTree tree, Unit unit) =>
        tree.Below(unit.Id).SelectMany(below => All(tree, below)).Prepend(unit.Id);
}
