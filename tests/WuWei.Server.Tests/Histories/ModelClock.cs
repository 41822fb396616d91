using Move = WuWei.Protos.V1.WishMove;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>What the clock demands of a wish next, and when: reminders, escalation, hand-over, the end.</summary>
public static class ModelClock
{
    /// <summary>Of the default categories: hours of review and of each level, days to deliver.</summary>
    private static readonly Dictionary<string, (int Review, int[] Levels, int Days)> Rules = new()
    {
        ["misc"] = (12, [48, 72, 120], 7),
        ["errands"] = (8, [24, 48, 72], 3),
        ["childcare"] = (8, [24, 48, 96], 5),
        ["counselling"] = (4, [24, 48, 72], 7),
    };

    public static (Move Move, DateTime At)? Next(ModelWish wish)
    {
        var (review, levels, days) = Rules[wish.Plan.Category];
        var since = wish.EnteredAt;
        var delivery = since.AddDays(days);
        switch (wish.Status)
        {
            case Status.PendingReview:
                return (Move.Remind, Reminder(wish, review));
            case Status.Open:
                var patience = levels[Math.Min(wish.Level, levels.Length - 1)];
                (Move, DateTime At) up = wish.Audience == Place.District
                    ? (Move.Remind, Reminder(wish, patience))
                    : (Move.Escalate, since.AddHours(patience));
                (Move, DateTime At) end = wish.NoticedAt is { } told
                    ? (Move.Expire, Max(wish.DeadlineAt, told.AddDays(3)))
                    : (Move.Notice, Max(wish.DeadlineAt.AddDays(-3), since));
                return up.At < end.At ? up : end;
            case Status.Claimed:
                return wish.Reminders switch
                {
                    0 => (Move.Remind, delivery),
                    1 => (Move.HandOver, Max(delivery.AddDays(1), wish.RemindedAt!.Value.AddDays(1))),
                    var n => (Move.Remind, Max(delivery.AddDays(1 + (7 * (n - 1))), wish.RemindedAt!.Value.AddDays(7))),
                };
            case Status.Delivered:
                return wish.Reminders == 0
                    ? (Move.Remind, since.AddDays(5))
                    : (Move.AutoConfirm, Max(since.AddDays(7), wish.RemindedAt!.Value.AddDays(2)));
            default:
                return null;
        }
    }

    /// <summary>Three at their own pace, then one a week; never sooner after the last than that.</summary>
    private static DateTime Reminder(ModelWish wish, int hours)
    {
        var pace = TimeSpan.FromHours(hours);
        var planned = wish.EnteredAt + (pace * Math.Min(wish.Reminders + 1, 3));
        if (wish.Reminders >= 3)
        {
            pace = TimeSpan.FromDays(7);
            planned += pace * (wish.Reminders - 2);
        }

        return wish.RemindedAt is { } last ? Max(planned, last + pace) : planned;
    }

    private static DateTime Max(DateTime one, DateTime other) => one > other ? one : other;
}
