using WuWei.Data;

namespace WuWei.Calls;

/// <summary>How often something may be done in a period; rows in the database, so it holds over all copies.</summary>
/// <param name="Name">At most 24 characters.</param>
public sealed record Limit(string Name, int Max, TimeSpan Period)
{
    public DateTime PeriodStart(DateTime now) => new(now.Ticks - (now.Ticks % Period.Ticks), DateTimeKind.Utc);
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

    /// <summary>Whether the limit still leaves room, without counting.</summary>
    public static async Task<bool> HasRoomAsync(this DbSession db, Limit limit, byte[] subject, DateTime now) =>
        await db.FindAsync<int?>(
            """
            SELECT CAST(times AS SIGNED INTEGER) FROM limit_count
            WHERE rule = @Name AND subject = @subject AND period_start = @start
            """, new { limit.Name, subject, start = limit.PeriodStart(now) }) is not { } times || times < limit.Max;
}
