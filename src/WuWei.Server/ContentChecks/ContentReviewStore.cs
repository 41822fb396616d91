using WuWei.Calls;
using WuWei.Data;

namespace WuWei.ContentChecks;

/// <summary>Every SQL statement of the lists that staff and authors ask for.</summary>
public static class ContentReviewStore
{
    /// <summary>
    /// What is with the staff of a unit and below, the longest waiting first. By the tree as it is now; one range of the
    /// index for each unit, as long as what waits there.
    /// </summary>
    /// <param name="messages">Whether with those of threads.</param>
    public static Task<List<ContentCheck>> ListQueuedAsync(
        this DbSession db, Guid unitId, ContentKind? kind, bool messages, PageToken after, int take) =>
        db.ListAsync<ContentCheck>(
            $"""
            SELECT {ContentCheckStore.Columns}
            FROM unit_ancestor a JOIN content_check c FORCE INDEX (of_unit) ON c.unit_id = a.unit_id
            WHERE a.ancestor_id = @unitId AND c.stage = @queued AND (@kind = 0 OR c.kind = @kind)
              AND (@messages OR c.kind <> @message)
              AND c.queued_at >= @At AND (c.queued_at > @At OR c.id > @Id)
            ORDER BY c.queued_at, c.id LIMIT @take
            """,
            new
            {
                unitId,
                queued = CheckStage.Queued,
                kind = (int?)kind ?? 0,
                messages,
                message = ContentKind.Message,
                after.At,
                after.Id,
                take,
            });

    /// <summary>Appeals that went to a unit or one below it, the longest waiting first.</summary>
    /// <param name="messages">Whether with those of threads.</param>
    public static Task<List<ContentCheck>> ListAppealedAsync(
        this DbSession db, Guid unitId, bool messages, PageToken after, int take) => db.ListAsync<ContentCheck>(
        $"""
        SELECT {ContentCheckStore.Columns}
        FROM unit_ancestor a JOIN content_check c FORCE INDEX (appealed_to) ON c.appeal_unit_id = a.unit_id
        WHERE a.ancestor_id = @unitId AND c.stage = @appealed AND (@messages OR c.kind <> @message)
          AND c.queued_at >= @At AND (c.queued_at > @At OR c.id > @Id)
        ORDER BY c.queued_at, c.id LIMIT @take
        """,
        new
        {
            unitId,
            appealed = CheckStage.Appealed,
            messages,
            message = ContentKind.Message,
            after.At,
            after.Id,
            take,
        });

    /// <summary>What somebody wrote, newest first, without what needs no check any more.</summary>
    public static Task<List<ContentCheck>> ListContentOfAsync(
        this DbSession db, Guid authorId, PageToken after, int take) => db.ListAsync<ContentCheck>(
        $"""
        SELECT {ContentCheckStore.Columns} FROM content_check c
        WHERE c.author_id = @authorId AND c.stage <> @dropped
          AND c.made_at <= @At AND (c.made_at < @At OR c.id < @Id)
        ORDER BY c.made_at DESC, c.id DESC LIMIT @take
        """, new { authorId, dropped = CheckStage.Dropped, after.At, after.Id, take });
}
