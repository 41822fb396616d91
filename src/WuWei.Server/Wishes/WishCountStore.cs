using System.Text.Json;
using WuWei.Data;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on counts of wishes.</summary>
public static class WishCountStore
{
    /// <summary>The counts of a unit's subtree: what is folded plus what is not yet, seen in one statement.</summary>
    public static async Task<Dictionary<int, long>> CountWishesAsync(this DbSession db, Guid unitId) =>
        (await db.ListAsync<CountRow>(
            """
            SELECT measure, CAST(SUM(amount) AS SIGNED) AS amount
            FROM (
              SELECT c.measure, c.amount FROM unit_ancestor a JOIN wish_count c ON c.unit_id = a.unit_id
              WHERE a.ancestor_id = @unitId
              UNION ALL
              SELECT h.measure, h.amount FROM unit_ancestor a JOIN wish_count_change h ON h.unit_id = a.unit_id
              WHERE a.ancestor_id = @unitId
            ) all_counts
            GROUP BY measure
            """, new { unitId })).ToDictionary(c => c.Measure, c => c.Amount);

    /// <summary>Counts of every unit on its own, for a comparison with a recount.</summary>
    public static Task<List<CountRow>> ListCountsAsync(this DbSession db) => db.ListAsync<CountRow>(
        """
        SELECT unit_id, measure, CAST(SUM(amount) AS SIGNED) AS amount
        FROM (
          SELECT unit_id, measure, amount FROM wish_count
          UNION ALL
          SELECT unit_id, measure, amount FROM wish_count_change
        ) all_counts
        GROUP BY unit_id, measure
        """);

    /// <summary>Wishes in the order of their ids, with what counting them needs.</summary>
    public static Task<List<Wish>> ListForRecountAsync(this DbSession db, Guid after, int countMax) => db.ListAsync<Wish>(
        """
        SELECT id, unit_id, status, origin, overdue, auto_confirmed, rating, claim_kind, claimed_at, kept_at
        FROM wish WHERE id > @after ORDER BY id LIMIT @countMax
        """, new { after, countMax });

    public static Task<List<ClaimRow>> ListClaimsForRecountAsync(this DbSession db, Guid after, int countMax) =>
        db.ListAsync<ClaimRow>(
            """
            SELECT c.id, w.unit_id, c.opened_at, c.claimed_at
            FROM wish_claim c JOIN wish w ON w.id = c.wish_id
            WHERE c.id > @after ORDER BY c.id LIMIT @countMax
            """, new { after, countMax });

    public static void QueueChanges(
        this DbSession db, Guid unitId, DateTime now, IEnumerable<(int Measure, int Amount)> changes) => db.QueueEach(
        "INSERT INTO wish_count_change (unit_id, day, measure, amount) VALUES",
        "(@unitId, @day, @Measure, @Amount)",
        [.. changes.Select(c => new { unitId, day = Clock.Day(now), c.Measure, c.Amount })]);

    /// <summary>The claims of one wish.</summary>
    public static Task<List<ClaimRow>> ListClaimsForRecountAsync(this DbSession db, Guid wishId) => db.ListAsync<ClaimRow>(
        """
        SELECT c.id, w.unit_id, c.opened_at, c.claimed_at
        FROM wish_claim c JOIN wish w ON w.id = c.wish_id
        WHERE c.wish_id = @wishId
        """, new { wishId });

    /// <summary>What these units counted from one day to another, both included; folded or not, in one statement.</summary>
    public static async Task<Dictionary<int, long>> ReportWishesAsync(
        this DbSession db, IEnumerable<Guid> unitIds, DateTime from, DateTime to) =>
        (await db.ListAsync<CountRow>(
            """
            SELECT measure, CAST(SUM(amount) AS SIGNED) AS amount
            FROM (
              SELECT d.measure, d.amount
              FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) u
              JOIN wish_count_day d ON d.unit_id = UNHEX(u.id) AND d.day BETWEEN @from AND @to
              UNION ALL
              SELECT h.measure, h.amount
              FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) u
              JOIN wish_count_change h ON h.unit_id = UNHEX(u.id) AND h.day BETWEEN @from AND @to
            ) all_counts
            GROUP BY measure
            """, new { ids = JsonSerializer.Serialize(unitIds.Select(id => id.ToString("n"))), from, to }))
        .ToDictionary(c => c.Measure, c => c.Amount);

    /// <summary>Ratings of each of these units with all below it, by measure; folded or not, in one statement.</summary>
    public static Task<List<CountRow>> SumRatingsAsync(
        this DbSession db, IEnumerable<Guid> unitIds, DateTime from, DateTime to) => db.ListAsync<CountRow>(
        """
        SELECT unit_id, measure, CAST(SUM(amount) AS SIGNED) AS amount
        FROM (
          SELECT a.ancestor_id AS unit_id, d.measure, d.amount
          FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) u
          JOIN unit_ancestor a ON a.ancestor_id = UNHEX(u.id)
          JOIN wish_count_day d ON d.unit_id = a.unit_id AND d.measure BETWEEN @first AND @last
            AND d.day >= @from AND d.day < @to
          UNION ALL
          SELECT a.ancestor_id, h.measure, h.amount
          FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) u
          JOIN unit_ancestor a ON a.ancestor_id = UNHEX(u.id)
          JOIN wish_count_change h ON h.unit_id = a.unit_id AND h.measure BETWEEN @first AND @last
            AND h.day >= @from AND h.day < @to
        ) all_counts
        GROUP BY unit_id, measure
        """,
        new
        {
            ids = JsonSerializer.Serialize(unitIds.Select(id => id.ToString("n"))),
            first = WishCounts.Rated(1),
            last = WishCounts.Rated(Satisfaction.RatingMax),
            from,
            to,
        });

    /// <summary>
    /// Moves changes into the counts. The version row is the baton: a copy that read it before another one folded
    /// starts over, so none is moved twice. (Locking the changes themselves would make every move wait.)
    /// </summary>
    /// <returns>How many were moved.</returns>
    public static async Task<int> FoldCountsAsync(this DbSession db, int countMax)
    {
        var version = await db.FindAsync<long>(
            "SELECT CAST(version AS SIGNED) FROM data_version WHERE name = 'wish-counts'");
        var changes = await db.ListAsync<ChangeRow>(
            "SELECT id, unit_id, day, measure, amount FROM wish_count_change ORDER BY id LIMIT @countMax",
            new { countMax });
        if (changes.Count == 0)
        {
            return 0;
        }

        if (await db.ExecuteAsync(
            "UPDATE data_version SET version = version + 1 WHERE name = 'wish-counts' AND version = @version",
            new { version }) == 0)
        {
            throw new ConflictException();
        }

        db.QueueEach(
            "INSERT INTO wish_count (unit_id, measure, amount) VALUES", "(@UnitId, @Measure, @amount)",
            [
                .. changes.GroupBy(c => (c.UnitId, c.Measure))
                    .Select(g => new { g.Key.UnitId, g.Key.Measure, amount = g.Sum(c => c.Amount) }),
            ],
            " ON DUPLICATE KEY UPDATE amount = wish_count.amount + VALUES(amount)");
        db.QueueEach(
            "INSERT INTO wish_count_day (unit_id, day, measure, amount) VALUES", "(@UnitId, @Day, @Measure, @amount)",
            [
                .. changes.GroupBy(c => (c.UnitId, c.Day, c.Measure))
                    .Select(g => new { g.Key.UnitId, g.Key.Day, g.Key.Measure, amount = g.Sum(c => c.Amount) }),
            ],
            " ON DUPLICATE KEY UPDATE amount = wish_count_day.amount + VALUES(amount)");
        // By the key and nothing else: a scan would wait for moves that are not committed yet, and they for it.
        db.QueueEach(
            "DELETE h FROM wish_count_change h FORCE INDEX (PRIMARY) WHERE h.id IN (", "@Id",
            [.. changes.Select(c => new { c.Id })], ")");
        return changes.Count;
    }

    private sealed record ChangeRow
    {
        public long Id { get; init; }
        public Guid UnitId { get; init; }
        public DateTime Day { get; init; }
        public int Measure { get; init; }
        public long Amount { get; init; }
    }
}

public sealed record CountRow
{
    public Guid UnitId { get; init; }
    public int Measure { get; init; }
    public long Amount { get; init; }
}

public sealed record ClaimRow
{
    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public DateTime OpenedAt { get; init; }
    public DateTime ClaimedAt { get; init; }
}
