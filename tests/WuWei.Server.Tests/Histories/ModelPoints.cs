using Act = WuWei.Protos.V1.PointsAct;

namespace WuWei.Tests.Histories;

/// <summary>What a version of the rules says, as points.proto describes it.</summary>
/// <param name="Points">For each act by its number; those of wishes only.</param>
public sealed record ModelRules(
    int[] Points, int DayMax, int WeekMax, int[] PairPercents, int PairDays, int ValidMonths, int HeldWithinSeconds,
    int HeldFromMeeting, int HeldFromReturn, int HeldFromOther, int OrganisationPercent, int OrganisationDayMax,
    int OrganisationWeekMax, int NoShowPoints)
{
    /// <summary>What a district begins with.</summary>
    public static ModelRules Default { get; } = new(
        [0, 10, 10, 10, 10, 5, 0, 0, 0, 1, 2], DayMax: 60, WeekMax: 200, [100, 100, 50, 50, 20, 0], PairDays: 30,
        ValidMonths: 24, HeldWithinSeconds: 300, HeldFromMeeting: 5, HeldFromReturn: 2, HeldFromOther: 3,
        OrganisationPercent: 100, OrganisationDayMax: 600, OrganisationWeekMax: 2_000, NoShowPoints: 0);

    public bool IsValid => WeekMax >= DayMax && OrganisationWeekMax >= OrganisationDayMax;

    public override string ToString() =>
        $"[{string.Join(' ', Points.Skip(1))}], at most {DayMax} a day and {WeekMax} a week, "
        + $"[{string.Join(' ', PairPercents)}] % within {PairDays} days, for {ValidMonths} months, held within "
        + $"{HeldWithinSeconds} s, from {HeldFromMeeting} meetings, {HeldFromReturn} returned, {HeldFromOther} others; "
        + $"organisations {OrganisationPercent} %, {OrganisationDayMax} a day and {OrganisationWeekMax} a week, "
        + $"{NoShowPoints} less for who does not come";
}

/// <param name="ProposedBy">Null for what the district began with.</param>
/// <param name="ProposedFrom">From when on it shall hold.</param>
public sealed record ModelVersion(
    int Version, ModelRules Rules, int? ProposedBy, DateTime ProposedFrom, DateTime? ApprovedAt)
{
    public bool Approved => ApprovedAt is not null;

    /// <summary>Never for what was done before it was approved.</summary>
    public DateTime ActiveFrom => ApprovedAt > ProposedFrom ? ApprovedAt.Value : ProposedFrom;
}

/// <summary>What an act earned somebody, and what became of it.</summary>
/// <param name="Source">The wish and which of its claims: what an act is done on.</param>
/// <param name="Account">Whose it is, in <see cref="Cast"/>.</param>
public sealed record ModelAward(
    (int Wish, int Claim) Source, int Account, Act Act, int Served, int Maker, Place Unit, DateTime At,
    ModelVersion Version, int Base, int Percent, int Meetings, long DayLeft, long WeekLeft, int Points,
    IReadOnlyList<Wire.Suspicion> HeldFor)
{
    public Wire.AwardState State { get; set; }
    public IReadOnlyList<Wire.Suspicion> HeldFor { get; set; } = HeldFor;

    /// <summary>It was paid, before what is odd about it came to light.</summary>
    public bool CalledBack { get; set; }

    /// <summary>When it was paid, also if it was taken back later.</summary>
    public DateTime? PaidAt { get; set; }
}

/// <summary>Whatever else changed a balance.</summary>
public sealed record ModelTransfer(Wire.TransferKind Kind, int Account, int Points, Place? Unit, DateTime At);

/// <summary>What one proposes and another decides on.</summary>
/// <param name="Award">That a reversal takes back.</param>
public sealed record ModelCorrection(
    int Account, int Points, Place Unit, ModelAward? Award, string Words, int ProposedBy, DateTime ProposedAt)
{
    public DateTime? DecidedAt { get; set; }
    public bool Approved { get; set; }
}
