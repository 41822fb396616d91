using Google.Protobuf;
using Microsoft.Extensions.Options;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Pictures;
using WuWei.Places;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>The wire of wishes.proto: moves and reviewing here; making, claims, outcomes and reading in the other parts.</summary>
public sealed partial class WishService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, Categories categories,
    PointsRuleBooks pointsBooks, SecurityEvents events, WishPayment payment, PictureLinks links,
    IEnumerable<IListedByUnit> listedByUnit, IOptions<WishOptions> options, TimeProvider clock)
    : Wire.WishService.WishServiceBase
{
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;

    public override Task<Wire.ApproveWishResponse> ApproveWish(
        Wire.ApproveWishRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.WishId, WishMove.Approve, note: null,
            m =>
            {
                var opened = m.Sight.Wish.Opened(WishMove.Approve, m.Rules, m.CanClimb, m.Now);
                return (m.Sight.Relation & Relation.Maker) != 0 || opened.IsFor(context.Call().Caller.PhoneIndex)
                    ? throw Refuse.Denied("WISH_OWN", "自己的心愿要请同事审核。")
                    : opened;
            },
            wish => new Wire.ApproveWishResponse { Wish = wish });

    public override Task<Wire.RejectWishResponse> RejectWish(
        Wire.RejectWishRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.WishId, WishMove.Reject, Reason(request.Reason),
            m => m.Sight.Wish.Ended(WishMove.Reject) with { ContentState = ContentState.Refused },
            wish => new Wire.RejectWishResponse { Wish = wish },
            also: async (m, _) =>
            {
                if (m.Sight.Wish is { ContentState: ContentState.Refused } wish
                    && await m.Db.IsAppealedAsync(ContentKind.Wish, wish.Id))
                {
                    throw Refuse.Premature("CONTENT_APPEALED", "许愿人已经申诉，要由受理申诉的工作人员决定。");
                }
            });

    public override Task<Wire.WithdrawWishResponse> WithdrawWish(
        Wire.WithdrawWishRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.WishId, WishMove.Withdraw, Reason(request.Reason),
            m => m.Sight.Wish.Ended(WishMove.Withdraw), wish => new Wire.WithdrawWishResponse { Wish = wish });

    public override Task<Wire.EscalateWishResponse> EscalateWish(
        Wire.EscalateWishRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.WishId, WishMove.Escalate, Reason(request.Reason),
            m =>
            {
                var wish = m.Sight.Wish;
                Wish.Next(wish.Status, WishMove.Escalate);
                var above = m.Tree.AudienceAbove(m.Tree.Get(wish.AudienceUnitId))
                    ?? throw Refuse.Premature("WISH_AT_TOP", "已经到最上一级了。");
                return wish.Escalated(
                    above.Id, byClock: false, m.Rules, m.Tree.AudienceAbove(above) is not null, m.Now);
            },
            wish => new Wire.EscalateWishResponse { Wish = wish });

    /// <summary>
    /// One move: see the wish, check the right, decide, store, reply. Sent again, the first answer is given, without
    /// what its caller may no longer see.
    /// </summary>
    private async Task<TReply> MoveAsync<TReply>(
        ServerCallContext context, IMessage request, string wishId, WishMove move, string? note,
        Func<WishMoving, Wish> decide, Func<Wire.Wish, TReply> reply,
        Func<WishMoving, Wish, Task>? also = null, Func<WishStep, WishStep>? detail = null,
        Func<DbSession, Task>? first = null)
        where TReply : IMessage<TReply>, new()
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", wishId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var book = await categories.BookAsync(context.CancellationToken);
        var pointsRules = await pointsBooks.BookAsync(context.CancellationToken);
        var wish = await writer.WriteAsync(context, request, async db =>
        {
            var sight = await SeeAsync(db, call, id, tree, claiming: move == WishMove.Claim);
            var actor = sight.Actor(call.Demand(sight.Relation, sight.Unit.Path));
            if (first is not null)
            {
                await first(db);
            }

            var moving = new WishMoving(
                db, sight, actor, book.RulesOf(sight.Wish.CategoryId), CanClimb(tree, sight.Wish), tree, pointsRules,
                call.Now);
            var after = decide(moving) with { Version = sight.Wish.Version + 1 };
            if (also is not null)
            {
                await also(moving, after);
            }

            var step = new WishStep(move, call.Now, actor, call.Caller.PersonId, note) { Channel = call.Channel };
            step = detail?.Invoke(step) ?? step;
            var entry = Entry(call, step, after);
            await db.MoveWishAsync(personalData, sight.Wish, after, step, entry);
            await db.AttachPicturesAsync(
                step.Pictures, step.Id, after.UnitId, call, asStaff: false, entry, after.IsSealed);
            return sight.After(after, call.Caller).ToWire(personalData);
        }, again: (db, answer) => AgainAsync(db, call, answer, tree));
        return reply(wish);
    }

    /// <summary>The wish as the caller stands to it; missing if they may not see it.</summary>
    private static async Task<WishSight> SeeAsync(
        DbSession db, Call call, Guid id, UnitTree tree, bool claiming = false)
    {
        var wish = await db.FindWishAsync(id, call.Caller.PersonId, call.Now, claiming) ?? throw Unknown();
        var sight = WishSight.Of(wish, tree, call);
        return sight.Visible ? sight : throw Unknown();
    }

    /// <summary>The first answer again, without what its caller may no longer know.</summary>
    private static async Task<Wire.Wish> AgainAsync(DbSession db, Call call, Wire.Wish first, UnitTree tree)
    {
        var wish = await db.FindWishAsync(Guid.Parse(first.Id), call.Caller.PersonId, call.Now) ?? throw Unknown();
        var sight = WishSight.Of(wish, tree, call);
        call.DemandReach(sight.Unit.Path);
        return sight.Again(first);
    }

    private JournalEntry Entry(Call call, WishStep step, Wish after) => JournalEntry.By(
        call, WishEntry.Name(step.Actor), WishEntry.Kind(step.Move), "wish", after.Id, after.UnitId,
        WishEntry.Moved(after, step, personalData));

    private static bool CanClimb(UnitTree tree, Wish wish) => tree.AudienceAbove(tree.Get(wish.AudienceUnitId)) is not null;

    private static string Reason(string text) => Faults.TextOf("reason", text, ReasonLengthMin, ReasonLengthMax);

    public static RefusedException Unknown() => Refuse.Missing("WISH_UNKNOWN", "没有找到这个心愿。");

    /// <summary>What a move needs to decide.</summary>
    private sealed record WishMoving(
        DbSession Db, WishSight Sight, WishActor Actor, CategoryRules Rules, bool CanClimb, UnitTree Tree,
        PointsRuleBook PointsRules, DateTime Now);
}

/// <summary>Numbers a district may set.</summary>
public sealed class WishOptions
{
    /// <summary>Wishes one person may hold claimed and not yet delivered.</summary>
    public int ClaimsMax { get; set; } = 5;

    /// <summary>Contacts one claimer may see in a day of China.</summary>
    public int ClaimerRevealsMax { get; set; } = 10;

    /// <summary>Contacts one staff member may see in a day of China.</summary>
    public int StaffRevealsMax { get; set; } = 60;

    /// <summary>
    /// Wishes whose contact one claimer may see and then give back in a day of China; after that they see no other.
    /// </summary>
    public int RevealReleasesMax { get; set; } = 3;

    /// <summary>An average of fewer ratings is not shown: it would speak of one or two people.</summary>
    public int RatingsMin { get; set; } = 5;

    /// <summary>A rating up to this opens a follow-up.</summary>
    public int LowRatingMax { get; set; } = 2;
}
