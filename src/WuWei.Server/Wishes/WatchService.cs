using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>The wire of watches.proto: following here; what is alike, and making one of two, in the other part.</summary>
public sealed partial class WatchService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units) : Wire.WatchService.WatchServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;

    private static readonly Limit Watches = new("wish-watch", 100, TimeSpan.FromDays(1));

    public override async Task<Wire.WatchWishResponse> WatchWish(Wire.WatchWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            // Whoever begins to follow it while it is merged must not stay behind.
            await db.HoldWishAsync(id);
            var sight = await SeeAsync(db, call, id, tree);
            call.Demand(sight.Relation, sight.Unit.Path);
            if (!sight.Wish.IsUnderWay && sight.Wish.Status != WishStatus.PendingReview)
            {
                throw Refuse.Premature("WISH_ENDED", "这个心愿已经结束，不用再关注了。");
            }

            if (!await db.TakeAsync(Watches, personalData.Index("watch", $"{call.Caller.PersonId}"), call.Now))
            {
                throw Refuse.Exhausted("WATCHES_TOO_MANY", "今天关注得太多了，请明天再来。");
            }

            if (!await db.AddFollowerAsync(id, call.Caller.PersonId, call.Now))
            {
                throw Refuse.Taken("WISH_WATCHED", "你已经关注了这个心愿。");
            }

            db.Record(Entry(call, "WATCH_ADDED", sight.Wish, new { }));
            return await ToWireAsync(db, call, id, tree);
        }, again: (db, _) => ToWireAsync(db, call, id, tree));
    }

    public override async Task<Wire.UnwatchWishResponse> UnwatchWish(
        Wire.UnwatchWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        return await writer.WriteAsync(context, request, async db =>
        {
            var wish = await db.FindWishAsync(id, call.Caller.PersonId, call.Now);
            if (wish is null || !await db.EndFollowerAsync(id, call.Caller.PersonId))
            {
                throw Refuse.Missing("WATCH_NONE", "你没有关注这个心愿。");
            }

            db.Record(Entry(call, "WATCH_ENDED", wish, new { }));
            return new Wire.UnwatchWishResponse();
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.ListWatchedResponse> ListWatched(
        Wire.ListWatchedRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var from = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        var rows = await database.ReadAsync(
            db => db.ListWatchedAsync(call.Caller, from, size + 1, call.Now), context.CancellationToken);
        return new Wire.ListWatchedResponse
        {
            Wishes = { rows.Take(size).Select(w => WishSight.Of(w, tree, call).Listed(personalData)) },
            NextPageToken = rows.Count > size ? $"{new PageToken(rows[size - 1].WatchedAt, rows[size - 1].Id)}" : "",
        };
    }

    private async Task<Wire.WatchWishResponse> ToWireAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var sight = await SeeAsync(db, call, id, tree);
        call.Demand(sight.Relation, sight.Unit.Path);
        return new Wire.WatchWishResponse { Wish = sight.ToWire(personalData) };
    }

    private static async Task<WishSight> SeeAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var wish = await db.FindWishAsync(id, call.Caller.PersonId, call.Now) ?? throw WishService.Unknown();
        var sight = WishSight.Of(wish, tree, call);
        return sight.Visible ? sight : throw WishService.Unknown();
    }

    /// <summary>The wish is the subject of its own moves; this is about who follows it.</summary>
    private static JournalEntry Entry(Call call, string kind, Wish wish, object detail) =>
        JournalEntry.By(call, "follower", kind, "wish_watch", wish.Id, wish.UnitId, detail);
}
