using WuWei.Errors;

namespace WuWei.Points;

/// <summary>What one act earns.</summary>
public sealed record ActPoints(PointsAct Act, int Points);

/// <summary>What a version of the rules says.</summary>
/// <param name="DayMax">At most so many points for one account on one day of China; the same for a week from Monday.</param>
/// <param name="PairPercents">
/// The part of an act's points for the first, second, third … time that the same two people meet within
/// <paramref name="PairDays"/>; the last one holds for all that follow.
/// </param>
/// <param name="ValidMonths">Points expire after so many months, the oldest first.</param>
/// <param name="HeldWithinSeconds">Claimed and kept within so many seconds looks odd.</param>
/// <param name="HeldFromMeeting">The same two people meeting this often within the pair's days looks odd.</param>
/// <param name="HeldFromReturn">The same, when each of them served the other.</param>
/// <param name="HeldFromOther">The same two as maker and helper meeting for this many different people looks odd.</param>
/// <param name="OrganisationPercent">
/// So much of an act's points goes to the organisation it was done for, beside what its member gets; with caps of its
/// own.
/// </param>
/// <param name="ActivityHoursMax">So many hours of one activity are paid to one person.</param>
/// <param name="NoShowPoints">So many are taken from who had a place in a shift and did not come.</param>
public sealed record PointsRulesBody(
    IReadOnlyList<ActPoints> Acts, int DayMax, int WeekMax, IReadOnlyList<int> PairPercents, int PairDays, int ValidMonths,
    int HeldWithinSeconds, int HeldFromMeeting, int HeldFromReturn = 2, int HeldFromOther = 3,
    int OrganisationPercent = 100, int OrganisationDayMax = 600, int OrganisationWeekMax = 2_000,
    int ActivityHoursMax = 8, int NoShowPoints = 0)
{
    public const int PointsMax = 1_000;

    /// <summary>An act that came after the rules were written earns nothing by them.</summary>
    public int PointsFor(PointsAct act, AccountKind kind) =>
        (Acts.SingleOrDefault(a => a.Act == act)?.Points ?? 0)
        * (kind == AccountKind.Organisation ? OrganisationPercent : 100) / 100;

    public int PointsFor(DeductionReason reason) => reason switch
    {
        DeductionReason.NoShow => NoShowPoints,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public (int Day, int Week) CapsOf(AccountKind kind) =>
        kind == AccountKind.Organisation ? (OrganisationDayMax, OrganisationWeekMax) : (DayMax, WeekMax);

    public int PercentAt(int meetingsBefore) => PairPercents[Math.Min(meetingsBefore, PairPercents.Count - 1)];

    /// <summary>Refuses rules that name an act twice or not at all, or a number out of range.</summary>
    public PointsRulesBody Checked()
    {
        var faults = new Faults();
        var all = Enum.GetValues<PointsAct>();
        if (!Acts.Select(a => a.Act).Order().SequenceEqual(all))
        {
            faults.Add("rules.acts", "每种行为都要写一次，不多不少。");
        }

        foreach (var (i, act) in Acts.Take(all.Length).Index())
        {
            faults.Range($"rules.acts[{i}].points", act.Points, 0, PointsMax);
        }

        faults.Range("rules.day_max", DayMax, 0, 100_000);
        faults.Range("rules.week_max", WeekMax, DayMax, 700_000);
        if (PairPercents.Count is < 1 or > 10 || PairPercents.Any(p => p is < 0 or > 100))
        {
            faults.Add("rules.pair_percents", "1 到 10 个百分比，各 0 到 100。");
        }

        faults.Range("rules.pair_days", PairDays, 1, 366);
        faults.Range("rules.valid_months", ValidMonths, 1, 120);
        faults.Range("rules.held_within_seconds", HeldWithinSeconds, 0, 86_400);
        faults.Range("rules.held_from_meeting", HeldFromMeeting, 2, 1_000);
        faults.Range("rules.held_from_return", HeldFromReturn, 2, 1_000);
        faults.Range("rules.held_from_other", HeldFromOther, 2, 1_000);
        faults.Range("rules.organisation_percent", OrganisationPercent, 0, 100);
        faults.Range("rules.organisation_day_max", OrganisationDayMax, 0, 100_000);
        faults.Range("rules.organisation_week_max", OrganisationWeekMax, OrganisationDayMax, 700_000);
        faults.Range("rules.activity_hours_max", ActivityHoursMax, 1, 1_000);
        faults.Range("rules.no_show_points", NoShowPoints, 0, PointsMax);
        faults.ThrowIfAny("POINTS_RULES_INVALID", "积分规则有些内容没有填对，请检查。");
        return this;
    }
}

/// <summary>One version of a district's rules.</summary>
/// <param name="ProposedBy">Null for what the installation began with.</param>
/// <param name="ApprovedBy">Null until a second person approved it; then it holds from its date on.</param>
public sealed record PointsRules(
    Guid Id, Guid DistrictId, int Version, DateTime ActiveFrom, Guid? ProposedBy, DateTime ProposedAt, Guid? ApprovedBy,
    DateTime? ApprovedAt, PointsRulesBody Body);

/// <summary>All approved rules of all districts, as one value.</summary>
public sealed class PointsRuleBook(IEnumerable<PointsRules> approved)
{
    private readonly ILookup<Guid, PointsRules> _byDistrict = approved
        .OrderByDescending(r => r.ActiveFrom).ThenByDescending(r => r.Version).ToLookup(r => r.DistrictId);

    /// <summary>The rules of a day: the newest that were active then.</summary>
    public PointsRules At(Guid districtId, DateTime at) =>
        _byDistrict[districtId].FirstOrDefault(r => r.ActiveFrom <= at)
        ?? throw new InvalidOperationException("A district has no rules for points.");
}
