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

    /// <summary>The helper signed in with a device of whom they served, or of who asked.</summary>
    SameDevice = 16,

    /// <summary>The helper lives where they helped.</summary>
    SameHousehold = 32,

    /// <summary>Each of two people served the other.</summary>
    Returned = 64,

    /// <summary>A few people serve each other in a circle, or three helpers have all met.</summary>
    Circle = 128,

    /// <summary>Somebody asks for one person after the other, and always the same one helps.</summary>
    MakerKeepsMeeting = 256,
}

/// <summary>What somebody did that may earn points.</summary>
/// <param name="SourceId">What it was done on; pays once.</param>
/// <param name="SubjectId">Where to look it up, such as the wish.</param>
/// <param name="OtherId">Who was served, if they have an account.</param>
/// <param name="MakerId">Who asked for it, be it for themself or for somebody else.</param>
/// <param name="MadeForOther">A resident asked for somebody else; those whose work it is ask for many.</param>
/// <param name="UnitId">The unit that gets the credit.</param>
/// <param name="Taken">From claimed to kept; null where that says nothing.</param>
/// <param name="Suspicion">What the slice that knows the act finds odd about it.</param>
/// <param name="Times">How often the act was done, such as for hours.</param>
public sealed record Earning(
    PointsAct Act, Guid AccountId, AccountKind Kind, Guid SourceId, Guid SubjectId, Guid? OtherId, Guid UnitId,
    TimeSpan? Taken, Suspicion Suspicion, Guid? MakerId = null, bool MadeForOther = false, int Times = 1);

/// <summary>What an account was awarded before, as far as the rules ask.</summary>
/// <param name="Meetings">How often the two met before within the pair's days, whoever served whom.</param>
/// <param name="Returned">How often of these the account was who was served.</param>
/// <param name="Others">How many other people it served then because the same maker asked.</param>
/// <param name="Circle">
/// Whether whom it serves now served somebody, and so on, who served it, or both met the same third helper.
/// </param>
public sealed record Earned(
    long Today, long ThisWeek, int Meetings, int Returned = 0, int Others = 0, bool Circle = false);

/// <summary>How much an act earns, and how that came about. Pure.</summary>
public sealed record AwardAmount(
    int Base, int Percent, long DayLeft, long WeekLeft, int Amount, Suspicion Found)
{
    /// <summary>What is worth nothing is not held.</summary>
    public Suspicion Suspicion => Amount > 0 ? Found : Suspicion.None;

    public static AwardAmount Of(PointsRulesBody rules, Earning earning, Earned earned)
    {
        var points = rules.PointsFor(earning.Act, earning.Kind) * earning.Times;
        var (dayMax, weekMax) = rules.CapsOf(earning.Kind);
        var percent = rules.PercentAt(earned.Meetings);
        var dayLeft = Math.Max(0, dayMax - earned.Today);
        var weekLeft = Math.Max(0, weekMax - earned.ThisWeek);
        var amount = (int)Math.Min(points * percent / 100, Math.Min(dayLeft, weekLeft));
        var suspicion = earning.Suspicion
            | (earning.Taken < TimeSpan.FromSeconds(rules.HeldWithinSeconds) ? Suspicion.KeptInSeconds : Suspicion.None)
            | (earned.Meetings + 1 >= rules.HeldFromMeeting ? Suspicion.PairKeepsMeeting : Suspicion.None)
            | (earned.Returned > 0 && earned.Meetings + 1 >= rules.HeldFromReturn ? Suspicion.Returned : Suspicion.None)
            | (earned.Circle ? Suspicion.Circle : Suspicion.None)
            | (earning.MadeForOther && earned.Others + 1 >= rules.HeldFromOther
                ? Suspicion.MakerKeepsMeeting
                : Suspicion.None);
        return new AwardAmount(points, percent, dayLeft, weekLeft, amount, suspicion);
    }
}
