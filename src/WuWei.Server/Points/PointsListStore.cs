using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Points;

/// <summary>Every SQL statement that shows points: balances, statements, what is held, corrections.</summary>
public static class PointsListStore
{
    private const string AwardColumns =
        $"""
        w.id, w.at, w.account_id, w.act, w.source_id, w.subject_id, w.other_id, w.maker_id, w.unit_id, w.rules_id, w.amount,
          w.held | COALESCE(c.suspicion, 0) AS held, w.detail, n.version AS rules_version, r.posted,
          h.award_id IS NOT NULL AS waits, {AwardSql.TransferId} AS transfer_id, {AwardSql.ReversedBy} AS reversed_by,
          c.transfer_id AS called_back_by
        """;

    private const string AwardJoins = $"LEFT JOIN points_rules n ON n.id = w.rules_id {AwardSql.Joins}";

    /// <summary>
    /// The awards of one source, with what became of each; people's first: accounts are locked in the order in which
    /// they are paid.
    /// </summary>
    public static Task<List<Award>> ListAwardsAsync(this DbSession db, Guid sourceId) => db.ListAsync<Award>(
        $"""
        SELECT {AwardColumns}
        FROM points_award w JOIN points_account k ON k.id = w.account_id {AwardJoins}
        WHERE w.source_id = @sourceId ORDER BY k.kind, w.id
        """, new { sourceId });

    public static Task<Award?> FindAwardAsync(this DbSession db, Guid id) => db.FindAsync<Award>(
        $"SELECT {AwardColumns} FROM points_award w {AwardJoins} WHERE w.id = @id", new { id });

    public static async Task<(long Balance, long Held)> GetBalanceAsync(this DbSession db, Guid accountId)
    {
        var row = await db.FindAsync<BalanceRow>(
            """
            SELECT a.balance,
              (SELECT CAST(COALESCE(SUM(w.amount), 0) AS SIGNED)
                FROM points_hold h JOIN points_award w ON w.id = h.award_id
                WHERE h.account_id = a.id) AS held
            FROM points_account a WHERE a.id = @accountId
            """, new { accountId });
        return row is null ? (0, 0) : (row.Balance, row.Held);
    }

    /// <summary>How many wishes a person kept: each left one award, and what was overturned was taken back.</summary>
    public static Task<int> CountWishesKeptAsync(this DbSession db, Guid personId) => db.FindAsync<int>(
        $"""
        SELECT COUNT(DISTINCT w.source_id) FROM points_award w {AwardSql.Joins}
        WHERE w.account_id = @personId AND w.act BETWEEN 1 AND 5 AND {AwardSql.Stands}
        """, new { personId });

    /// <summary>
    /// Awards, whatever became of them, what the rules asked, and all other transfers of an account; the newest first.
    /// </summary>
    public static Task<List<LineRow>> ListLinesAsync(
        this DbSession db, Guid accountId, PageToken after, int countMax) => db.ListAsync<LineRow>(
        $"""
        SELECT l.line_at, l.line_id, l.kind, l.points, l.line_unit_id, {AwardColumns}
        FROM (
          (SELECT w.at AS line_at, w.id AS line_id, 1 AS kind, NULL AS points, w.unit_id AS line_unit_id
            FROM points_award w
            WHERE w.account_id = @accountId AND w.at <= @at AND (w.at < @at OR w.id < @id)
            ORDER BY w.at DESC, w.id DESC LIMIT @countMax)
          UNION ALL
          (SELECT t.at, t.id, t.kind, -CAST(t.amount AS SIGNED), t.unit_id
            FROM points_transfer t
            WHERE t.from_id = @accountId AND t.kind <> 5 AND t.at <= @at AND (t.at < @at OR t.id < @id)
            ORDER BY t.at DESC, t.id DESC LIMIT @countMax)
          UNION ALL
          (SELECT t.at, t.id, t.kind, CAST(t.amount AS SIGNED), t.unit_id
            FROM points_transfer t
            WHERE t.to_id = @accountId AND t.award_id IS NULL AND t.at <= @at AND (t.at < @at OR t.id < @id)
            ORDER BY t.at DESC, t.id DESC LIMIT @countMax)
          UNION ALL
          (SELECT q.at, q.id, 5, -CAST(q.amount AS SIGNED), q.unit_id
            FROM points_deduction q
            WHERE q.account_id = @accountId AND q.asked > 0 AND q.at <= @at AND (q.at < @at OR q.id < @id)
            ORDER BY q.at DESC, q.id DESC LIMIT @countMax)
          ORDER BY line_at DESC, line_id DESC LIMIT @countMax
        ) l
        LEFT JOIN points_award w ON w.id = l.line_id AND l.kind = 1 {AwardJoins}
        ORDER BY l.line_at DESC, l.line_id DESC
        """, new { accountId, at = after.At, id = after.Id, countMax });

    /// <summary>Held and not decided, in a unit's subtree, the oldest first.</summary>
    public static Task<List<HeldRow>> ListHeldAsync(
        this DbSession db, Guid unitId, PageToken after, int countMax) => db.ListAsync<HeldRow>(
        $"""
        SELECT {AwardColumns}, q.held_at, COALESCE(p.shown_name, o.name) AS shown_name
        FROM unit_ancestor a
        JOIN points_hold q ON q.unit_id = a.unit_id
        JOIN points_award w ON w.id = q.award_id {AwardJoins}
        LEFT JOIN person p ON p.id = w.account_id
        LEFT JOIN organisation o ON o.id = w.account_id
        WHERE a.ancestor_id = @unitId AND q.held_at >= @at AND (q.held_at > @at OR q.award_id > @id)
        ORDER BY q.held_at, q.award_id LIMIT @countMax
        """, new { unitId, at = after.At, id = after.Id, countMax });

    private sealed record BalanceRow
    {
        public long Balance { get; init; }
        public long Held { get; init; }
    }
}

/// <summary>A line of a statement; the rest is empty unless it is an award.</summary>
public sealed record LineRow : Award
{
    public DateTime LineAt { get; init; }
    public Guid LineId { get; init; }
    public TransferKind Kind { get; init; }

    /// <summary>Null for an award: its state says.</summary>
    public int? Points { get; init; }
    public Guid LineUnitId { get; init; }
}

public sealed record HeldRow : Award
{
    public string? ShownName { get; init; }
    public DateTime HeldAt { get; init; }
}
