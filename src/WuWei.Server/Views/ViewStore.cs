using System.Text.Json;
using WuWei.Data;

namespace WuWei.Views;

/// <summary>Numbered as in views.proto.</summary>
public enum ViewModule : byte
{
    Home = 1,
    Wishes,
    Activities,
    Works,
    Stars,
    Boards,
    Points,
    Notices,
    Me,
}

/// <summary>A page that somebody looked at.</summary>
public sealed record View(Guid Id, Guid UnitId, ViewModule Module);

/// <summary>Every SQL statement on views.</summary>
public static class ViewStore
{
    /// <summary>What is folded and what is not yet, of a unit's subtree in a period.</summary>
    private const string InSubtree =
        """
        SELECT c.unit_id, c.day, c.module, c.amount
        FROM unit_ancestor a JOIN view_count c ON c.unit_id = a.unit_id AND c.day BETWEEN @from AND @to
        WHERE a.ancestor_id = @unitId
        UNION ALL
        SELECT e.unit_id, e.day, e.module, 1
        FROM view_event e JOIN unit_ancestor a ON a.unit_id = e.unit_id AND a.ancestor_id = @unitId
        WHERE e.folded = 0 AND e.day BETWEEN @from AND @to
        """;

    /// <summary>In the order of ids, so that calls with the same ones wait for each other and never in a circle.</summary>
    /// <returns>How many were new.</returns>
    public static Task<int> AddViewsAsync(this DbSession db, IEnumerable<View> views, DateTime day) => db.ExecuteAsync(
        """
        INSERT IGNORE INTO view_event (id, unit_id, module, day, folded)
        SELECT UNHEX(v.id), UNHEX(v.unit), v.module, @day, 0
        FROM JSON_TABLE(@views, '$[*]' COLUMNS (
          id CHAR(32) PATH '$.id', unit CHAR(32) PATH '$.unit', module TINYINT UNSIGNED PATH '$.module')) v
        """,
        new
        {
            views = JsonSerializer.Serialize(views.OrderBy(v => v.Id).Select(v => new
            {
                id = v.Id.ToString("n"),
                unit = v.UnitId.ToString("n"),
                module = (byte)v.Module,
            })),
            day,
        });

    /// <summary>
    /// Sums by day, module and unit directly below, all of the same moment. Each row has one of the three, and its amount.
    /// </summary>
    public static Task<List<ViewSum>> SumViewsAsync(this DbSession db, Guid unitId, DateTime from, DateTime to) =>
        db.ListAsync<ViewSum>(
            $"""
            WITH seen AS ({InSubtree})
            SELECT day, NULL AS module, NULL AS unit_id, CAST(SUM(amount) AS SIGNED) AS amount FROM seen GROUP BY day
            UNION ALL
            SELECT NULL, module, NULL, CAST(SUM(amount) AS SIGNED) FROM seen GROUP BY module
            UNION ALL
            SELECT NULL, NULL, u.id, CAST(SUM(s.amount) AS SIGNED)
            FROM unit u JOIN unit_ancestor a ON a.ancestor_id = u.id JOIN seen s ON s.unit_id = a.unit_id
            WHERE u.parent_id = @unitId GROUP BY u.id
            """, new { unitId, from, to });

    /// <summary>
    /// Adds views to the counts, once: the version row is the baton, and a copy that read it before another one folded
    /// starts over.
    /// </summary>
    /// <returns>How many were added.</returns>
    public static async Task<int> FoldViewsAsync(this DbSession db, int countMax)
    {
        var version = await db.FindAsync<long>(
            "SELECT CAST(version AS SIGNED) FROM data_version WHERE name = 'view-counts'");
        var views = await db.ListAsync<Row>(
            "SELECT id, unit_id, day, module FROM view_event WHERE folded = 0 ORDER BY id LIMIT @countMax", new { countMax });
        if (views.Count == 0)
        {
            return 0;
        }

        if (await db.ExecuteAsync(
            "UPDATE data_version SET version = version + 1 WHERE name = 'view-counts' AND version = @version",
            new { version }) == 0)
        {
            throw new ConflictException();
        }

        db.QueueEach(
            "INSERT INTO view_count (unit_id, day, module, amount) VALUES", "(@UnitId, @Day, @Module, @amount)",
            [
                .. views.GroupBy(v => (v.UnitId, v.Day, v.Module))
                    .Select(g => new { g.Key.UnitId, g.Key.Day, g.Key.Module, amount = g.Count() }),
            ],
            " ON DUPLICATE KEY UPDATE amount = view_count.amount + VALUES(amount)");
        db.QueueEach(
            "UPDATE view_event e FORCE INDEX (PRIMARY) SET e.folded = 1 WHERE e.id IN (", "@Id",
            [.. views.Select(v => new { v.Id })], ")");
        return views.Count;
    }

    /// <summary>Views of days before <paramref name="day"/>; their counts stay.</summary>
    public static Task<int> ForgetViewsAsync(this DbSession db, DateTime day, int countMax) => db.ExecuteAsync(
        "DELETE FROM view_event WHERE day < @day AND folded = 1 ORDER BY day LIMIT @countMax", new { day, countMax });

    /// <summary>Where the counts since a day are not what its views, folded ones, add up to.</summary>
    public static Task<List<ViewDifference>> CompareViewsAsync(this DbSession db, DateTime from, int countMax) =>
        db.ListAsync<ViewDifference>(
            """
            SELECT unit_id, day, module, CAST(SUM(counted) AS SIGNED) AS kept, CAST(SUM(seen) AS SIGNED) AS replayed
            FROM (
              SELECT unit_id, day, module, amount AS counted, 0 AS seen FROM view_count WHERE day >= @from
              UNION ALL
              SELECT unit_id, day, module, 0, COUNT(*) FROM view_event WHERE day >= @from AND folded = 1
              GROUP BY unit_id, day, module
            ) both_sides
            GROUP BY unit_id, day, module
            HAVING SUM(counted) <> SUM(seen)
            LIMIT @countMax
            """, new { from, countMax });

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid UnitId { get; init; }
        public DateTime Day { get; init; }
        public byte Module { get; init; }
    }
}

public sealed record ViewSum
{
    public DateTime? Day { get; init; }
    public byte? Module { get; init; }
    public Guid? UnitId { get; init; }
    public long Amount { get; init; }
}

public sealed record ViewDifference
{
    public Guid UnitId { get; init; }
    public DateTime Day { get; init; }
    public byte Module { get; init; }
    public long Kept { get; init; }
    public long Replayed { get; init; }
}
