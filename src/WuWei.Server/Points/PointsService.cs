using System.Text.Json;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Registry;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Points;

/// <summary>The wire of points.proto: what is shown and what is held here; corrections and rules in the other parts.</summary>
public sealed partial class PointsService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, Payer payer, PointsRuleBooks books,
    TimeProvider clock)
    : Wire.PointsService.PointsServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;
    private const string RulingColumn = "points_ruling.reason";

    public override async Task<Wire.GetPointsResponse> GetPoints(Wire.GetPointsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var (balance, held) = await database.ReadAsync(
            async db => await db.GetBalanceAsync(await AccountAsync(db, call, request.OrganisationId)),
            context.CancellationToken);
        return new Wire.GetPointsResponse { Balance = balance, Held = held };
    }

    public override async Task<Wire.ListPointsResponse> ListPoints(
        Wire.ListPointsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var (after, size) = ReadPage(request.PageToken, PageToken.Newest, request.PageSize);
        var (lines, deductions) = await database.ReadAsync(async db =>
        {
            var account = await AccountAsync(db, call, request.OrganisationId);
            var page = await db.ListLinesAsync(account, after, size + 1);
            var deducted = page.Any(l => l.Kind == TransferKind.Deduction)
                ? await db.ListDeductionsAsync(account, after, size + 1)
                : [];
            return (page, deducted.ToDictionary(d => d.Id));
        }, context.CancellationToken);
        return new Wire.ListPointsResponse
        {
            Lines = { lines.Take(size).Select(l => ToWire(l, deductions.GetValueOrDefault(l.LineId))) },
            NextPageToken = lines.Count > size ? new PageToken(lines[size - 1].LineAt, lines[size - 1].LineId).ToString() : "",
        };
    }

    public override async Task<Wire.ExplainAwardResponse> ExplainAward(
        Wire.ExplainAwardRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("award_id", request.AwardId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            if (await db.FindDeductionAsync(id) is not { } deduction)
            {
                return new Wire.ExplainAwardResponse { Award = ToWire(await SeeAsync(db, call, id, tree)) };
            }

            await DemandSeenAsync(db, call, deduction.AccountId, tree.Get(deduction.UnitId));
            return new Wire.ExplainAwardResponse { Deduction = ToWire(deduction) };
        }, context.CancellationToken);
    }

    public override async Task<Wire.ListHeldAwardsResponse> ListHeldAwards(
        Wire.ListHeldAwardsRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        context.Call().Demand(Relation.None, unit.Path);
        var (after, size) = ReadPage(request.PageToken, PageToken.Oldest, request.PageSize);
        var held = await database.ReadAsync(
            db => db.ListHeldAsync(unit.Id, after, size + 1), context.CancellationToken);
        return new Wire.ListHeldAwardsResponse
        {
            Awards =
            {
                held.Take(size).Select(h => new Wire.HeldAward { Award = ToWire(h), AccountName = h.ShownName ?? "" }),
            },
            NextPageToken = held.Count > size ? new PageToken(held[size - 1].HeldAt, held[size - 1].Id).ToString() : "",
        };
    }

    public override async Task<Wire.DecideHeldAwardResponse> DecideHeldAward(
        Wire.DecideHeldAwardRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("award_id", request.AwardId);
        var reason = Reason(request.Reason);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var award = await SeeAsync(db, call, id, tree);
            if (award.Concerns(call.Caller) || await IsOwnAsync(db, call, award.AccountId))
            {
                throw Refuse.Denied("AWARD_OWN", "与自己有关的积分要请同事决定。");
            }

            if (award.State != AwardState.Held)
            {
                throw Refuse.Premature("AWARD_NOT_HELD", "这笔积分没有暂缓，或已经决定过了。");
            }

            if (!await db.DecideAsync(
                id, request.Pay, call.Caller.PersonId, call.Now, personalData.Seal(RulingColumn, id, reason)))
            {
                throw new ConflictException();
            }

            var entry = JournalEntry.By(
                call, "staff", !request.Pay ? "POINTS_VOIDED" : award.CalledBackBy is null ? "POINTS_POSTED" : "POINTS_LEFT",
                "award", id, award.UnitId, new
                {
                    award.AccountId,
                    award.Amount,
                    reason = personalData.Hash(reason),
                });
            db.Record(entry);
            if (request.Pay)
            {
                await payer.PostAsync(db, award, entry);
            }

            var wire = ToWire(award);
            wire.State = request.Pay ? Wire.AwardState.Posted : Wire.AwardState.Voided;
            return new Wire.DecideHeldAwardResponse { Award = wire };
        }, again: async (db, first) =>
        {
            await SeeAsync(db, call, id, tree);
            return first;
        });
    }

    /// <summary>The caller's own account, or that of an organisation they may act for.</summary>
    private static async Task<Guid> AccountAsync(DbSession db, Call call, string organisationId)
    {
        if (organisationId.Length == 0)
        {
            return call.Caller.PersonId;
        }

        var id = Faults.IdOf("organisation_id", organisationId);
        return await db.MayActForAsync(id, call.Caller.PersonId, call.Now) ? id : throw UnknownOrganisation();
    }

    /// <summary>Whether points are the caller's, or of an organisation that they are or were a member of.</summary>
    private static async Task<bool> IsOwnAsync(DbSession db, Call call, Guid accountId) =>
        accountId == call.Caller.PersonId || await db.IsInvolvedAsync(accountId, call.Caller.PersonId);

    private static RefusedException UnknownOrganisation() => Refuse.Missing("ORGANISATION_UNKNOWN", "没有找到这个组织。");

    /// <summary>An award as far as the caller may see it; missing if they may not.</summary>
    private static async Task<Award> SeeAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var award = await db.FindAwardAsync(id) ?? throw UnknownAward();
        await DemandSeenAsync(db, call, award.AccountId, tree.Get(award.UnitId));
        return award;
    }

    private static async Task DemandSeenAsync(DbSession db, Call call, Guid accountId, Unit unit)
    {
        var own = accountId == call.Caller.PersonId || await db.MayActForAsync(accountId, call.Caller.PersonId, call.Now);
        if (!own && !call.Caller.Covers(Role.Staff, unit.Path, call.Now)
            && !call.Caller.Covers(Role.Auditor, unit.Path, call.Now))
        {
            throw UnknownAward();
        }

        call.Demand(own ? Relation.Self : Relation.None, unit.Path);
    }

    private static RefusedException UnknownAward() => Refuse.Missing("AWARD_UNKNOWN", "没有找到这笔积分。");

    private static (PageToken After, int Size) ReadPage(string token, PageToken start, int size) => (
        token.Length == 0 ? start : PageToken.Read(token), PageToken.Size(size, PageSizeDefault, PageSizeMax));

    private static string Reason(string text) => Faults.TextOf("reason", text, ReasonLengthMin, ReasonLengthMax);

    private static Wire.PointsLine ToWire(LineRow line, Deduction? deduction) => new()
    {
        Id = line.LineId.ToString(),
        At = Timestamp.FromDateTime(line.LineAt),
        Kind = (Wire.TransferKind)line.Kind,
        // What was taken back has a line of its own.
        Points = line.Points ?? (line.TransferId is null ? 0 : line.Amount),
        UnitId = line.LineUnitId.ToString(),
        Award = line.Kind == TransferKind.Award ? ToWire((Award)line) : null,
        Deduction = deduction is null ? null : ToWire(deduction),
    };

    private static Wire.PointsDeduction ToWire(Deduction deduction) => new()
    {
        Id = deduction.Id.ToString(),
        At = Timestamp.FromDateTime(deduction.At),
        Reason = (Wire.DeductionReason)deduction.Reason,
        SubjectId = deduction.SubjectId.ToString(),
        UnitId = deduction.UnitId.ToString(),
        Points = deduction.Amount,
        RulesVersion = deduction.RulesVersion,
        AskedPoints = deduction.Asked,
        Returned = deduction.ReturnedBy is not null,
    };

    private static Wire.PointsAward ToWire(Award award)
    {
        var detail = JsonSerializer.Deserialize<AwardDetail>(award.Detail, JsonSerializerOptions.Web)!;
        return new Wire.PointsAward
        {
            Id = award.Id.ToString(),
            At = Timestamp.FromDateTime(award.At),
            Act = (Wire.PointsAct)award.Act,
            SubjectId = award.SubjectId.ToString(),
            UnitId = award.UnitId.ToString(),
            Points = award.Amount,
            State = (Wire.AwardState)award.State,
            HeldFor =
            {
                Enum.GetValues<Suspicion>().Where(s => s != Suspicion.None && award.Held.HasFlag(s))
                    .Select(s => (Wire.Suspicion)s),
            },
            RulesVersion = award.RulesVersion,
            BasePoints = detail.Base,
            Percent = detail.Percent,
            MeetingsBefore = detail.MeetingsBefore,
            DayLeft = detail.DayLeft,
            WeekLeft = detail.WeekLeft,
            CalledBack = award.CalledBackBy is not null,
        };
    }
}
