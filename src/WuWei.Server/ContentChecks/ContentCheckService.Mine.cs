using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.ContentChecks;

/// <summary>What authors see of the checks of theirs, and how they appeal.</summary>
public sealed partial class ContentCheckService
{
    public override async Task<Wire.ListMyContentResponse> ListMyContent(
        Wire.ListMyContentRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var (after, size) = Page(request.PageToken, request.PageSize, PageToken.Newest);
        var checks = await database.ReadAsync(
            db => db.ListContentOfAsync(call.Caller.PersonId, after, size + 1), context.CancellationToken);
        return new Wire.ListMyContentResponse
        {
            Contents = { checks.Take(size).Select(c => c.ToMine(personalData, call.Now)) },
            NextPageToken = checks.Count > size
                ? new PageToken(checks[size - 1].MadeAt, checks[size - 1].Id).ToString()
                : "",
        };
    }

    public override async Task<Wire.AppealContentResponse> AppealContent(
        Wire.AppealContentRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("id", request.Id);
        var text = Faults.TextOf("reason", request.Reason, TextLengthMin, TextLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        var apply = await owners.ReadyAsync([], context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var before = await OwnAsync(db);
            var after = before.Appealed(
                ContentCheck.AppealUnitOf(tree.Get(before.UnitId), tree),
                ContentSight.SealAppeal(personalData, before, text), call.Now);
            await ContentVerdicts.StoreAsync(db, call, "author", apply, before, after);
            return new Wire.AppealContentResponse { Content = after.ToMine(personalData, call.Now) };
        }, again: async (db, first) =>
        {
            await OwnAsync(db);
            return first;
        });

        async Task<ContentCheck> OwnAsync(DbSession db) =>
            await db.FindCheckAsync(id) is { } check && check.AuthorId == call.Caller.PersonId
                ? check
                : throw ContentCheck.Unknown();
    }
}
