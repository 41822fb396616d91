using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>Every SQL statement on series and their days.</summary>
public static class SeriesStore
{
    private const int LiveMax = 50;

    private const string Columns =
        """
        s.id, s.unit_id, s.maker_id, s.version, s.rule, s.first_day, s.template, s.made_until, s.made_at, s.ended_at,
        s.next_at
        """;

    /// <summary>A series with the days ahead that are left out.</summary>
    public static async Task<Series?> FindSeriesAsync(this DbSession db, Guid id) =>
        await db.FindAsync<Series>($"SELECT {Columns} FROM series s WHERE s.id = @id", new { id }) is { } series
            ? (await db.WithSkippedAsync([series]))[0]
            : null;

    /// <summary>
    /// Until the end of the transaction nobody else makes its activities. To be called before anything is read.
    /// </summary>
    public static Task LockSeriesAsync(this DbSession db, Guid id) =>
        db.ListAsync<Guid>("SELECT id FROM series WHERE id = @id FOR UPDATE", new { id });

    /// <summary>Those of these units, newest first.</summary>
    public static async Task<IReadOnlyList<Series>> ListSeriesAsync(
        this DbSession db, IReadOnlyList<Guid> unitIds, Guid before, int take) =>
        await db.WithSkippedAsync(await db.ListEachAsync<Series>(
            $"SELECT {Columns} FROM series s WHERE s.unit_id IN (", "@id", [.. unitIds.Select(id => new { id })],
            ") AND s.id < @before ORDER BY s.id DESC LIMIT @take", new { before, take }));

    /// <summary>A new one, unless its unit has too many that are not over.</summary>
    public static async Task AddSeriesAsync(this DbSession db, Series series)
    {
        if (await db.ExecuteAsync(
            """
            INSERT INTO series
              (id, unit_id, maker_id, version, rule, first_day, template, made_until, made_at, ended_at, next_at)
            SELECT @Id, @UnitId, @MakerId, @Version, @Rule, @FirstDay, @Template, @MadeUntil, @MadeAt, NULL, @NextAt
            FROM (SELECT COUNT(*) AS live FROM series WHERE unit_id = @UnitId AND ended_at IS NULL) already
            WHERE already.live < @liveMax
            """, Row(series)) == 0)
        {
            throw Refuse.Exhausted("SERIES_TOO_MANY", $"一个社区最多 {LiveMax} 个系列，先结束一些吧。");
        }

        foreach (var day in series.Skipped)
        {
            db.QueueSeriesDay(series.Id, day, activityId: null);
        }
    }

    /// <summary>
    /// Stores a change, which carries the next version, only if nobody changed it since it was read; otherwise the
    /// transaction starts over and decides by the new state.
    /// </summary>
    public static async Task MoveSeriesAsync(this DbSession db, Series after)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE series
            SET version = @Version, maker_id = @MakerId, template = @Template, made_until = @MadeUntil,
              ended_at = @EndedAt, next_at = @NextAt
            WHERE id = @Id AND version = @Version - 1
            """, Row(after)) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>A day is decided for good: with an activity, or without.</summary>
    public static void QueueSeriesDay(this DbSession db, Guid seriesId, DateTime day, Guid? activityId) => db.Queue(
        "INSERT INTO series_day (series_id, day, activity_id) VALUES (@seriesId, @day, @activityId)",
        new { seriesId, day, activityId });

    /// <summary>What was decided on a day; null when nothing was.</summary>
    public static Task<SeriesDay?> FindSeriesDayAsync(this DbSession db, Guid seriesId, DateTime day) =>
        db.FindAsync<SeriesDay>(
            "SELECT series_id, day, activity_id FROM series_day WHERE series_id = @seriesId AND day = @day",
            new { seriesId, day });

    /// <summary>Whether whoever made a series is staff of its unit still. Staff are role 6.</summary>
    public static async Task<bool> IsStaffAsync(this DbSession db, Guid personId, Guid unitId, DateTime now) =>
        await db.FindAsync<int?>(
            """
            SELECT 1 FROM unit_ancestor a JOIN role_grant g ON g.unit_id = a.ancestor_id
            WHERE a.unit_id = @unitId AND g.person_id = @personId AND g.role = 6 AND g.live = 1
              AND g.starts_at <= @now AND (g.ends_at IS NULL OR g.ends_at > @now)
            LIMIT 1
            """, new { personId, unitId, now }) is not null;

    /// <summary>Series of which an activity is to be made, the longest waiting first.</summary>
    public static Task<List<Guid>> ListDueSeriesAsync(this DbSession db, DateTime now, int countMax) =>
        db.ListAsync<Guid>(
            "SELECT id FROM series WHERE next_at <= @now ORDER BY next_at LIMIT @countMax", new { now, countMax });

    /// <summary>Looks at a series later that failed, so that it does not stand before all others.</summary>
    public static Task<int> PostponeSeriesAsync(this DbSession db, Guid id, DateTime nextAt) => db.ExecuteAsync(
        "UPDATE series SET next_at = @nextAt WHERE id = @id AND next_at < @nextAt", new { id, nextAt });

    private static async Task<IReadOnlyList<Series>> WithSkippedAsync(this DbSession db, List<Series> series)
    {
        if (series.Count == 0)
        {
            return series;
        }

        var skipped = await db.ListEachAsync<SeriesDay>(
            """
            SELECT d.series_id, d.day, d.activity_id
            FROM series s JOIN series_day d ON d.series_id = s.id AND d.day > s.made_until
            WHERE s.id IN (
            """, "@Id", [.. series.Select(s => new { s.Id })], ") ORDER BY d.day");
        var days = skipped.ToLookup(d => d.SeriesId, d => d.Day);
        return [.. series.Select(s => s with { Skipped = [.. days[s.Id]] })];
    }

    private static object Row(Series s) => new
    {
        s.Id,
        s.UnitId,
        s.MakerId,
        s.Version,
        s.Rule,
        s.FirstDay,
        s.Template,
        s.MadeUntil,
        s.MadeAt,
        s.EndedAt,
        s.NextAt,
        liveMax = LiveMax,
    };
}

/// <summary>A day of a series that was decided; without an activity it is left out.</summary>
public sealed record SeriesDay
{
    public Guid SeriesId { get; init; }
    public DateTime Day { get; init; }
    public Guid? ActivityId { get; init; }
}
