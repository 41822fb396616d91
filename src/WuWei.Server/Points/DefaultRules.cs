using WuWei.Data;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Points;

/// <summary>The rules that a district starts with; its staff propose others.</summary>
public static class DefaultRules
{
    public static PointsRulesBody Body { get; } = new(
        [
            new(PointsAct.WishKeptByPartyMember, 10),
            new(PointsAct.WishKeptByVolunteer, 10),
            new(PointsAct.WishKeptByOrganisationMember, 10),
            new(PointsAct.WishKeptByNeighbour, 10),
            new(PointsAct.WishAutoConfirmed, 5),
            new(PointsAct.WishRated1, 0),
            new(PointsAct.WishRated2, 0),
            new(PointsAct.WishRated3, 0),
            new(PointsAct.WishRated4, 1),
            new(PointsAct.WishRated5, 2),
            new(PointsAct.HoursServed, 3),
            new(PointsAct.InviteeServed, 5),
        ],
        DayMax: 60, WeekMax: 200, PairPercents: [100, 100, 50, 50, 20, 0], PairDays: 30, ValidMonths: 24,
        HeldWithinSeconds: 300, HeldFromMeeting: 5);

    /// <summary>Adds them to a new district, in the caller's transaction.</summary>
    public static async Task AddDefaultRulesAsync(this DbSession db, Guid districtId, TimeProvider clock)
    {
        var now = clock.Now();
        var rules = new PointsRules(
            clock.NewId(), districtId, Version: 1, ActiveFrom: DateTime.UnixEpoch, ProposedBy: null, now, ApprovedBy: null,
            ApprovedAt: now, Body);
        await db.AddRulesAsync(rules);
        await db.SnapshotChangedAsync(PointsRuleStore.Version);
        db.Record(JournalEntry.BySystem(
            now, "operator", "POINTS_RULES_ADDED", "points_rules", rules.Id, districtId, new { rules.Version }));
    }
}
