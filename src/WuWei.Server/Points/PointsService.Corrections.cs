using Google.Protobuf;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Registry;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Points;

/// <summary>What was wrong is moved back, by two people.</summary>
public sealed partial class PointsService
{
    private const string CorrectionColumn = "points_correction.reason";
    private const int AdjustmentMax = 1_000;

    public override async Task<Wire.ProposeReversalResponse> ProposeReversal(
        Wire.ProposeReversalRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("award_id", request.AwardId);
        var reason = Reason(request.Reason);
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.ProposeReversalResponse
        {
            Correction = await ProposeAsync(context, request, reason, tree, async db =>
            {
                var award = DemandPaid(await SeeAsync(db, call, id, tree));
                return New(call, reason, TransferKind.Reversal, award.UnitId, award.AccountId, -award.Amount) with
                {
                    AwardId = id,
                };
            }),
        };
    }

    public override async Task<Wire.ProposeAdjustmentResponse> ProposeAdjustment(
        Wire.ProposeAdjustmentRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var reason = Reason(request.Reason);
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        if (request.Points is 0 or < -AdjustmentMax or > AdjustmentMax)
        {
            throw Refuse.Invalid(
                "POINTS_RANGE", $"每次最多增减 {AdjustmentMax} 分。", new FieldFault("points", "超出范围。"));
        }

        return new Wire.ProposeAdjustmentResponse
        {
            Correction = await ProposeAsync(context, request, reason, tree, async db =>
            {
                call.Demand(Relation.None, unit.Path);
                var accountId = await AccountOfAsync(db, request);
                return await IsOwnAsync(db, call, accountId)
                    ? throw Own()
                    : New(call, reason, TransferKind.Adjustment, tree.GetOpen(unit.Id).Id, accountId, request.Points);
            }),
        };
    }

    public override async Task<Wire.DecideCorrectionResponse> DecideCorrection(
        Wire.DecideCorrectionRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("correction_id", request.CorrectionId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var correction = await DemandedAsync(db);
            if (correction.ProposedBy == call.Caller.PersonId)
            {
                throw Refuse.Denied("SECOND_PERSON_NEEDED", "需要另一位工作人员决定。");
            }

            if (await IsOwnAsync(db, call, correction.AccountId))
            {
                throw Own();
            }

            if (correction.DecidedAt is not null)
            {
                throw Refuse.Premature("CORRECTION_DECIDED", "这项更正已经决定过了。");
            }

            var decided = correction with
            {
                DecidedBy = call.Caller.PersonId,
                DecidedAt = call.Now,
                Approved = request.Approve,
            };
            if (!await db.DecideCorrectionAsync(decided))
            {
                throw new ConflictException();
            }

            var entry = JournalEntry.By(
                call, "staff", request.Approve ? "CORRECTION_APPROVED" : "CORRECTION_DECLINED", "correction", id,
                correction.UnitId, new { correction.AccountId, correction.Amount, correction.AwardId });
            db.Record(entry);
            if (request.Approve)
            {
                await CarryOutAsync(db, decided, entry);
            }

            return new Wire.DecideCorrectionResponse { Correction = ToWire(decided, call) };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<Correction> DemandedAsync(DbSession db)
        {
            var correction = await db.GetCorrectionAsync(id);
            call.Demand(Relation.None, tree.Get(correction.UnitId).Path);
            return correction;
        }
    }

    public override async Task<Wire.ListCorrectionsResponse> ListCorrections(
        Wire.ListCorrectionsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var (after, size) = ReadPage(request.PageToken, PageToken.Newest, request.PageSize);
        var page = await database.ReadAsync(
            db => db.ListCorrectionsAsync(unit.Id, after, size + 1), context.CancellationToken);
        return new Wire.ListCorrectionsResponse
        {
            Corrections = { page.Take(size).Select(c => ToWire(c, call)) },
            NextPageToken = page.Count > size
                ? new PageToken(page[size - 1].ProposedAt, page[size - 1].Id).ToString()
                : "",
        };
    }

    private async Task<Guid> AccountOfAsync(DbSession db, Wire.ProposeAdjustmentRequest request)
    {
        if (request.OrganisationId.Length == 0)
        {
            return (await db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone)).Id;
        }

        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        return await db.FindOrganisationNameAsync(id) is null ? throw UnknownOrganisation() : id;
    }

    private async Task<Wire.PointsCorrection> ProposeAsync(
        ServerCallContext context, IMessage request, string reason, UnitTree tree, Func<DbSession, Task<Correction>> read)
    {
        var call = context.Call();
        return await writer.WriteAsync(context, request, async db =>
        {
            var correction = await read(db);
            await db.AddCorrectionAsync(correction);
            db.Record(JournalEntry.By(
                call, "staff", "CORRECTION_PROPOSED", "correction", correction.Id, correction.UnitId, new
                {
                    correction.AccountId,
                    correction.Amount,
                    correction.AwardId,
                    reason = personalData.Hash(reason),
                }));
            return ToWire(correction, call);
        }, again: async (db, first) =>
        {
            var proposed = await db.GetCorrectionAsync(Guid.Parse(first.Id));
            call.Demand(Relation.None, tree.Get(proposed.UnitId).Path);
            return first;
        });
    }

    private async Task CarryOutAsync(DbSession db, Correction correction, JournalEntry entry)
    {
        if (correction.AwardId is { } awardId)
        {
            var award = DemandPaid(await db.FindAwardAsync(awardId) ?? throw UnknownAward());
            await payer.CorrectAsync(db, award, correction.Id, entry);
            return;
        }

        var kind = await db.FindOrganisationNameAsync(correction.AccountId) is null
            ? AccountKind.Person
            : AccountKind.Organisation;
        await db.OpenAccountAsync(correction.AccountId, kind, entry.At);
        if (!await db.ChangeBalanceAsync(correction.AccountId, correction.Amount, floor: 0))
        {
            throw Refuse.Premature("POINTS_TOO_FEW", "对方的积分不够扣。");
        }

        var given = correction.Amount > 0;
        var transfer = new Transfer
        {
            Id = clock.NewId(),
            At = entry.At,
            Kind = TransferKind.Adjustment,
            FromId = given ? correction.UnitId : correction.AccountId,
            ToId = given ? correction.AccountId : correction.UnitId,
            Amount = Math.Abs(correction.Amount),
            UnitId = correction.UnitId,
            CorrectionId = correction.Id,
        };
        db.QueueTransfer(transfer);
        db.Record(entry.Beside("POINTS_ADJUSTED", "transfer", transfer.Id, new
        {
            correction.AccountId,
            correction.Amount,
        }));
    }

    private Correction New(
        Call call, string reason, TransferKind kind, Guid unitId, Guid accountId, int amount)
    {
        var id = clock.NewId();
        return new Correction
        {
            Id = id,
            Kind = kind,
            UnitId = unitId,
            AccountId = accountId,
            Amount = amount,
            Reason = personalData.Seal(CorrectionColumn, id, reason),
            ProposedBy = call.Caller.PersonId,
            ProposedAt = call.Now,
        };
    }

    private static Award DemandPaid(Award award) => award.State == AwardState.Posted
        ? award
        : throw Refuse.Premature("AWARD_NOT_PAID", "这笔积分没有发放，或已经收回。");

    private static RefusedException Own() => Refuse.Denied("POINTS_OWN", "自己的积分要请同事更正。");

    private Wire.PointsCorrection ToWire(Correction correction, Call call) => new()
    {
        Id = correction.Id.ToString(),
        Kind = (Wire.TransferKind)correction.Kind,
        UnitId = correction.UnitId.ToString(),
        AccountId = correction.AccountId.ToString(),
        Points = correction.Amount,
        AwardId = correction.AwardId?.ToString() ?? "",
        Reason = personalData.Open(CorrectionColumn, correction.Id, correction.Reason),
        ProposedAt = Timestamp.FromDateTime(correction.ProposedAt),
        Decided = correction.DecidedAt is not null,
        Approved = correction.Approved ?? false,
        DecidedAt = correction.DecidedAt is { } at ? Timestamp.FromDateTime(at) : null,
        Mine = correction.ProposedBy == call.Caller.PersonId,
    };
}
