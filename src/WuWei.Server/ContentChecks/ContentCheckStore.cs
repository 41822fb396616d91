using WuWei.Data;

namespace WuWei.ContentChecks;

/// <summary>Every SQL statement on checks, but for the lists that people ask for.</summary>
public static class ContentCheckStore
{
    public const string Columns =
        """
        c.id, c.kind, c.content_id, c.part_of, c.version, c.unit_id, c.author_id, c.channel, c.staff_only, c.state, c.stage,
        c.made_at, c.due_at, c.tries, c.finding, c.queued_at, c.decided_at, c.decided_by, c.reason, c.reason_text,
        c.appeal_unit_id, c.appealed_at, c.appeal_text, c.appeal_decided_at, c.appeal_decided_by, c.appeal_answer
        """;

    private const int EarlyMax = 1_000;

    /// <summary>
    /// Has a piece checked, from the transaction that stores it. Of one that is stored anew, the old text's check and
    /// verdict end with it.
    /// </summary>
    public static void QueueContentCheck(this DbSession db, ContentPiece piece) => db.Queue(
        """
        INSERT INTO content_check
          (id, kind, content_id, part_of, version, unit_id, author_id, channel, staff_only, state, stage, made_at, due_at,
          tries, finding, reason)
        VALUES
          (@checkId, @Kind, @Id, @partOf, 1, @UnitId, @AuthorId, @Channel, @StaffOnly, @waiting, @fresh, @At, @At, 0, 0, 0)
        ON DUPLICATE KEY UPDATE
          version = version + 1, unit_id = @UnitId, author_id = @AuthorId, channel = @Channel, staff_only = @StaffOnly,
          state = @waiting, stage = @fresh, made_at = @At, due_at = @At, tries = 0, finding = 0, queued_at = NULL,
          decided_at = NULL, decided_by = NULL, reason = 0, reason_text = NULL, appeal_unit_id = NULL, appealed_at = NULL, appeal_text = NULL,
          appeal_decided_at = NULL, appeal_decided_by = NULL, appeal_answer = NULL
        """,
        new
        {
            checkId = Guid.CreateVersion7(piece.At),
            piece.Kind,
            piece.Id,
            partOf = piece.PartOf ?? piece.Id,
            piece.UnitId,
            piece.AuthorId,
            piece.Channel,
            piece.StaffOnly,
            waiting = ContentState.Waiting,
            fresh = CheckStage.New,
            piece.At,
        });

    /// <summary>
    /// Its slice has decided itself, or staff wrote it anew: nobody needs to look any more, nor answer an appeal. What was
    /// refused stays so, unless it is passed now, and nothing waits any longer for an appeal against that.
    /// </summary>
    public static void QueueNoContentCheck(this DbSession db, ContentKind kind, Guid id, ContentState state) => db.Queue(
        """
        UPDATE content_check SET stage = IF(stage = 4 AND @state <> 2, stage, @dropped), due_at = NULL, state = @state
        WHERE kind = @kind AND content_id = @id
          AND (stage IN (1, 2, 3, 5) OR (stage = 4 AND due_at IS NOT NULL) OR (state = 3 AND @state = 2))
        """, new { kind, id, state, dropped = CheckStage.Dropped });

    /// <summary>
    /// Whether an appeal against its refusal waits, which nobody makes nor decides on until this transaction ends. To be
    /// asked of what was refused only: where there is no check, others would wait for the place of one.
    /// </summary>
    public static async Task<bool> IsAppealedAsync(this DbSession db, ContentKind kind, Guid id) =>
        await db.FindAsync<CheckStage>(
            "SELECT stage FROM content_check WHERE kind = @kind AND content_id = @id FOR UPDATE", new { kind, id })
        == CheckStage.Appealed;

    /// <summary>All that belongs to something is another unit's from now on, whose staff look at it.</summary>
    /// <param name="only">Only what is of this kind; null for all.</param>
    public static void QueueContentUnit(this DbSession db, Guid partOf, Guid unitId, ContentKind? only = null) => db.Queue(
        "UPDATE content_check SET unit_id = @unitId WHERE part_of = @partOf AND (@only IS NULL OR kind = @only)",
        new { partOf, unitId, only });

    /// <summary>What the worker is to look at, the longest due first.</summary>
    public static Task<List<Guid>> ListDueChecksAsync(this DbSession db, DateTime now, int countMax) => db.ListAsync<Guid>(
        "SELECT id FROM content_check WHERE due_at <= @now ORDER BY due_at, id LIMIT @countMax", new { now, countMax });

    public static Task<ContentCheck?> FindCheckAsync(this DbSession db, Guid id) => db.FindAsync<ContentCheck>(
        $"SELECT {Columns} FROM content_check c WHERE c.id = @id", new { id });

    public static Task<List<ContentCheck>> ListChecksAsync(this DbSession db, IReadOnlyList<Guid> ids) => ids.Count == 0
        ? Task.FromResult<List<ContentCheck>>([])
        : db.ListEachAsync<ContentCheck>(
            $"SELECT {Columns} FROM content_check c WHERE c.id IN (", "@id", [.. ids.Select(id => new { id })], ")");

    /// <summary>Appeals against what belongs to any of these that nobody has decided on.</summary>
    public static Task<List<ContentCheck>> ListAppealsOfAsync(this DbSession db, IReadOnlyList<Guid> wholes) =>
        db.ListEachAsync<ContentCheck>(
            $"SELECT {Columns} FROM content_check c WHERE c.stage = @appealed AND c.part_of IN (", "@id",
            [.. wholes.Select(id => new { id })], ")", new { appealed = CheckStage.Appealed });

    /// <summary>
    /// Stores where it went only if it is still where it was read, in the same version, with the same clock and for the
    /// same units.
    /// </summary>
    /// <returns>False otherwise.</returns>
    public static async Task<bool> MoveCheckAsync(this DbSession db, ContentCheck before, ContentCheck after) =>
        await db.ExecuteAsync(
            """
            UPDATE content_check
            SET state = @State, stage = @Stage, due_at = @DueAt, tries = @Tries, finding = @Finding, queued_at = @QueuedAt,
              decided_at = @DecidedAt, decided_by = @DecidedBy, reason = @Reason, reason_text = @ReasonText,
              appeal_unit_id = @AppealUnitId, appealed_at = @AppealedAt, appeal_text = @AppealText,
              appeal_decided_at = @AppealDecidedAt, appeal_decided_by = @AppealDecidedBy, appeal_answer = @AppealAnswer
            WHERE id = @Id AND version = @Version AND stage = @stageRead AND tries = @triesRead AND due_at <=> @dueRead
              AND unit_id = @unitRead AND appeal_unit_id <=> @appealUnitRead
            """,
            new
            {
                after.Id,
                before.Version,
                stageRead = before.Stage,
                triesRead = before.Tries,
                dueRead = before.DueAt,
                unitRead = before.UnitId,
                appealUnitRead = before.AppealUnitId,
                after.State,
                after.Stage,
                after.DueAt,
                after.Tries,
                after.Finding,
                after.QueuedAt,
                after.DecidedAt,
                after.DecidedBy,
                after.Reason,
                after.ReasonText,
                after.AppealUnitId,
                after.AppealedAt,
                after.AppealText,
                after.AppealDecidedAt,
                after.AppealDecidedBy,
                after.AppealAnswer,
            }) == 1;

    /// <summary>Looks later at one whose check failed, so that it does not stand before all others.</summary>
    public static Task<int> PostponeCheckAsync(this DbSession db, Guid id, DateTime dueAt) => db.ExecuteAsync(
        "UPDATE content_check SET due_at = @dueAt WHERE id = @id AND due_at < @dueAt", new { id, dueAt });

    /// <summary>WeChat was asked about a picture, and its verdict will carry this.</summary>
    public static void QueueTrace(this DbSession db, ContentCheck check, string appId, string trace, DateTime now) =>
        db.Queue(
            """
            INSERT IGNORE INTO content_trace (app_id, trace, check_id, version, asked_at)
            VALUES (@appId, @trace, @Id, @Version, @now)
            """, new { appId, trace, check.Id, check.Version, now });

    /// <summary>The check that WeChat was asked for, if it is still the same version.</summary>
    public static Task<ContentCheck?> FindTracedAsync(this DbSession db, string appId, string trace) =>
        db.FindAsync<ContentCheck>(
            $"""
            SELECT {Columns} FROM content_trace t JOIN content_check c ON c.id = t.check_id AND c.version = t.version
            WHERE t.app_id = @appId AND t.trace = @trace
            """, new { appId, trace });

    /// <summary>
    /// Keeps a verdict on what we do not know yet to have asked about, unless too many are kept. Its check looks for it once it
    /// is stored that we asked; whoever keeps one looks for the check again.
    /// </summary>
    public static Task<int> KeepEarlyAsync(this DbSession db, string appId, string trace, Opinion opinion, DateTime now) =>
        db.ExecuteAsync(
            $"""
            INSERT IGNORE INTO content_early (app_id, trace, opinion, came_at)
            SELECT @appId, @trace, @opinion, @now
            FROM (SELECT COUNT(*) AS kept FROM (SELECT 1 FROM content_early LIMIT {EarlyMax}) e) n
            WHERE n.kept < {EarlyMax}
            """, new { appId, trace, opinion, now });

    public static async Task<Opinion?> FindEarlyAsync(this DbSession db, string appId, string trace) =>
        (Opinion?)await db.FindAsync<int?>(
            "SELECT opinion FROM content_early WHERE app_id = @appId AND trace = @trace", new { appId, trace });

    public static Task<int> ForgetEarlyAsync(this DbSession db, DateTime before, int countMax) => db.ExecuteAsync(
        "DELETE FROM content_early WHERE came_at < @before LIMIT @countMax", new { before, countMax });

    public static Task<int> ForgetTracesAsync(this DbSession db, DateTime before, int countMax) => db.ExecuteAsync(
        "DELETE FROM content_trace WHERE asked_at < @before LIMIT @countMax", new { before, countMax });
}
