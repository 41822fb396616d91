using WuWei.Errors;

namespace WuWei.Organization;

/// <param name="Rank">1 is the top.</param>
/// <param name="Audience">A wish's audience stops here while it climbs.</param>
/// <param name="Categories">Holds its own wish categories.</param>
/// <param name="Home">Residents live in it, and wishes are made in it.</param>
public sealed record UnitKind(string Code, string Name, int Rank, bool Audience, bool Categories, bool Home);

/// <summary>A node of the tree as it is now. A closed one lies below its successor.</summary>
/// <param name="Path">Itself, its parent, and so on up to the root.</param>
/// <param name="Codes">What other systems call it: system and code.</param>
public sealed record Unit(
    Guid Id, Guid? ParentId, UnitKind Kind, string Name, DateTime OpenedOn, DateTime? ClosedOn,
    IReadOnlyList<Guid> Path, IReadOnlyList<UnitCode> Codes)
{
    public bool Closed => ClosedOn is not null;

    /// <summary>Its ancestors: whoever is staff there is above it.</summary>
    public IReadOnlyList<Guid> Above => [.. Path.Skip(1)];

    public Unit DemandHome() => Kind.Home
        ? this
        : throw Refuse.Premature("UNIT_NOT_HOME", "请选择所住的社区或网格。");

    public bool IsWithin(Guid ancestorId) => Path.Contains(ancestorId);
}

public sealed record UnitCode(string System, string Code);

/// <summary>The whole tree, as one value: names, kinds and ancestors of any unit without a query.</summary>
public sealed class UnitTree
{
    private readonly Dictionary<Guid, Unit> _units;
    private readonly Dictionary<UnitCode, Unit> _byCode;
    private readonly ILookup<Guid, Unit> _children;

    public UnitTree(IReadOnlyList<UnitKind> kinds, IEnumerable<Unit> units, UnitHistory history)
    {
        Kinds = kinds;
        History = history;
        _units = units.ToDictionary(u => u.Id);
        _byCode = _units.Values.SelectMany(u => u.Codes.Select(c => (c, u))).ToDictionary(p => p.c, p => p.u);
        _children = _units.Values.OrderBy(u => u.Id).ToLookup(u => u.ParentId ?? Guid.Empty);
    }

    public IReadOnlyList<UnitKind> Kinds { get; }

    public UnitHistory History { get; }

    public int Count => _units.Count;

    public IEnumerable<Unit> All => _units.Values;

    public Unit Get(Guid id) => _units.GetValueOrDefault(id) ?? throw Unknown();

    public Unit? Find(Guid id) => _units.GetValueOrDefault(id);

    /// <summary>A unit that may still be chosen.</summary>
    public Unit GetOpen(Guid id)
    {
        var unit = Get(id);
        return unit.Closed ? throw Refuse.Premature("UNIT_CLOSED", "这个社区或单位已经撤销或合并。") : unit;
    }

    /// <summary>Where what belonged to a unit belongs today: itself, or the first open one on its path.</summary>
    public Unit OpenOf(Unit unit) => unit.Path.Select(Get).FirstOrDefault(u => !u.Closed) ?? unit;

    public Unit OpenOf(Guid id) => OpenOf(Get(id));

    /// <summary>A unit and what closed into it: what belonged to those is now its own.</summary>
    public IEnumerable<Guid> WithMerged(Unit unit) =>
        [unit.Id, .. Below(unit.Id).Where(u => u.Closed).SelectMany(WithMerged)];

    public Unit? Find(UnitCode code) => _byCode.GetValueOrDefault(code);

    /// <summary>Directly below, or the roots, in the order they were made.</summary>
    public IEnumerable<Unit> Below(Guid? id) => _children[id ?? Guid.Empty];

    /// <summary>The nearest unit, this one included, that holds wish categories.</summary>
    public Unit DistrictOf(Unit unit) => unit.Path.Select(Get).FirstOrDefault(u => u.Kind.Categories && !u.Closed)
        ?? throw Refuse.Premature("UNIT_HAS_NO_DISTRICT", "这里不属于任何一个区。");

    /// <summary>The nearest unit, this one included, where a wish's audience stops.</summary>
    public Unit AudienceOf(Unit unit) =>
        unit.Path.Select(Get).FirstOrDefault(u => u.Kind.Audience && !u.Closed) ?? OpenOf(unit);

    /// <summary>
    /// Where an audience goes when it climbs; null at the top. From a closed unit it is the level above its successor,
    /// which is not a level up itself.
    /// </summary>
    public Unit? AudienceAbove(Unit unit) =>
        OpenOf(unit).Path.Skip(1).Select(Get).FirstOrDefault(u => u.Kind.Audience && !u.Closed);

    public static RefusedException Unknown() => Refuse.Missing("UNIT_UNKNOWN", "没有找到这个社区或单位。");
}
