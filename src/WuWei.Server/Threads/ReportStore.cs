using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Threads;

/// <summary>Every SQL statement on reports of threads.</summary>
public static class ReportStore
{
    private const string Columns =
        """
        r.id, r.thread_id, r.wish_id, r.unit_id, r.message_id, r.reporter_id, q.shown_name AS reporter_name, r.side, r.reason,
        r.made_at, r.decided_at, r.decided_by, r.outcome, r.answer
        """;

    /// <summary>The unit of a wish, which no other transaction changes until this one ends.</summary>
    public static Task<Guid> HoldUnitOfAsync(this DbSession db, Guid wishId) => db.FindAsync<Guid>(
        "SELECT unit_id FROM wish WHERE id = @wishId LOCK IN SHARE MODE", new { wishId });

    /// <returns>False when the reporter has an open one on the thread.</returns>
    public static async Task<bool> AddReportAsync(this DbSession db, ThreadReport report) => await db.ExecuteAsync(
        """
        INSERT IGNORE INTO thread_report
          (id, thread_id, wish_id, unit_id, message_id, reporter_id, side, reason, made_at, decided, open_by)
        VALUES
          (@Id, @ThreadId, @WishId, @UnitId, @MessageId, @ReporterId, @Side, @Reason, @MadeAt, FALSE, @ReporterId)
        """,
        new
        {
            report.Id,
            report.ThreadId,
            report.WishId,
            report.UnitId,
            report.MessageId,
            report.ReporterId,
            report.Side,
            report.Reason,
            report.MadeAt,
        }) == 1;

    public static Task<ThreadReport?> FindReportAsync(this DbSession db, Guid id) => db.FindAsync<ThreadReport>(
        $"SELECT {Columns} FROM thread_report r LEFT JOIN person q ON q.id = r.reporter_id WHERE r.id = @id", new { id });

    /// <summary>The last that somebody made on a thread.</summary>
    public static Task<ThreadReport?> FindReportAsync(this DbSession db, Guid threadId, Guid reporterId) =>
        db.FindAsync<ThreadReport>(
            $"""
            SELECT {Columns} FROM thread_report r LEFT JOIN person q ON q.id = r.reporter_id
            WHERE r.thread_id = @threadId AND r.reporter_id = @reporterId ORDER BY r.made_at DESC LIMIT 1
            """, new { threadId, reporterId });

    /// <summary>Of a unit's subtree, the oldest first, with one more than fits.</summary>
    /// <param name="readerId">Reports of threads of theirs are left out: colleagues decide on those.</param>
    public static Task<List<ThreadReport>> ListReportsAsync(
        this DbSession db, Guid unitId, Guid readerId, bool decided, PageToken from, int countMax) =>
        db.ListAsync<ThreadReport>(
            $"""
            SELECT {Columns}
            FROM unit_ancestor a
            JOIN thread_report r ON r.unit_id = a.unit_id AND r.decided = @decided
            JOIN wish_claim c ON c.id = r.thread_id
            JOIN wish w ON w.id = c.wish_id
            LEFT JOIN person b ON b.phone_index = w.beneficiary_index
            LEFT JOIN person q ON q.id = r.reporter_id
            WHERE a.ancestor_id = @unitId AND r.made_at >= @at AND (r.made_at > @at OR r.id > @id)
              AND NOT (c.claimer_id <=> @readerId OR w.maker_id <=> @readerId OR b.id <=> @readerId)
            ORDER BY r.made_at, r.id LIMIT @countMax
            """, new { unitId, readerId, decided, at = from.At, id = from.Id, countMax });

    /// <summary>All that was reported of a thread is for the staff of this unit from now on.</summary>
    public static void QueueReportUnit(this DbSession db, Guid threadId, Guid unitId) => db.Queue(
        "UPDATE thread_report SET unit_id = @unitId WHERE thread_id = @threadId", new { threadId, unitId });

    /// <summary>Stores what was decided, if nobody else did meanwhile.</summary>
    public static async Task DecideReportAsync(this DbSession db, ThreadReport decided)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE thread_report
            SET decided = TRUE, open_by = NULL, decided_at = @DecidedAt, decided_by = @DecidedBy, outcome = @Outcome,
              answer = @Answer
            WHERE id = @Id AND decided = FALSE
            """,
            new { decided.Id, decided.DecidedAt, decided.DecidedBy, decided.Outcome, decided.Answer }) == 0)
        {
            throw new ConflictException();
        }
    }
}
