using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Points;

/// <summary>Versions of a district's rules: proposed by one, approved by another.</summary>
public sealed partial class PointsService
{
    /// <summary>More than there are: enough to see that there are too many.</summary>
    private const int ActsMax = 100;

    public override async Task<Wire.ListPointsRulesResponse> ListPointsRules(
        Wire.ListPointsRulesRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var district = tree.DistrictOf(tree.Get(Faults.IdOf("unit_id", request.UnitId)));
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        // A version is its own key: it is carried as seconds of a time.
        var before = request.PageToken.Length == 0
            ? int.MaxValue
            : (int)Math.Min(int.MaxValue, (PageToken.Read(request.PageToken).At - DateTime.UnixEpoch).TotalSeconds);
        var page = await database.ReadAsync(
            db => db.ListRulesAsync(district.Id, before, size + 1), context.CancellationToken);
        return new Wire.ListPointsRulesResponse
        {
            Rules = { page.Take(size).Select(ToWire) },
            NextPageToken = page.Count > size
                ? new PageToken(DateTime.UnixEpoch.AddSeconds(page[size - 1].Version), page[size - 1].Id).ToString()
                : "",
        };
    }

    public override async Task<Wire.ProposePointsRulesResponse> ProposePointsRules(
        Wire.ProposePointsRulesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var wire = request.Rules ?? new Wire.PointsRules();
        var tree = await units.TreeAsync(context.CancellationToken);
        var district = tree.DistrictOf(tree.Get(Faults.IdOf("rules.district_id", wire.DistrictId)));
        call.Demand(Relation.None, district.Path);
        var body = Read(wire);
        var activeFrom = Faults.TimeOf("rules.active_from", wire.ActiveFrom) ?? call.Now;
        return await writer.WriteAsync(context, request, async db =>
        {
            var newest = (await db.ListRulesAsync(district.Id, int.MaxValue, countMax: 1)).FirstOrDefault();
            var rules = new PointsRules(
                clock.NewId(), district.Id, (newest?.Version ?? 0) + 1, activeFrom, call.Caller.PersonId, call.Now,
                ApprovedBy: null, ApprovedAt: null, body);
            await db.AddRulesAsync(rules);
            db.Record(Entry(call, "POINTS_RULES_PROPOSED", rules));
            return new Wire.ProposePointsRulesResponse { Rules = ToWire(rules) };
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.ApprovePointsRulesResponse> ApprovePointsRules(
        Wire.ApprovePointsRulesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("rules_id", request.RulesId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var response = await writer.WriteAsync(context, request, async db =>
        {
            var rules = await DemandedAsync(db);
            if (rules.ApprovedAt is not null)
            {
                throw Refuse.Premature("POINTS_RULES_APPROVED", "这一版积分规则已经批准过了。");
            }

            if (rules.ProposedBy == call.Caller.PersonId)
            {
                throw Refuse.Denied("SECOND_PERSON_NEEDED", "需要另一位工作人员批准。");
            }

            var approved = rules with
            {
                ApprovedBy = call.Caller.PersonId,
                ApprovedAt = call.Now,
                // Never for what was done before.
                ActiveFrom = rules.ActiveFrom > call.Now ? rules.ActiveFrom : call.Now,
            };
            if (!await db.ApproveRulesAsync(id, call.Caller.PersonId, approved.ActiveFrom, call.Now))
            {
                throw new ConflictException();
            }

            db.Record(Entry(call, "POINTS_RULES_APPROVED", approved));
            return new Wire.ApprovePointsRulesResponse { Rules = ToWire(approved) };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });
        books.Forget();
        return response;

        async Task<PointsRules> DemandedAsync(DbSession db)
        {
            var rules = await db.GetRulesAsync(id);
            call.Demand(Relation.None, tree.Get(rules.DistrictId).Path);
            return rules;
        }
    }

    private static PointsRulesBody Read(Wire.PointsRules wire) => new PointsRulesBody(
        [.. wire.Acts.Take(ActsMax).Select(a => new ActPoints(Faults.EnumOf<PointsAct>((int)a.Act) ?? default, a.Points))],
        wire.DayMax, wire.WeekMax, [.. wire.PairPercents.Take(11)], wire.PairDays, wire.ValidMonths,
        wire.HeldWithinSeconds, wire.HeldFromMeeting,
        // Who does not know them yet leaves them out, and means no other than before.
        wire.HeldFromReturn == 0 ? DefaultRules.Body.HeldFromReturn : wire.HeldFromReturn,
        wire.HeldFromOther == 0 ? DefaultRules.Body.HeldFromOther : wire.HeldFromOther,
        wire.OrganisationPercent, wire.OrganisationDayMax, wire.OrganisationWeekMax,
        wire.ActivityHoursMax == 0 ? DefaultRules.Body.ActivityHoursMax : wire.ActivityHoursMax,
        wire.NoShowPoints).Checked();

    /// <summary>Whole, because it is nobody's personal data and an auditor will ask.</summary>
    private static JournalEntry Entry(Call call, string kind, PointsRules rules) => JournalEntry.By(
        call, "staff", kind, "points_rules", rules.Id, rules.DistrictId,
        new { rules.Version, rules.ActiveFrom, rules.Body });

    private static Wire.PointsRules ToWire(PointsRules rules) => new()
    {
        Id = rules.Id.ToString(),
        DistrictId = rules.DistrictId.ToString(),
        Version = rules.Version,
        ActiveFrom = Timestamp.FromDateTime(rules.ActiveFrom),
        Approved = rules.ApprovedAt is not null,
        Acts =
        {
            rules.Body.Acts.Select(a => new Wire.ActPoints { Act = (Wire.PointsAct)a.Act, Points = a.Points }),
        },
        DayMax = rules.Body.DayMax,
        WeekMax = rules.Body.WeekMax,
        PairPercents = { rules.Body.PairPercents },
        PairDays = rules.Body.PairDays,
        ValidMonths = rules.Body.ValidMonths,
        HeldWithinSeconds = rules.Body.HeldWithinSeconds,
        HeldFromMeeting = rules.Body.HeldFromMeeting,
        HeldFromReturn = rules.Body.HeldFromReturn,
        HeldFromOther = rules.Body.HeldFromOther,
        OrganisationPercent = rules.Body.OrganisationPercent,
        OrganisationDayMax = rules.Body.OrganisationDayMax,
        OrganisationWeekMax = rules.Body.OrganisationWeekMax,
        ActivityHoursMax = rules.Body.ActivityHoursMax,
        NoShowPoints = rules.Body.NoShowPoints,
    };
}
