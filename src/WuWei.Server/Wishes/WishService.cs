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

/// <summary>The wire of wishes.proto: making and reviewing here; claims, outcomes and reading in the other parts.</summary>
public sealed partial class WishService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, Categories categories,
    PointsRuleBooks pointsBooks, SecurityEvents events, WishPayment payment, PictureLinks links,
    IEnumerable<IListedByUnit> listedByUnit, IOptions<WishOptions> options, TimeProvider clock)
    : Wire.WishService.WishServiceBase
{
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;

    public override async Task<Wire.MakeWishResponse> MakeWish(Wire.MakeWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var book = await categories.BookAsync(context.CancellationToken);
        if (request.Point is { } point && new Point(point.Latitude, point.Longitude) is { IsInChina: true } given)
        {
            // From here on nobody knows more, not even the hash of the request that is kept with its key.
            request.Point = WishSight.ToWire(GridCell.Of(given));
        }

        return new Wire.MakeWishResponse
        {
            Wish = await AddAsync(context, request, tree, async db =>
            {
                var draft = WishDraft.Read(request, await OwnPhoneAsync(db, call, request), call.Now);
                var unit = tree.GetOpen(Faults.IdOf("unit_id", request.UnitId));
                var category = OpenCategory(Faults.IdOf("category_id", request.CategoryId), unit, tree, book);
                var answers = category.Rules!.ReadAnswers(request.Answers);
                return new WishMaking(draft, answers, unit, category, Old: null)
                {
                    Pictures = Picture.ReadIds("picture_ids", request.PictureIds),
                };
            }),
        };
    }

    public override async Task<Wire.RemakeWishResponse> RemakeWish(
        Wire.RemakeWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var book = await categories.BookAsync(context.CancellationToken);
        return new Wire.RemakeWishResponse
        {
            Wish = await AddAsync(context, request, tree, async db =>
            {
                var sight = await SeeAsync(db, call, Faults.IdOf("wish_id", request.WishId), tree);
                var old = sight.Wish;
                if (call.Demand(sight.Relation, sight.Unit.Path) is not null && old.Origin != WishOrigin.Staff)
                {
                    throw Call.Denied();
                }

                if (old.Status is not (WishStatus.Withdrawn or WishStatus.Expired))
                {
                    throw Refuse.Premature("WISH_WRONG_STATUS", "只有过期或撤回的心愿可以重新发布。");
                }

                if (old.MergedInto is not null)
                {
                    throw Refuse.Premature("WISH_MERGED", "这个心愿已经和另一个合并办理，不能重新发布。");
                }

                var unit = tree.OpenOf(old.UnitId);
                return new WishMaking(
                    WishDraft.Of(old, personalData, call.Now), WishContent.Of(old, personalData).Answers, unit,
                    OpenCategory(old.CategoryId, unit, tree, book), old);
            }),
        };
    }

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
    /// Makes a wish. What is asked is read inside the write: if the clock or somebody else made it impossible meanwhile,
    /// an earlier try of the same request still answers.
    /// </summary>
    private async Task<Wire.Wish> AddAsync(
        ServerCallContext context, IMessage request, UnitTree tree, Func<DbSession, Task<WishMaking>> read)
    {
        var call = context.Call();
        return await writer.WriteAsync(context, request, async db =>
        {
            var making = await read(db);
            DemandOrigin(call, making.Draft.Origin, making.Unit);
            var content = new WishContent(making.Draft.Title, making.Draft.Text, making.Answers);
            var wish = content.Into(New(call, making, tree), personalData);
            var actor = wish.Origin == WishOrigin.Staff ? WishActor.Staff : WishActor.Maker;
            if (wish.Place is { } place && IsOwn(call.Caller, making.Draft))
            {
                db.QueuePlace(call.Caller.PersonId, place, call.Now);
            }

            var entry = JournalEntry.By(
                call, WishEntry.Name(actor), WishEntry.Kind(WishMove.Make), "wish", wish.Id, wish.UnitId,
                WishEntry.Made(wish, content, making.Draft.Contact, personalData));
            if (wish.ContentState == ContentState.Waiting && !making.Category.Rules!.NeedsReview)
            {
                // Where staff read each wish before they approve it, nobody needs to look before them.
                db.QueueContentCheck(ContentPiece.By(
                    call, ContentKind.Wish, wish.Id, wish.UnitId, staffOnly: wish.IsSealed));
            }

            await db.AddWishAsync(
                personalData, wish, new WishStep(WishMove.Make, call.Now, actor, call.Caller.PersonId), entry);
            await db.AttachPicturesAsync(
                making.Pictures, wish.Id, wish.UnitId, call, asStaff: actor == WishActor.Staff, entry, wish.IsSealed);
            return WishSight.Of(wish, tree, call).ToWire(personalData);
        }, again: (db, first) => AgainAsync(db, call, first, tree));
    }

    /// <summary>The phone that somebody proved; nobody is told it but whom a wish of their own tells.</summary>
    private async Task<string?> OwnPhoneAsync(DbSession db, Call call, Wire.MakeWishRequest request) =>
        request is { Contact.Phone: "", Origin: Wire.WishOrigin.Unspecified or Wire.WishOrigin.Resident } && !call.IsPartners
            ? (await db.GetPersonAsync(personalData, call.Caller.PersonId)).Phone
            : null;

    private Wish New(Call call, WishMaking making, UnitTree tree)
    {
        var (draft, rules) = (making.Draft, making.Category.Rules!);
        var byStaff = draft.Origin == WishOrigin.Staff;
        var id = clock.NewId();
        var wish = new Wish
        {
            Id = id,
            UnitId = making.Unit.Id,
            AudienceUnitId = tree.AudienceOf(making.Unit).Id,
            CategoryId = making.Category.Id,
            Status = byStaff ? WishStatus.Open : WishStatus.PendingReview,
            ContentState = byStaff ? ContentState.Passed : ContentState.Waiting,
            Version = 1,
            Origin = draft.Origin,
            Visibility = draft.Visibility,
            Sensitive = rules.Sensitive,
            EffortMinutes = draft.EffortMinutes,
            Remote = draft.Remote,
            Contact = draft.Contact?.Seal(id, personalData),
            Place = draft.Contact is { } contact ? WishPlace.Of(personalData, making.Unit.Id, contact.Address) : null,
            // Whoever may not read a wish cannot look for it where they live; and a remote one is near to nobody.
            Cell = draft.Visibility == WishVisibility.Private || rules.Sensitive || draft.Remote ? null : draft.Cell?.Number,
            MakerId = call.Caller.PersonId,
            MakerName = call.Caller.ShownName,
            Beneficiary = draft.Beneficiary?.Seal(id, personalData),
            BeneficiaryIndex = draft.Beneficiary is { } b ? personalData.PhoneIndex(b.Phone) : null,
            Consent = draft.Consent,
            MadeAt = call.Now,
            OpenedAt = byStaff ? call.Now : null,
            DeadlineAt = draft.DeadlineAt,
            RemadeFrom = making.Old?.Id,
            PicturesOf = making.Old is { PictureCount: > 0 } old ? old.PictureSubjectId : null,
            PictureCount = making.Old?.PictureCount ?? making.Pictures.Count,
        };
        return wish.Entered(rules, CanClimb(tree, wish), call.Now);
    }

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

    private static Category OpenCategory(Guid id, Unit unit, UnitTree tree, CategoryBook book)
    {
        if (!unit.Kind.Home)
        {
            throw Refuse.Premature("UNIT_NOT_FOR_WISHES", "请选择一个社区或网格。");
        }

        var category = book.Get(id);
        if (category.DistrictId != tree.DistrictOf(unit).Id || category.Rules is null)
        {
            throw CategoryBook.Unknown();
        }

        return category.Active && book.Get(category.ParentId!.Value).Active
            ? category
            : throw Refuse.Premature("CATEGORY_CLOSED", "这个类别暂不接收新的心愿。");
    }

    /// <summary>
    /// Anyone for themself or family; grid workers and staff only where they serve, and a partner for itself in its units only.
    /// </summary>
    private static void DemandOrigin(Call call, WishOrigin origin, Unit unit)
    {
        switch (origin)
        {
            case WishOrigin.Partner:
                call.DemandPartner();
                call.DemandReach(unit.Path);
                break;
            case var _ when call.IsPartners:
                throw Call.Denied();
            case WishOrigin.GridWorker:
                call.DemandRole(Role.GridWorker, unit.Path);
                break;
            case WishOrigin.Staff:
                call.DemandRole(Role.Staff, unit.Path);
                break;
            default:
                call.DemandNothing();
                break;
        }
    }

    /// <summary>For oneself, and one's own phone is the one to call: then the address is one's own.</summary>
    private bool IsOwn(Caller caller, WishDraft draft) => draft.Origin == WishOrigin.Resident
        && caller.PhoneIndex is { } own && draft.Contact is { } contact
        && personalData.PhoneIndex(contact.Phone).AsSpan().SequenceEqual(own);

    private static bool CanClimb(UnitTree tree, Wish wish) => tree.AudienceAbove(tree.Get(wish.AudienceUnitId)) is not null;

    private static string Reason(string text) => Faults.TextOf("reason", text, ReasonLengthMin, ReasonLengthMax);

    public static RefusedException Unknown() => Refuse.Missing("WISH_UNKNOWN", "没有找到这个心愿。");

    /// <summary>What a new wish is made of.</summary>
    /// <param name="Old">The one that it is made from again, whose pictures stay where they are and are seen at both.</param>
    private sealed record WishMaking(
        WishDraft Draft, IReadOnlyDictionary<string, string> Answers, Unit Unit, Category Category, Wish? Old)
    {
        public IReadOnlyList<Guid> Pictures { get; init; } = [];
    }

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
