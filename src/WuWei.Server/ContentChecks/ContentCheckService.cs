using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.ContentChecks;

/// <summary>The wire of content_checks.proto: what staff decide here, what authors do about it in the other part.</summary>
public sealed partial class ContentCheckService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, ContentOwners owners)
    : Wire.ContentCheckService.ContentCheckServiceBase
{
    private const int ChoicesMax = 50;
    private const int TextLengthMin = 2;
    private const int TextLengthMax = 500;
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;

    public override async Task<Wire.ListContentReviewsResponse> ListContentReviews(
        Wire.ListContentReviewsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var kind = Faults.EnumOf<ContentKind>((int)request.Kind);
        if (kind is null && request.Kind != Wire.ContentKind.Unspecified)
        {
            throw Refuse.Invalid("LIST_FILTER", "没有这一类内容。", new FieldFault("kind", "请选择其中一项。"));
        }

        var unit = await DemandedUnitAsync(call, request.UnitId, context.CancellationToken);
        var (after, size) = Page(request.PageToken, request.PageSize, PageToken.Oldest);
        var (reviews, next) = await ListAsync(
            call, db => db.ListQueuedAsync(unit.Id, kind, ReadsMessages(call, unit), after, size + 1), size,
            context.CancellationToken);
        return new Wire.ListContentReviewsResponse { Reviews = { reviews }, NextPageToken = next };
    }

    public override async Task<Wire.ReviewContentResponse> ReviewContent(
        Wire.ReviewContentRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var choices = request.Choices.Select(Read).ToList();
        if (choices.Count is 0 or > ChoicesMax || choices.DistinctBy(c => c.Id).Count() != choices.Count)
        {
            throw Refuse.Invalid(
                "CONTENT_CHOICES", $"一次处理 1 到 {ChoicesMax} 条，每条一次。", new FieldFault("choices", "数量不对。"));
        }

        var tree = await units.TreeAsync(context.CancellationToken);
        var ids = choices.Select(c => c.Id).ToList();
        var kinds = await database.ReadAsync(db => db.ListChecksAsync(ids), context.CancellationToken);
        var apply = await owners.ReadyAsync(kinds.Select(c => c.Kind), context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var checks = (await db.ListChecksAsync(ids)).ToDictionary(c => c.Id);
            var decided = new HashSet<Guid>();
            foreach (var choice in choices)
            {
                var check = checks.GetValueOrDefault(choice.Id) ?? throw ContentCheck.Unknown();
                Demand(call, check.UnitId, tree);
                if (check.AuthorId == call.Caller.PersonId)
                {
                    throw ContentCheck.Own();
                }

                if (check.Stage == CheckStage.Queued && check.Version == choice.Version)
                {
                    var after = choice.Reason == RefusalReason.None
                        ? check.Passed(call.Caller.PersonId, call.Now)
                        : check.Refused(
                            call.Caller.PersonId, choice.Reason,
                            ContentSight.SealReason(personalData, check, choice.Text), call.Now);
                    await ContentVerdicts.StoreAsync(db, call, "staff", apply, check, after);
                    checks[check.Id] = after;
                    decided.Add(check.Id);
                }
            }

            return decided.Count == 0
                ? throw Refuse.Premature("CONTENT_DECIDED", "这些内容已经有人处理了，请刷新看看。")
                : new Wire.ReviewContentResponse
                {
                    Contents =
                    {
                        ids.Select(id => new Wire.ReviewedContent
                        {
                            Id = id.ToString(),
                            State = (Wire.ContentState)checks[id].State,
                            Decided = decided.Contains(id),
                        }),
                    },
                };
        }, again: async (db, first) =>
        {
            foreach (var check in await db.ListChecksAsync(ids))
            {
                Demand(call, check.UnitId, tree);
            }

            return first;
        });
    }

    public override async Task<Wire.ListContentAppealsResponse> ListContentAppeals(
        Wire.ListContentAppealsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var unit = await DemandedUnitAsync(call, request.UnitId, context.CancellationToken);
        var (after, size) = Page(request.PageToken, request.PageSize, PageToken.Oldest);
        var (appeals, next) = await ListAsync(
            call, db => db.ListAppealedAsync(unit.Id, ReadsMessages(call, unit), after, size + 1), size,
            context.CancellationToken);
        return new Wire.ListContentAppealsResponse { Appeals = { appeals }, NextPageToken = next };
    }

    public override async Task<Wire.DecideContentAppealResponse> DecideContentAppeal(
        Wire.DecideContentAppealRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("id", request.Id);
        var answer = Faults.TextOf("answer", request.Answer, TextLengthMin, TextLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        var known = await database.ReadAsync(db => db.FindCheckAsync(id), context.CancellationToken)
            ?? throw ContentCheck.Unknown();
        var apply = await owners.ReadyAsync([known.Kind], context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var before = await DemandedAsync(db);
            var after = before.AppealDecided(
                call.Caller.PersonId, request.Admit, ContentSight.SealAnswer(personalData, before, answer), call.Now);
            var content = (await owners.LookAsync(db, [after])).GetValueOrDefault(after.Id);
            await ContentVerdicts.StoreAsync(db, call, "staff", apply, before, after);
            return new Wire.DecideContentAppealResponse { Appeal = after.ToReview(content, call.Caller, personalData) };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<ContentCheck> DemandedAsync(DbSession db)
        {
            var check = await db.FindCheckAsync(id) ?? throw ContentCheck.Unknown();
            // Whoever may only look at the content itself is not asked about the appeal.
            Demand(call, check.AppealUnitId ?? check.UnitId, tree);
            return check;
        }
    }

    private async Task<Unit> DemandedUnitAsync(Call call, string unitId, CancellationToken cancel)
    {
        var unit = (await units.TreeAsync(cancel)).Get(Faults.IdOf("unit_id", unitId));
        call.Demand(Relation.None, unit.Path);
        return unit;
    }

    /// <summary>What two people write to each other is none of an auditor's.</summary>
    private static bool ReadsMessages(Call call, Unit unit) => call.Caller.Covers(Role.Staff, unit.Path, call.Now);

    /// <summary>Somebody who lives nowhere yet has no staff: their names wait for a home.</summary>
    private static void Demand(Call call, Guid unitId, UnitTree tree) =>
        call.Demand(Relation.None, tree.Find(unitId)?.Path ?? []);

    private async Task<(List<Wire.ContentReview> Reviews, string Next)> ListAsync(
        Call call, Func<DbSession, Task<List<ContentCheck>>> list, int size, CancellationToken cancel)
    {
        var (checks, contents) = await database.ReadAsync(async db =>
        {
            var found = await list(db);
            return (found, await owners.LookAsync(db, found));
        }, cancel);
        return (
            [.. checks.Take(size).Select(c => c.ToReview(contents.GetValueOrDefault(c.Id), call.Caller, personalData))],
            checks.Count > size ? new PageToken(checks[size - 1].QueuedAt!.Value, checks[size - 1].Id).ToString() : "");
    }

    private static (PageToken After, int Size) Page(string token, int size, PageToken first) => (
        token.Length == 0 ? first : PageToken.Read(token), PageToken.Size(size, PageSizeDefault, PageSizeMax));

    private static Choice Read(Wire.ContentChoice wire)
    {
        var id = Faults.IdOf("choices.id", wire.Id);
        if (wire.Reason == Wire.RefusalReason.Unspecified)
        {
            return new Choice(id, wire.Version, RefusalReason.None, "");
        }

        var reason = Faults.EnumOf<RefusalReason>((int)wire.Reason) ?? throw Refuse.Invalid(
            "CONTENT_REASON", "请选择不通过的原因。", new FieldFault("choices.reason", "请选择其中一项。"));
        return new Choice(
            id, wire.Version, reason,
            Faults.TextOf("choices.reason_text", wire.ReasonText, TextLengthMin, TextLengthMax));
    }

    private sealed record Choice(Guid Id, int Version, RefusalReason Reason, string Text);
}
