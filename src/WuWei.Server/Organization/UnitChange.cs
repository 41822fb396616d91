using WuWei.Errors;

namespace WuWei.Organization;

/// <summary>Numbered as in organization.proto.</summary>
public enum UnitChangeKind : byte
{
    Rename = 1,
    Close,
    Merge,
    Split,
}

public enum UnitChangeStatus : byte
{
    Proposed = 1,
    Approved,
    Done,
    Declined,
    Cancelled,
}

public enum UnitChangeMove : byte
{
    Approve = 1,
    Decline,
    Cancel,
    TakeEffect,
}

/// <summary>A unit that a split makes.</summary>
/// <param name="ChildIds">What it takes over of what lies below the unit that is split.</param>
public sealed record NewUnit(Guid Id, string Name, IReadOnlyList<UnitCode> Codes, IReadOnlyList<Guid> ChildIds);

/// <summary>What a change will make: a name, or new units of which the first is the main successor.</summary>
public sealed record UnitPlan(string? Name, IReadOnlyList<NewUnit> NewUnits)
{
    public static UnitPlan Nothing { get; } = new(null, []);
}

/// <summary>A change of the tree on a day, and the only ways it may go: values in, values out.</summary>
/// <param name="EffectiveOn">A day of China.</param>
/// <param name="UnitIds">What it renames, closes, merges into another, or splits.</param>
/// <param name="SuccessorId">For a close and a merge.</param>
public sealed record UnitChange(
    Guid Id, UnitChangeKind Kind, UnitChangeStatus Status, DateTime EffectiveOn, IReadOnlyList<Guid> UnitIds,
    Guid? SuccessorId, UnitPlan Plan, Guid MadeBy)
{
    public const int DaysAheadMax = 366;
    public const int UnitsMax = 20;

    /// <summary>Every unit that is there already and that it touches: none of them takes a second change meanwhile.</summary>
    public IEnumerable<Guid> Touched => SuccessorId is { } successor ? UnitIds.Append(successor) : UnitIds;

    /// <summary>A merge waits for a second person, the others for their day only.</summary>
    public static UnitChangeStatus First(UnitChangeKind kind) =>
        kind == UnitChangeKind.Merge ? UnitChangeStatus.Proposed : UnitChangeStatus.Approved;

    /// <summary>The whole life of a change.</summary>
    public static UnitChangeStatus Next(UnitChangeStatus status, UnitChangeMove move) => (status, move) switch
    {
        (UnitChangeStatus.Proposed, UnitChangeMove.Approve) => UnitChangeStatus.Approved,
        (UnitChangeStatus.Proposed, UnitChangeMove.Decline) => UnitChangeStatus.Declined,
        (UnitChangeStatus.Proposed or UnitChangeStatus.Approved, UnitChangeMove.Cancel) => UnitChangeStatus.Cancelled,
        (UnitChangeStatus.Approved, UnitChangeMove.TakeEffect) => UnitChangeStatus.Done,
        _ => throw Refuse.Premature("UNIT_CHANGE_STATUS", "这项变更现在不能这样操作，请刷新看看。"),
    };

    public UnitChange After(UnitChangeMove move) => this with { Status = Next(Status, move) };

    public bool IsOver => Status is UnitChangeStatus.Done or UnitChangeStatus.Declined or UnitChangeStatus.Cancelled;

    /// <summary>Refuses what the tree does not allow: when it is asked for, when it is approved, and on its day.</summary>
    public UnitChange DemandPossible(UnitTree tree)
    {
        var touched = Touched.Select(tree.GetOpen).ToList();
        if (touched.DistinctBy(u => u.Kind).Count() > 1)
        {
            throw Refuse.Premature("UNIT_KINDS_DIFFER", "只能并入同一级的单位。");
        }

        // What it holds categories of is a district: no change gives its wishes those of another.
        if (Kind != UnitChangeKind.Rename && touched.Any(u => u.Kind.Categories))
        {
            throw Refuse.Premature("UNIT_HAS_CATEGORIES", "区一级只能改名，不能合并、拆分或撤销。");
        }

        if (touched.Count > touched.Distinct().Count()
            || touched.Any(u => touched.Any(other => other != u && other.IsWithin(u.Id))))
        {
            throw Refuse.Premature("UNIT_WITHIN", "不能并入自己的上级或下级。");
        }

        return Plan.NewUnits.SelectMany(u => u.Codes).All(c => tree.Find(c) is null)
            ? this
            : throw Refuse.Taken("UNIT_CODE_TAKEN", "新单位的编码已经有别的单位在用。");
    }
}
