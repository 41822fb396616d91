namespace WuWei.Points;

/// <summary>Why an award waits for somebody's decision.</summary>
[Flags]
public enum Suspicion
{
    None = 0,

    /// <summary>Claimed and said to be kept within seconds.</summary>
    KeptInSeconds = 1,

    /// <summary>The same two people meet over and over.</summary>
    PairKeepsMeeting = 2,

    /// <summary>Staff made the wish, and staff of the same unit kept it.</summary>
    StaffForStaff = 4,

    /// <summary>Helper and contact have the same phone.</summary>
    SamePhone = 8,
}

/// <summary>What somebody did that may earn points.</summary>
/// <param name="SourceId">What it was done on; pays once.</param>
/// <param name="SubjectId">Where to look it up: the wish.</param>
/// <param name="OtherId">Who was served, if they have an account.</param>
/// <param name="UnitId">The unit that gets the credit.</param>
/// <param name="Taken">From claimed to kept; null where that says nothing.</param>
/// <param name="Suspicion">What the slice that knows the act finds odd about it.</param>
/// <param name="Times">How often the act was done, such as for hours.</param>
public sealed record Earning(
    PointsAct Act, Guid AccountId, AccountKind Kind, Guid SourceId, Guid SubjectId, Guid? OtherId, Guid UnitId,
    TimeSpan? Taken, Suspicion Suspicion, int Times = 1);

/// <summary>What an account was awarded before, as far as the rules ask.</summary>
/// <param name="Meetings">How often the two met before within the pair's days, whoever served whom.</param>
public sealed record Earned(long Today, long ThisWeek, int Meetings);

/// <summary>How much an act earns, and how that came about. Pure.</summary>
public sealed record AwardAmount(
    int Base, int Percent, long DayLeft, long WeekLeft, int Amount, Suspicion Suspicion)
{
    public static AwardAmount Of(PointsRulesBody rules, Earning earning, Earned earned)
    {
        var points = rules.PointsFor(earning.Act) * earning.Times;
        var percent = rules.PercentAt(earned.Meetings);
        var dayLeft = Math.Max(0, rules.DayMax - earned.Today);
        var weekLeft = Math.Max(0, rules.WeekMax - earned.ThisWeek);
        var amount = (int)Math.Min(points * percent / 100, Math.Min(dayLeft, weekLeft));
        var suspicion = earning.Suspicion
            | (earning.Taken < TimeSpan.FromSeconds(rules.HeldWithinSeconds) ? Suspicion.KeptInSeconds : Suspicion.None)
            | (earned.Meetings + 1 >= rules.HeldFromMeeting ? Suspicion.PairKeepsMeeting : Suspicion.None);
        return new AwardAmount(points, percent, dayLeft, weekLeft, amount, amount > 0 ? suspicion : Suspicion.None);
    }
}
