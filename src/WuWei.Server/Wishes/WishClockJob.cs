using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>Does to wishes what their clocks demand: reminders, escalation, hand-over, expiry, auto-confirmation.</summary>
public sealed partial class WishClockJob(
    Database database, PersonalData personalData, Units units, Categories categories, PointsRuleBooks pointsBooks,
    WishPayment payment, TimeProvider clock, ILogger<WishClockJob> log) : IJob
{
    private const int WishesMax = 200;
    private static readonly TimeSpan LaterAfterFailure = TimeSpan.FromMinutes(10);

    public Task<int> RunAsync(CancellationToken cancel) => Due.EachAsync(
        WishesMax,
        () => database.ReadAsync(db => db.ListDueAsync(clock.Now(), WishesMax), cancel),
        id => TryStrikeAsync(id, cancel),
        (id, e) =>
        {
            LogFailed(id, e.GetType().Name, e.StackTrace);
            return database.HousekeepAsync(db => db.PostponeAsync(id, clock.Now() + LaterAfterFailure), cancel);
        });

    private async Task<bool> TryStrikeAsync(Guid id, CancellationToken cancel)
    {
        try
        {
            await StrikeAsync(id, cancel);
            return true;
        }
        catch (NotDueException late)
        {
            // Somebody, or another copy, moved it since it was listed; or its category's rules now strike later.
            return late.Wish is { } wish
                && await database.HousekeepAsync(db => db.RewindAsync(wish, late.At), cancel);
        }
    }

    private async Task StrikeAsync(Guid id, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var book = await categories.BookAsync(cancel);
        var pointsRules = await pointsBooks.BookAsync(cancel);
        var now = clock.Now();
        await database.WriteAsync(async db =>
        {
            var wish = await db.FindWishAsync(id, callerId: Guid.Empty, now);
            if (wish?.ClockAt is not { } at || at > now)
            {
                throw new NotDueException(null, null);
            }

            var rules = book.RulesOf(wish.CategoryId);
            var above = tree.AudienceAbove(tree.Get(wish.AudienceUnitId));
            var next = WishClock.Next(wish, rules, above is not null);
            if (next is not var (move, strikesAt) || strikesAt > now)
            {
                throw new NotDueException(wish, next?.At);
            }

            var after = Struck(wish, move, rules, tree, above, now) with { Version = wish.Version + 1 };
            var step = new WishStep(move, now, WishActor.Clock, ActorId: null);
            var entry = JournalEntry.BySystem(
                now, WishEntry.Name(step.Actor), WishEntry.Kind(move), "wish", wish.Id, wish.UnitId,
                WishEntry.Moved(after, step, personalData));
            if (move == WishMove.AutoConfirm)
            {
                db.QueueClaimEnd(wish.ClaimId!.Value, now);
                await payment.PayKeptAsync(db, after, tree, pointsRules, entry);
            }

            await db.MoveWishAsync(personalData, wish, after, step, entry);
            return move;
        }, cancel);
    }

    private static Wish Struck(
        Wish wish, WishMove move, CategoryRules rules, UnitTree tree, Unit? above, DateTime now) => move switch
        {
            WishMove.Escalate => wish.Escalated(
                above!.Id, byClock: true, rules, tree.AudienceAbove(above) is not null, now),
            WishMove.Expire => wish.Ended(WishMove.Expire),
            WishMove.AutoConfirm => wish.Kept(WishMove.AutoConfirm, rating: null, now),
            WishMove.Notice => (wish.After(move) with { NoticedAt = now }).Wound(rules, above is not null),
            _ => (wish.After(move) with
            {
                Reminders = wish.Reminders + 1,
                UrgedAt = now,
                Overdue = wish.Overdue || WishClock.MakesOverdue(wish.Status),
            }).Wound(rules, above is not null),
        };

    [LoggerMessage(LogLevel.Error, "The clock of wish {Id} failed with {Kind} at {Trace}")]
    private partial void LogFailed(Guid id, string kind, string? trace);

    /// <param name="Wish">To be looked at again later, or null when it is not the clock's turn at all.</param>
    private sealed class NotDueException(Wish? wish, DateTime? at) : Exception
    {
        public Wish? Wish { get; } = wish;

        public DateTime? At { get; } = at;
    }
}
