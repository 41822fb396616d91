using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Points;

/// <summary>Every SQL statement on what the rules took. The transfer of a deduction has its id.</summary>
public static class DeductionStore
{
    private const string Columns =
        """
        q.id, q.at, q.account_id, q.reason, q.source_id, q.subject_id, q.unit_id, q.rules_id, q.asked, q.amount,
        m.version AS rules_version, x.id AS returned_by
        """;

    private const string Joins =
        """
        LEFT JOIN points_rules m ON m.id = q.rules_id
        LEFT JOIN points_transfer x ON x.reverses_id = q.id
        """;

    public static void QueueDeduction(this DbSession db, Deduction deduction) => db.Queue(
        """
        INSERT INTO points_deduction
          (id, at, account_id, reason, source_id, subject_id, unit_id, rules_id, asked, amount)
        VALUES (@Id, @At, @AccountId, @Reason, @SourceId, @SubjectId, @UnitId, @RulesId, @Asked, @Amount)
        """,
        new
        {
            deduction.Id,
            deduction.At,
            deduction.AccountId,
            deduction.Reason,
            deduction.SourceId,
            deduction.SubjectId,
            deduction.UnitId,
            deduction.RulesId,
            deduction.Asked,
            deduction.Amount,
        });

    /// <summary>What an account has that a deduction may take; null when it was never opened.</summary>
    public static Task<BalanceAt?> FindBalanceAtAsync(this DbSession db, Guid accountId) => db.FindAsync<BalanceAt>(
        "SELECT balance, version FROM points_account WHERE id = @accountId", new { accountId });

    public static Task<Deduction?> FindDeductionAsync(this DbSession db, Guid id) => db.FindAsync<Deduction>(
        $"SELECT {Columns} FROM points_deduction q {Joins} WHERE q.id = @id", new { id });

    /// <summary>What was taken from somebody for one thing; null when that was never looked at.</summary>
    public static Task<Deduction?> FindDeductionAsync(
        this DbSession db, DeductionReason reason, Guid accountId, Guid sourceId) => db.FindAsync<Deduction>(
        $"""
        SELECT {Columns} FROM points_deduction q {Joins}
        WHERE q.source_id = @sourceId AND q.reason = @reason AND q.account_id = @accountId
        """, new { reason, accountId, sourceId });

    /// <summary>Those among the lines of a statement, which leaves out what the rules asked nothing for.</summary>
    public static Task<List<Deduction>> ListDeductionsAsync(
        this DbSession db, Guid accountId, PageToken after, int countMax) => db.ListAsync<Deduction>(
        $"""
        SELECT {Columns} FROM points_deduction q {Joins}
        WHERE q.account_id = @accountId AND q.asked > 0 AND q.at <= @at AND (q.at < @at OR q.id < @id)
        ORDER BY q.at DESC, q.id DESC LIMIT @countMax
        """, new { accountId, at = after.At, id = after.Id, countMax });
}

/// <summary>What the rules took for what somebody did not do, and what became of it.</summary>
public sealed record Deduction
{
    public Guid Id { get; init; }
    public DateTime At { get; init; }
    public Guid AccountId { get; init; }
    public DeductionReason Reason { get; init; }
    public Guid SourceId { get; init; }
    public Guid SubjectId { get; init; }
    public Guid UnitId { get; init; }
    public Guid RulesId { get; init; }

    /// <summary>What the rules say; the balance may have had less.</summary>
    public int Asked { get; init; }
    public int Amount { get; init; }
    public int RulesVersion { get; init; }

    /// <summary>The reversal that returned it.</summary>
    public Guid? ReturnedBy { get; init; }
}

public sealed record BalanceAt
{
    public long Balance { get; init; }
    public int Version { get; init; }
}
