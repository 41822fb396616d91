using WuWei.Data;

namespace WuWei.Calls;

/// <summary>How often something may be done in a period; rows in the database, so it holds over all copies.</summary>
/// <param name="Name">At most 24 characters.</param>
public sealed record Limit(string Name, int Max, TimeSpan Period)
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>Periods start with the day of China, or at whole parts of it.</summary>
    public DateTime PeriodStart(DateTime now)
    {
        var local = (now + China).Ticks;
        return new DateTime(local - (local % Period.Ticks), DateTimeKind.Utc) - China;
    }
}

public static class LimitStore
{
    /// <summary>Counts one more, unless that would be more than the limit.</summary>
    /// <param name="subject">32 bytes that name who or what is limited.</param>
    public static async Task<bool> TakeAsync(this DbSession db, Limit limit, byte[] subject, DateTime now)
    {
        var start = limit.PeriodStart(now);
        await db.ExecuteAsync(
            """
            INSERT IGNORE INTO limit_count (rule, subject, period_start, times) VALUES (@Name, @subject, @start, 0)
            """, new { limit.Name, subject, start });
        return await db.ExecuteAsync(
            """
            UPDATE limit_count SET times = times + 1
            WHERE rule = @Name AND subject = @subject AND period_start = @start AND times < @Max
            """, new { limit.Name, subject, start, limit.Max }) == 1;
    }

    /// <summary>Counts several more, as many of them as there may be; how many.</summary>
    public static async Task<int> TakeUpToAsync(this DbSession db, Limit limit, byte[] subject, int count, DateTime now)
    {
        var start = limit.PeriodStart(now);
        await db.ExecuteAsync(
            """
            INSERT IGNORE INTO limit_count (rule, subject, period_start, times) VALUES (@Name, @subject, @start, 0)
            """, new { limit.Name, subject, start });
        var times = await db.FindAsync<int>(
            """
            SELECT CAST(times AS SIGNED) FROM limit_count
            WHERE rule = @Name AND subject = @subject AND period_start = @start FOR UPDATE
            """, new { limit.Name, subject, start });
        var taken = Math.Clamp(limit.Max - times, 0, count);
        await db.ExecuteAsync(
            """
            UPDATE limit_count SET times = times + @taken
            WHERE rule = @Name AND subject = @subject AND period_start = @start AND times = @times
            """, new { limit.Name, subject, start, taken, times });
        return taken;
    }

    /// <summary>Whether one more would be more than the limit; counts nothing.</summary>
    public static async Task<bool> IsSpentAsync(this DbSession db, Limit limit, byte[] subject, DateTime now) =>
        await db.FindAsync<int?>(
            """
            SELECT 1 FROM limit_count
            WHERE rule = @Name AND subject = @subject AND period_start = @start AND times >= @Max
            """, new { limit.Name, subject, start = limit.PeriodStart(now), limit.Max }) is not null;

    /// <summary>Undoes one <see cref="TakeAsync"/> of the same period.</summary>
    public static Task<int> GiveBackAsync(this DbSession db, Limit limit, byte[] subject, DateTime now) => db.ExecuteAsync(
        """
        UPDATE limit_count SET times = times - 1
        WHERE rule = @Name AND subject = @subject AND period_start = @start AND times > 0
        """, new { limit.Name, subject, start = limit.PeriodStart(now) });
}
