namespace WuWei.Time;

/// <summary>Time as we store it: UTC, to the microsecond. Days are China's, which keeps UTC+8 all year.</summary>
public static class Clock
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    public static DateTime Now(this TimeProvider clock) => Micro(clock.GetUtcNow().UtcDateTime);

    public static DateTime Micro(DateTime time) => new(time.Ticks - (time.Ticks % 10), DateTimeKind.Utc);

    /// <summary>The day in China, as a date without zone.</summary>
    public static DateTime Day(DateTime utc) => DateTime.SpecifyKind((utc + China).Date, DateTimeKind.Unspecified);

    /// <summary>The Monday of that day's week.</summary>
    public static DateTime Monday(DateTime utc)
    {
        var day = Day(utc);
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    /// <summary>What the clocks of China show, without zone.</summary>
    public static DateTime InChina(DateTime utc) => DateTime.SpecifyKind(utc + China, DateTimeKind.Unspecified);

    /// <summary>A local time of China without offset, as UTC.</summary>
    public static DateTime FromChina(DateTime local) => DateTime.SpecifyKind(local - China, DateTimeKind.Utc);

    /// <summary>A new id, ordered by the clock.</summary>
    public static Guid NewId(this TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow());
}
