using WuWei.Data;

namespace WuWei.Points;

/// <summary>
/// Recomputes the ledger: that it sums to zero, that each balance is what its transfers say, that each award was paid as it
/// was decided, and that the slices whose acts earn points agree. All of it sees the same moment, so it may run under load.
/// </summary>
public sealed class PointsAudit(Database database, IEnumerable<IPaidActs> acts)
{
    private const int ShownMax = 20;

    /// <summary>What must not be found, and how it would be found; each query gives what to name.</summary>
    private static readonly (string Fault, string Sql)[] Checks =
    [
        ("an account's balance is not the sum of its transfers",
            """
            SELECT LOWER(HEX(a.id)) AS name
            FROM points_account a
            LEFT JOIN (
              SELECT account_id, SUM(amount) AS amount FROM (
                SELECT to_id AS account_id, CAST(amount AS SIGNED) AS amount FROM points_transfer
                UNION ALL
                SELECT from_id, -CAST(amount AS SIGNED) FROM points_transfer
              ) sides GROUP BY account_id
            ) t ON t.account_id = a.id
            WHERE a.balance <> COALESCE(t.amount, 0) LIMIT @countMax
            """),
        ("what people hold, and what issued and expired it, do not sum to zero",
            """
            SELECT CAST(s.held - s.moved AS CHAR) AS name
            FROM (
              SELECT (SELECT COALESCE(SUM(balance), 0) FROM points_account) AS held,
                (SELECT COALESCE(SUM(CASE WHEN a.id IS NULL THEN -CAST(t.amount AS SIGNED) ELSE CAST(t.amount AS SIGNED) END), 0)
                  FROM points_transfer t LEFT JOIN points_account a ON a.id = t.to_id) AS moved
            ) s
            WHERE s.held <> s.moved LIMIT @countMax
            """),
        ("a transfer has no account on either side, or one on both",
            """
            SELECT LOWER(HEX(t.id)) AS name
            FROM points_transfer t
            WHERE (SELECT COUNT(*) FROM points_account a WHERE a.id IN (t.from_id, t.to_id)) <> 1 LIMIT @countMax
            """),
        ("an award was not paid as it was decided",
            """
            SELECT LOWER(HEX(w.id)) AS name
            FROM points_award w
            LEFT JOIN points_transfer t ON t.award_id = w.id
            LEFT JOIN points_ruling r ON r.award_id = w.id
            LEFT JOIN points_hold h ON h.award_id = w.id
            LEFT JOIN points_recall c ON c.award_id = w.id
            WHERE (t.id IS NOT NULL) <> (w.amount > 0 AND (w.held = 0 OR COALESCE(r.posted, 0) = 1))
              OR (w.held = 0 AND c.award_id IS NULL AND (r.award_id IS NOT NULL OR h.award_id IS NOT NULL))
              OR ((w.held > 0 OR c.award_id IS NOT NULL) AND (r.award_id IS NULL) = (h.award_id IS NULL))
              OR t.amount <> w.amount OR t.to_id <> w.account_id OR t.from_id <> w.unit_id OR t.kind <> 1
            LIMIT @countMax
            """),
        ("what was called back was not taken back, or not paid again as it was decided",
            """
            SELECT LOWER(HEX(c.award_id)) AS name
            FROM points_recall c
            LEFT JOIN points_award w ON w.id = c.award_id AND w.held = 0
            LEFT JOIN points_ruling r ON r.award_id = w.id
            LEFT JOIN points_transfer t ON t.award_id = w.id
            LEFT JOIN points_transfer b ON b.reverses_id = t.id AND b.id = c.transfer_id
            LEFT JOIN points_transfer u ON u.reverses_id = b.id
            WHERE b.id IS NULL OR (u.id IS NOT NULL) <> (COALESCE(r.posted, 0) = 1)
            LIMIT @countMax
            """),
        ("an award is not what the rules of its day say",
            """
            SELECT LOWER(HEX(w.id)) AS name
            FROM points_award w JOIN points_rules v ON v.id = w.rules_id
            WHERE w.amount > LEAST(
                FLOOR(JSON_EXTRACT(w.detail, '$.base') * JSON_EXTRACT(w.detail, '$.percent') / 100),
                JSON_EXTRACT(w.detail, '$.dayLeft'), JSON_EXTRACT(w.detail, '$.weekLeft'))
              OR w.at < v.active_from OR v.approved_at IS NULL
            LIMIT @countMax
            """),
        ("a reversal does not take back what was paid",
            """
            SELECT LOWER(HEX(b.id)) AS name
            FROM points_transfer b
            LEFT JOIN points_transfer t ON t.id = b.reverses_id
            LEFT JOIN points_recall c ON c.transfer_id = t.id
            WHERE (b.kind = 2) <> (b.reverses_id IS NOT NULL)
              -- A reversal stays, unless it only called back.
              OR (t.kind = 2 AND c.award_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM points_recall k WHERE k.transfer_id = t.reverses_id))
              OR (b.reverses_id IS NOT NULL
                AND (t.id IS NULL OR t.amount <> b.amount OR t.from_id <> b.to_id OR t.to_id <> b.from_id))
            LIMIT @countMax
            """),
        ("a deduction was not taken as it was decided, or by none",
            """
            SELECT LOWER(HEX(q.id)) AS name
            FROM points_deduction q LEFT JOIN points_transfer t ON t.id = q.id
            WHERE (t.id IS NOT NULL) <> (q.amount > 0) OR q.amount > q.asked OR t.kind <> 5 OR t.amount <> q.amount
              OR t.from_id <> q.account_id OR t.to_id <> q.unit_id
            UNION ALL
            SELECT LOWER(HEX(t.id))
            FROM points_transfer t LEFT JOIN points_deduction q ON q.id = t.id
            WHERE t.kind = 5 AND q.id IS NULL
            LIMIT @countMax
            """),
        ("a balance is below zero although nothing was taken back",
            """
            SELECT LOWER(HEX(a.id)) AS name
            FROM points_account a
            WHERE a.balance < 0 AND NOT EXISTS (
              SELECT 1 FROM points_transfer b WHERE b.from_id = a.id AND b.kind = 2)
            LIMIT @countMax
            """),
        ("a correction was not carried out as it was decided, or by one person",
            """
            SELECT LOWER(HEX(c.id)) AS name
            FROM points_correction c LEFT JOIN points_transfer t ON t.correction_id = c.id
            WHERE (COALESCE(c.approved, 0) = 1) <> (t.id IS NOT NULL) OR c.decided_by = c.proposed_by
              OR t.amount <> ABS(c.amount)
            LIMIT @countMax
            """),
    ];

    /// <returns>What is wrong, naming at most twenty of each kind; empty when nothing is.</returns>
    public Task<PointsReport> RunAsync(Action<string> progress, CancellationToken cancel) =>
        database.HousekeepAsync(async db =>
        {
            var totals = (await db.FindAsync<Totals>(
                """
                SELECT (SELECT COUNT(*) FROM points_account) AS accounts,
                  (SELECT CAST(COALESCE(SUM(balance), 0) AS SIGNED) FROM points_account) AS held,
                  (SELECT COUNT(*) FROM points_award) AS awards,
                  (SELECT COUNT(*) FROM points_transfer) AS transfers
                """))!;
            var faults = new List<string>();
            foreach (var (fault, sql) in Checks.Concat(acts.SelectMany(a => a.Checks)))
            {
                progress(fault);
                await foreach (var found in db.StreamAsync<Named>(sql, new { countMax = ShownMax }))
                {
                    faults.Add($"{fault}: {found.Name}");
                }
            }

            return new PointsReport(totals.Accounts, totals.Held, totals.Awards, totals.Transfers, faults);
        }, cancel);

    private sealed record Totals
    {
        public long Accounts { get; init; }
        public long Held { get; init; }
        public long Awards { get; init; }
        public long Transfers { get; init; }
    }

    private sealed record Named
    {
        public string Name { get; init; } = "";
    }
}

/// <param name="Points">All that people and organisations hold; what issued them is as much below zero.</param>
public sealed record PointsReport(
    long Accounts, long Points, long Awards, long Transfers, IReadOnlyList<string> Faults);
