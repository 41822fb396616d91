using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>
/// What wishes say, for whoever checks it. A wish that nobody needs to review opens when it passed, and ends when it was
/// refused for good: nothing else would come of it.
/// </summary>
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
        var canClimb = tree.AudienceAbove(tree.Get(wish.AudienceUnitId)) is not null;
        if (wish.Status == WishStatus.PendingReview && verdict.Final is { } refused)
        {
            var rejected = wish.Ended(WishMove.Reject) with { ContentState = ContentState.Refused };
            await MoveAsync(db, wish, rejected, WishMove.Reject, verdict, ContentSight.LastWord(refused, personalData));
        }
        else if (wish.Status == WishStatus.PendingReview && verdict.State == ContentState.Passed && !rules.NeedsReview)
        {
            if (verdict.Cause.ActorId is { } by && by == wish.BeneficiaryId)
            {
                throw Refuse.Denied("WISH_OWN", "自己的心愿要请同事审核。");
            }

            await MoveAsync(
                db, wish, wish.Opened(WishMove.Approve, rules, canClimb, now), WishMove.Approve, verdict, note: null);
        }
        else
        {
            await db.MarkContentAsync(wish, (wish with { ContentState = verdict.State }).Wound(rules, canClimb));
        }
    }

    /// <summary>By whoever gave the verdict, or let it stand.</summary>
    private async Task MoveAsync(
        DbSession db, Wish before, Wish moved, WishMove move, ContentVerdict verdict, string? note)
    {
        var (cause, after) = (verdict.Cause, moved with { Version = before.Version + 1 });
        var actor = cause.ActorId is null ? WishActor.Clock : WishActor.Staff;
        var step = new WishStep(move, cause.At, actor, cause.ActorId, note);
        await db.MoveWishAsync(personalData, before, after, step, cause.Beside(
            WishEntry.Kind(move), "wish", after.Id, WishEntry.Moved(after, step, personalData)) with
        {
            ActorRole = WishEntry.Name(actor),
            UnitId = after.UnitId,
        });
    }
}
