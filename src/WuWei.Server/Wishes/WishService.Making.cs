using Google.Protobuf;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Pictures;
using WuWei.Places;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>Making a wish, and making one again.</summary>
public sealed partial class WishService
{
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

    /// <summary>What a new wish is made of.</summary>
    /// <param name="Old">The one that it is made from again, whose pictures stay where they are and are seen at both.</param>
    private sealed record WishMaking(
        WishDraft Draft, IReadOnlyDictionary<string, string> Answers, Unit Unit, Category Category, Wish? Old)
    {
        public IReadOnlyList<Guid> Pictures { get; init; } = [];
    }
}
