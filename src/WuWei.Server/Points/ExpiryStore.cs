using WuWei.Data;
using WuWei.Time;

namespace WuWei.Points;

/// <summary>Every SQL statement on points whose months are over.</summary>
public static class ExpiryStore
{
    /// <summary>
    /// Awards whose months are over, which are China's, less all that went out: what goes out is taken from the oldest.
    /// What was taken back counts on neither side.
    /// </summary>
    private const string Select =
        """
        SELECT a.id, a.balance, a.version,
          (SELECT t.unit_id FROM points_transfer t WHERE t.to_id = a.id ORDER BY t.at, t.id LIMIT 1) AS unit_id,
          (SELECT CAST(COALESCE(SUM(t.amount), 0) AS SIGNED)
            FROM points_transfer t
            JOIN points_award w ON w.id = t.award_id
            JOIN points_rules n ON n.id = w.rules_id
            LEFT JOIN points_transfer b ON b.reverses_id = t.id
            LEFT JOIN points_transfer u ON u.reverses_id = b.id
            LEFT JOIN points_transfer v ON v.reverses_id = u.id
            WHERE t.to_id = a.id AND IF(u.id IS NULL, b.id, v.id) IS NULL
              AND DATE_ADD(DATE_ADD(t.at, INTERVAL 8 HOUR), INTERVAL JSON_EXTRACT(n.body, '$.validMonths') MONTH)
                <= @china)
          - (SELECT CAST(COALESCE(SUM(t.amount), 0) AS SIGNED)
            FROM points_transfer t
            WHERE t.from_id = a.id AND t.reverses_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM points_transfer b WHERE b.reverses_id = t.id)) AS over_due
        FROM points_account a
        """;

    public static Task<List<OverRow>> ListOverAsync(this DbSession db, Guid after, DateTime now, int countMax) =>
        db.ListAsync<OverRow>(
            $"{Select} WHERE a.id > @after AND a.balance > 0 ORDER BY a.id LIMIT @countMax",
            new { after, china = Clock.InChina(now), countMax });

    public static Task<OverRow?> FindOverAsync(this DbSession db, Guid id, DateTime now) =>
        db.FindAsync<OverRow>($"{Select} WHERE a.id = @id AND a.balance > 0", new { id, china = Clock.InChina(now) });

    /// <summary>The last day that was gone through, as yyyymmdd.</summary>
    public static async Task<long> FindExpiredDayAsync(this DbSession db) => await db.FindAsync<long?>(
        "SELECT CAST(version AS SIGNED) FROM data_version WHERE name = 'points-expired'") ?? 0;

    public static Task<int> ExpiredOnAsync(this DbSession db, int day) => db.ExecuteAsync(
        """
        INSERT INTO data_version (name, version) VALUES ('points-expired', @day)
        ON DUPLICATE KEY UPDATE version = GREATEST(version, @day)
        """, new { day });
}

/// <summary>An account with points whose months are over.</summary>
public sealed record OverRow
{
    public Guid Id { get; init; }
    public long Balance { get; init; }
    public int Version { get; init; }
    public Guid UnitId { get; init; }
    public long OverDue { get; init; }
}
