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
        var lines = await database.ReadAsync(
            async db => await db.ListLinesAsync(await AccountAsync(db, call, request.OrganisationId), after, size + 1),
            context.CancellationToken);
        return new Wire.ListPointsResponse
        {
            Lines = { lines.Take(size).Select(ToWire) },
            NextPageToken = lines.Count > size ? new PageToken(lines[size - 1].LineAt, lines[size - 1].LineId).ToString() : "",
        };
    }

    public override async Task<Wire.ExplainAwardResponse> ExplainAward(
        Wire.ExplainAwardRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("award_id", request.AwardId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var award = await database.ReadAsync(db => SeeAsync(db, call, id, tree), context.CancellationToken);
        return new Wire.ExplainAwardResponse { Award = ToWire(award) };
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
        var path = tree.Get(award.UnitId).Path;
        var own = award.AccountId == call.Caller.PersonId
            || await db.MayActForAsync(award.AccountId, call.Caller.PersonId, call.Now);
        if (!own && !call.Caller.Covers(Role.Staff, path, call.Now) && !call.Caller.Covers(Role.Auditor, path, call.Now))
        {
            throw UnknownAward();
        }

        call.Demand(own ? Relation.Self : Relation.None, path);
        return award;
    }

    private static RefusedException UnknownAward() => Refuse.Missing("AWARD_UNKNOWN", "没有找到这笔积分。");

    private static (PageToken After, int Size) ReadPage(string token, PageToken start, int size) => (
        token.Length == 0 ? start : PageToken.Read(token), PageToken.Size(size, PageSizeDefault, PageSizeMax));

    private static string Reason(string text) => Faults.TextOf("reason", text, ReasonLengthMin, ReasonLengthMax);

    private static Wire.PointsLine ToWire(LineRow line) => new()
    {
        Id = line.LineId.ToString(),
        At = Timestamp.FromDateTime(line.LineAt),
        Kind = (Wire.TransferKind)line.Kind,
        // What was taken back has a line of its own.
        Points = line.Points ?? (line.TransferId is null ? 0 : line.Amount),
        UnitId = line.LineUnitId.ToString(),
        Award = line.Kind == TransferKind.Award ? ToWire((Award)line) : null,
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
