using WuWei.ContentChecks;

namespace WuWei.Wishes;

/// <summary>What the clock does to a wish, and when. Pure: the worker asks, and does it.</summary>
public static class WishClock
{
    public static readonly TimeSpan NoticeBefore = TimeSpan.FromDays(3);

    private static readonly TimeSpan HandOverAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan ConfirmationUrgedAfter = TimeSpan.FromDays(5);
    private static readonly TimeSpan AutoConfirmedAfter = TimeSpan.FromDays(7);
    private static readonly TimeSpan UrgedEvery = TimeSpan.FromDays(7);

    /// <summary>After this many reminders at their own pace, one a week.</summary>
    private const int UrgentReminders = 3;

    /// <summary>The clock's next move, or null once the wish has ended.</summary>
    /// <param name="canClimb">Whether its audience has a level above.</param>
    public static (WishMove Move, DateTime At)? Next(Wish wish, CategoryRules rules, bool canClimb) => wish.Status switch
    {
        _ when wish.Origin == WishOrigin.Import => null,
        // Its text has a clock of its own: first for its author, who may appeal, then for whoever has to answer.
        WishStatus.PendingReview when wish.ContentState == ContentState.Refused => null,
        WishStatus.PendingReview => (WishMove.Remind, Urge(wish, TimeSpan.FromHours(rules.ReviewHours))),
        WishStatus.Open => NextOpen(wish, rules, canClimb),
        WishStatus.Claimed => wish.Reminders switch
        {
            0 => (WishMove.Remind, wish.ClockFrom.AddDays(rules.DeliveryDays)),
            1 => (WishMove.HandOver, AfterUrge(
                wish, wish.ClockFrom.AddDays(rules.DeliveryDays) + HandOverAfter, HandOverAfter)),
            var n => (WishMove.Remind, AfterUrge(
                wish, wish.ClockFrom.AddDays(rules.DeliveryDays) + HandOverAfter + (UrgedEvery * (n - 1)), UrgedEvery)),
        },
        WishStatus.Delivered => wish.Reminders == 0
            ? (WishMove.Remind, wish.ClockFrom + ConfirmationUrgedAfter)
            : (WishMove.AutoConfirm, AfterUrge(
                wish, wish.ClockFrom + AutoConfirmedAfter, AutoConfirmedAfter - ConfirmationUrgedAfter)),
        _ => null,
    };

    /// <summary>
    /// What a wish that opens now has been told of its end. Its maker chose a date less than three days off knowing it;
    /// one that is already past, because the wish opens again, gets a notice and three days.
    /// </summary>
    public static DateTime? NoticedAtStart(DateTime deadlineAt, DateTime now) =>
        deadlineAt > now && deadlineAt - NoticeBefore <= now ? deadlineAt - NoticeBefore : null;

    /// <summary>By when the state should be over.</summary>
    public static DateTime? DueAt(Wish wish, CategoryRules rules) => wish.Status switch
    {
        WishStatus.PendingReview => wish.ClockFrom.AddHours(rules.ReviewHours),
        WishStatus.Open => wish.ClockFrom.AddHours(rules.HoursAt(wish.Level)),
        WishStatus.Claimed => wish.ClockFrom.AddDays(rules.DeliveryDays),
        WishStatus.Delivered => wish.ClockFrom + AutoConfirmedAfter,
        _ => null,
    };

    /// <summary>Whether a reminder in this state means that somebody let it pass its hours.</summary>
    public static bool MakesOverdue(WishStatus status) =>
        status is WishStatus.PendingReview or WishStatus.Open or WishStatus.Claimed;

    private static (WishMove, DateTime) NextOpen(Wish wish, CategoryRules rules, bool canClimb)
    {
        var hours = TimeSpan.FromHours(rules.HoursAt(wish.Level));
        (WishMove Move, DateTime At) urge = canClimb
            ? (WishMove.Escalate, wish.ClockFrom + hours)
            : (WishMove.Remind, Urge(wish, hours));
        (WishMove Move, DateTime At) end = wish.NoticedAt is { } noticed
            ? (WishMove.Expire, Later(wish.DeadlineAt, noticed + NoticeBefore))
            : (WishMove.Notice, Later(wish.DeadlineAt - NoticeBefore, wish.ClockFrom));
        return end.At <= urge.At ? end : urge;
    }

    private static DateTime Urge(Wish wish, TimeSpan every) => wish.Reminders < UrgentReminders
        ? AfterUrge(wish, wish.ClockFrom + (every * (wish.Reminders + 1)), every)
        : AfterUrge(
            wish, wish.ClockFrom + (every * UrgentReminders) + (UrgedEvery * (wish.Reminders + 1 - UrgentReminders)),
            UrgedEvery);

    /// <summary>As planned, but never sooner after the last reminder than was promised: the worker may have been away.</summary>
    private static DateTime AfterUrge(Wish wish, DateTime planned, TimeSpan gap) =>
        wish.UrgedAt is { } urged ? Later(planned, urged + gap) : planned;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}
