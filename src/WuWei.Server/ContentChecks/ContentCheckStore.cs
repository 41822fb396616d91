using WuWei.Data;

namespace WuWei.ContentChecks;

/// <summary>Every SQL statement on checks, but for those that staff and authors ask for.</summary>
public static class ContentCheckStore
{
    /// <summary>
    /// Has a piece checked, from the transaction that stores it. Of one that is stored anew, the old text's check and
    /// verdict end with it.
    /// </summary>
    public static void QueueContentCheck(this DbSession db, ContentPiece piece) => db.Queue(
        """
        INSERT INTO content_check
          (id, kind, content_id, version, unit_id, author_id, channel, state, stage, made_at, due_at, tries, finding, reason)
        VALUES (@checkId, @Kind, @Id, 1, @UnitId, @AuthorId, @Channel, @waiting, @fresh, @At, @At, 0, 0, 0)
        ON DUPLICATE KEY UPDATE
          version = version + 1, unit_id = @UnitId, author_id = @AuthorId, channel = @Channel, state = @waiting,
          stage = @fresh, made_at = @At, due_at = @At, tries = 0, finding = 0, queued_at = NULL, decided_at = NULL,
          decided_by = NULL, reason = 0, reason_text = NULL, appeal_unit_id = NULL, appealed_at = NULL, appeal_text = NULL,
          appeal_decided_at = NULL, appeal_decided_by = NULL, appeal_answer = NULL
        """,
        new
        {
            checkId = Guid.CreateVersion7(piece.At),
            piece.Kind,
            piece.Id,
            piece.UnitId,
            piece.AuthorId,
            piece.Channel,
            waiting = ContentState.Waiting,
            fresh = CheckStage.New,
            piece.At,
        });
}
