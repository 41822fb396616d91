namespace WuWei.Activities;

/// <summary>What the clock does to an activity, and when. Pure: the worker asks, and does it.</summary>
public static class ActivityClock
{
    private static readonly TimeSpan DraftLapsesAfter = TimeSpan.FromDays(90);
    private static readonly TimeSpan ReviewedWithin = TimeSpan.FromHours(24);
    private static readonly TimeSpan SettledWithin = TimeSpan.FromDays(7);
    private static readonly TimeSpan UrgedEvery = TimeSpan.FromDays(7);

    /// <summary>The clock's next move, or null once it is over.</summary>
    public static (ActivityMove Move, DateTime At)? Next(Activity activity) => activity.Status switch
    {
        ActivityStatus.Draft => (ActivityMove.Lapse, activity.ClockFrom + DraftLapsesAfter),
        ActivityStatus.InReview => Earlier(
            (ActivityMove.Remind, Urge(activity, ReviewedWithin)), (ActivityMove.Lapse, activity.EndsAt)),
        ActivityStatus.Enrolling when activity.IsInsured => (ActivityMove.Start, activity.StartsAt),
        ActivityStatus.Enrolling => activity.Reminders == 0
            ? (ActivityMove.Hold, activity.StartsAt)
            : (ActivityMove.Lapse, activity.EndsAt),
        ActivityStatus.Running => (ActivityMove.End, activity.EndsAt),
        ActivityStatus.Ended => (ActivityMove.Remind, Urge(activity, SettledWithin)),
        _ => null,
    };

    /// <summary>Once when its time is over, then once a week.</summary>
    private static DateTime Urge(Activity activity, TimeSpan within) =>
        activity.ClockFrom + within + (UrgedEvery * activity.Reminders);

    private static (ActivityMove, DateTime) Earlier(
        (ActivityMove Move, DateTime At) one, (ActivityMove Move, DateTime At) other) => one.At <= other.At ? one : other;
}
