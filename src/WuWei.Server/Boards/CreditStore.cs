using WuWei.Data;

namespace WuWei.Boards;

/// <summary>
/// Every SQL statement that boards read the ledger with. What moved points is told by the journal, whose numbers are
/// gapless: whoever resumes by number misses no transfer and sees none twice. Expiry and what is redeemed do not rank.
/// </summary>
public static class CreditStore
{
    /// <summary>Each transfer that ranks is told by exactly one entry of these kinds, of its award or of itself.</summary>
    private const string OfAward = "t.award_id = e.subject_id AND e.kind IN ('POINTS_AWARDED', 'POINTS_POSTED')";

    private const string OfTransfer =
        """
        t.id = e.subject_id AND e.kind IN ('POINTS_REVERSED', 'POINTS_ADJUSTED', 'POINTS_CALLED_BACK',
          'POINTS_RETURNED', 'POINTS_DEDUCTED')
        """;

    private const string SealedLater =
        "journal_seal s JOIN journal_entry e ON e.id = s.entry_id AND s.number > @number";

    private const string Pending = "journal_pending p JOIN journal_entry e ON e.id = p.entry_id";

    /// <summary>Transfers that are told after a number, or have no number yet.</summary>
    private const string Later =
        $"""
        SELECT t.id FROM {SealedLater} JOIN points_transfer t ON {OfAward}
        UNION ALL
        SELECT t.id FROM {SealedLater} JOIN points_transfer t ON {OfTransfer}
        UNION ALL
        SELECT t.id FROM {Pending} JOIN points_transfer t ON {OfAward}
        UNION ALL
        SELECT t.id FROM {Pending} JOIN points_transfer t ON {OfTransfer}
        """;

    /// <summary>What the entries from one number, excluded, to another credited.</summary>
    public static async Task<List<Credit>> ListCreditsAsync(this DbSession db, long from, long to) =>
        [
            .. await db.ListAsync<Credit>(Told(OfAward), new { from, to }),
            .. await db.ListAsync<Credit>(Told(OfTransfer), new { from, to }),
        ];

    /// <summary>All that accounts, from one, excluded, to another, were credited up to a number.</summary>
    public static Task<List<Credit>> ListCreditsOfAccountsAsync(
        this DbSession db, Guid after, Guid last, long number) => db.ListAsync<Credit>(
        $"""
        SELECT c.kind, c.account_id, c.unit_id, c.day, CAST(SUM(c.points) AS SIGNED) AS points, MAX(c.at) AS at
        FROM (
          SELECT a.kind, a.id AS account_id, t.unit_id, t.day, CAST(t.amount AS SIGNED) AS points, t.at, t.id
          FROM points_account a JOIN points_transfer t ON t.to_id = a.id AND t.kind IN (1, 2, 3)
          WHERE a.id > @after AND a.id <= @last
          UNION ALL
          SELECT a.kind, a.id, t.unit_id, t.day, -CAST(t.amount AS SIGNED), t.at, t.id
          FROM points_account a JOIN points_transfer t ON t.from_id = a.id AND t.kind IN (2, 3, 5)
          WHERE a.id > @after AND a.id <= @last
        ) c
        WHERE c.id NOT IN (SELECT l.id FROM ({Later}) l)
        GROUP BY c.kind, c.account_id, c.unit_id, c.day
        ORDER BY c.account_id
        """, new { after, last, number });

    /// <summary>All that people were credited up to a number, added up by unit and day.</summary>
    public static Task<List<Credit>> ListCreditsOfUnitsAsync(this DbSession db, long number) => db.ListAsync<Credit>(
        $"""
        SELECT 1 AS kind, c.unit_id, c.day, CAST(SUM(c.points) AS SIGNED) AS points, MAX(c.at) AS at
        FROM (
          SELECT t.unit_id, t.day, CAST(t.amount AS SIGNED) AS points, t.at, t.id
          FROM points_transfer t JOIN points_account a ON a.id = t.to_id AND a.kind = 1
          WHERE t.kind IN (1, 2, 3)
          UNION ALL
          SELECT t.unit_id, t.day, -CAST(t.amount AS SIGNED), t.at, t.id
          FROM points_transfer t JOIN points_account a ON a.id = t.from_id AND a.kind = 1
          WHERE t.kind IN (2, 3, 5)
        ) c
        WHERE c.id NOT IN (SELECT l.id FROM ({Later}) l)
        GROUP BY c.unit_id, c.day
        """, new { number });

    /// <summary>The last of the next accounts; null when there is none.</summary>
    public static async Task<Guid?> FindLastAccountAsync(this DbSession db, Guid after, int countMax) =>
        (await db.ListAsync<AccountId>(
            "SELECT id FROM points_account WHERE id > @after ORDER BY id LIMIT @countMax",
            new { after, countMax })).LastOrDefault()?.Id;

    public static Task<long> CountAccountsAsync(this DbSession db) =>
        db.FindAsync<long>("SELECT COUNT(*) FROM points_account");

    /// <summary>Whether an entry from before a time has no number yet.</summary>
    public static async Task<bool> HasPendingBeforeAsync(this DbSession db, DateTime time) => await db.FindAsync<int?>(
        "SELECT 1 FROM journal_pending p JOIN journal_entry e ON e.id = p.entry_id WHERE e.at < @time LIMIT 1",
        new { time }) is not null;

    private static string Told(string which) =>
        $"""
        SELECT COALESCE(c.kind, d.kind) AS kind, COALESCE(c.id, d.id) AS account_id, t.unit_id, t.day,
          IF(c.id IS NULL, -CAST(t.amount AS SIGNED), CAST(t.amount AS SIGNED)) AS points, t.at
        FROM journal_seal s
        JOIN journal_entry e ON e.id = s.entry_id
        JOIN points_transfer t ON {which}
        LEFT JOIN points_account c ON c.id = t.to_id
        LEFT JOIN points_account d ON d.id = t.from_id
        WHERE s.number > @from AND s.number <= @to
        """;

    private sealed record AccountId
    {
        public Guid Id { get; init; }
    }
}
