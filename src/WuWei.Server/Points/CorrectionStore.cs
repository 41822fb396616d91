using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Points;

/// <summary>A change of the ledger that one person proposes and another decides on.</summary>
public sealed record Correction
{
    public Guid Id { get; init; }
    public TransferKind Kind { get; init; }
    public Guid UnitId { get; init; }
    public Guid AccountId { get; init; }
    public int Amount { get; init; }
    public Guid? AwardId { get; init; }
    public byte[] Reason { get; init; } = [];
    public Guid ProposedBy { get; init; }
    public DateTime ProposedAt { get; init; }
    public Guid? DecidedBy { get; init; }
    public DateTime? DecidedAt { get; init; }
    public bool? Approved { get; init; }
}

/// <summary>Every SQL statement on corrections.</summary>
public static class CorrectionStore
{
    private const string Columns =
        """
        c.id, c.kind, c.unit_id, c.account_id, c.amount, c.award_id, c.reason, c.proposed_by, c.proposed_at, c.decided_by,
        c.decided_at, c.approved
        """;

    public static Task<int> AddCorrectionAsync(this DbSession db, Correction correction) => db.ExecuteAsync(
        """
        INSERT INTO points_correction
          (id, kind, unit_id, account_id, amount, award_id, reason, proposed_by, proposed_at)
        VALUES (@Id, @Kind, @UnitId, @AccountId, @Amount, @AwardId, @Reason, @ProposedBy, @ProposedAt)
        """,
        new
        {
            correction.Id,
            correction.Kind,
            correction.UnitId,
            correction.AccountId,
            correction.Amount,
            correction.AwardId,
            correction.Reason,
            correction.ProposedBy,
            correction.ProposedAt,
        });

    public static async Task<Correction> GetCorrectionAsync(this DbSession db, Guid id) =>
        await db.FindAsync<Correction>($"SELECT {Columns} FROM points_correction c WHERE c.id = @id", new { id })
        ?? throw Refuse.Missing("CORRECTION_UNKNOWN", "没有找到这项更正。");

    /// <returns>False when somebody decided before.</returns>
    public static async Task<bool> DecideCorrectionAsync(this DbSession db, Correction decided) => await db.ExecuteAsync(
        """
        UPDATE points_correction SET decided_by = @DecidedBy, decided_at = @DecidedAt, approved = @Approved
        WHERE id = @Id AND decided_at IS NULL
        """, new { decided.Id, decided.DecidedBy, decided.DecidedAt, decided.Approved }) == 1;

    /// <summary>Of a unit's subtree, the newest first.</summary>
    public static Task<List<Correction>> ListCorrectionsAsync(
        this DbSession db, Guid unitId, PageToken after, int countMax) => db.ListAsync<Correction>(
        $"""
        SELECT {Columns}
        FROM unit_ancestor a JOIN points_correction c ON c.unit_id = a.unit_id
        WHERE a.ancestor_id = @unitId AND c.proposed_at <= @at AND (c.proposed_at < @at OR c.id < @id)
        ORDER BY c.proposed_at DESC, c.id DESC LIMIT @countMax
        """, new { unitId, at = after.At, id = after.Id, countMax });
}
