using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>A stretch of an activity in which people serve in roles.</summary>
public sealed record Shift
{
    private const int EveningHour = 18;

    public Guid Id { get; init; }
    public Guid ActivityId { get; init; }
    public int Number { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }

    /// <summary>How often its time or place changed since it was published.</summary>
    public int Changes { get; init; }
    public DateTime? CancelledAt { get; init; }
    public IReadOnlyList<ShiftRole> Roles { get; init; } = [];

    public bool Cancelled => CancelledAt is not null;

    /// <summary>When it begins, by the clock of China.</summary>
    public TimeOfWeek Time
    {
        get
        {
            var local = Clock.InChina(StartsAt);
            return local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? TimeOfWeek.Weekend
                : local.Hour >= EveningHour ? TimeOfWeek.WeekdayEvening
                : TimeOfWeek.Weekday;
        }
    }

    /// <summary>It does not take place, and nobody is in it any more.</summary>
    public Shift CalledOff(DateTime now) => Emptied() with { CancelledAt = now };

    /// <summary>Nobody is in it any more.</summary>
    public Shift Emptied() => this with { Roles = [.. Roles.Select(r => r with { Taken = 0, Waiting = 0 })] };

    /// <summary>What is said of times, as one place for the form and for changes; null when they are right.</summary>
    public static string? FaultOf(DateTime startsAt, DateTime endsAt, DateTime now) =>
        endsAt <= startsAt ? "结束要在开始之后。"
        : endsAt - startsAt > TimeSpan.FromHours(16) ? "一班最长 16 小时。"
        : startsAt <= now ? "开始时间已经过了。"
        : startsAt > now.AddDays(366) ? "最多提前一年。"
        : null;

    public static RefusedException NotHeld() => Refuse.Premature("SHIFT_CANCELLED", "这个班次已经取消了。");

    public static RefusedException Fault(string field, string description) =>
        Refuse.Invalid("ACTIVITY_TIMES", "班次的时间不对。", new FieldFault(field, description));
}

/// <summary>What people sign up for. The database never lets more take it than there are places.</summary>
public sealed record ShiftRole
{
    /// <summary>So many may wait for each place.</summary>
    private const int WaitingPerPlace = 3;

    public Guid Id { get; init; }
    public Guid ActivityId { get; init; }
    public Guid ShiftId { get; init; }
    public int Number { get; init; }
    public string Name { get; init; } = "";
    public int Capacity { get; init; }
    public int Taken { get; init; }
    public int Waiting { get; init; }
    public int NextNumber { get; init; }
    public Guid? SkillId { get; init; }

    /// <summary>A place for the next who comes, or one in the queue.</summary>
    public (SignUpStatus Status, ShiftRole After) Joined() => this switch
    {
        _ when Taken < Capacity =>
            (SignUpStatus.SignedUp, this with { Taken = Taken + 1, NextNumber = NextNumber + 1 }),
        _ when Waiting < WaitingPerPlace * Capacity =>
            (SignUpStatus.Waiting, this with { Waiting = Waiting + 1, NextNumber = NextNumber + 1 }),
        _ => throw Refuse.Exhausted("WAITLIST_FULL", "名额和候补都满了，看看别的班次吧。"),
    };

    /// <summary>Without one who had a place, or waited for one.</summary>
    public ShiftRole Left(SignUpStatus status) => status == SignUpStatus.SignedUp
        ? this with { Taken = Taken - 1 }
        : this with { Waiting = Waiting - 1 };

    /// <summary>Somebody who waited has a place now.</summary>
    public ShiftRole Promoted() => this with { Taken = Taken + 1, Waiting = Waiting - 1 };

    public ShiftRole Resized(int capacity) => capacity >= Taken
        ? this with { Capacity = capacity }
        : throw Refuse.Premature("CAPACITY_TAKEN", $"已经有 {Taken} 人报上名，名额不能更少。");
}
