using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>What wishes say, for whoever checks it. A wish that nobody needs to review opens when it passed.</summary>
public sealed class WishTexts(PersonalData personalData, Units units, Categories categories) : IContentOwner
{
    public ContentKind Kind => ContentKind.Wish;

    public async Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids) =>
    [
        .. (await db.ListWishTextsAsync(ids)).Select(wish =>
        {
            var content = WishContent.Of(wish, personalData);
            return new ContentToCheck(wish.Id, string.Join('\n', [content.Title, content.Text, .. content.Answers.Values]));
        }),
    ];

    public async ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var book = await categories.BookAsync(cancel);
        return (db, verdict) => ApplyAsync(db, verdict, tree, book);
    }

    private async Task ApplyAsync(DbSession db, ContentVerdict verdict, UnitTree tree, CategoryBook book)
    {
        var now = verdict.Cause.At;
        if (await db.FindWishAsync(verdict.Id, callerId: Guid.Empty, now) is not { } wish)
        {
            return;
        }

        var rules = book.RulesOf(wish.CategoryId);
        if (verdict.State != ContentState.Passed || wish.Status != WishStatus.PendingReview || rules.NeedsReview)
        {
            await db.MarkContentAsync(wish, verdict.State);
            return;
        }

        if (verdict.Cause.ActorId is { } by && by == wish.BeneficiaryId)
        {
            throw Refuse.Denied("WISH_OWN", "自己的心愿要请同事审核。");
        }

        var canClimb = tree.AudienceAbove(tree.Get(wish.AudienceUnitId)) is not null;
        var opened = wish.Opened(WishMove.Approve, rules, canClimb, now) with { Version = wish.Version + 1 };
        var actor = verdict.Cause.ActorId is null ? WishActor.Clock : WishActor.Staff;
        var step = new WishStep(WishMove.Approve, now, actor, verdict.Cause.ActorId);
        await db.MoveWishAsync(personalData, wish, opened, step, verdict.Cause.Beside(
            WishEntry.Kind(WishMove.Approve), "wish", wish.Id, WishEntry.Moved(opened, step, personalData)) with
        {
            ActorRole = WishEntry.Name(actor),
            UnitId = wish.UnitId,
        });
    }
}
