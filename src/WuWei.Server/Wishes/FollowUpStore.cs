using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on follow-ups. Their words are in the steps of the wish's journey, sealed.</summary>
public static class FollowUpStore
{
    /// <summary>Opens one for the rating that a wish just got.</summary>
    public static void QueueFollowUp(this DbSession db, Guid id, Wish rated, DateTime now, DateTime dueAt)
    {
        db.Queue(
            """
            INSERT INTO follow_up (id, wish_id, open_wish_id, rating, rated_step, opened_at, due_at)
            VALUES (@id, @wishId, @wishId, @Rating, @Version, @now, @dueAt)
            """, new { id, wishId = rated.Id, rated.Rating, rated.Version, now, dueAt });
        db.Queue(
            """
            INSERT INTO follow_up_in_unit (unit_id, closed, due_at, follow_up_id)
            SELECT ancestor_id, FALSE, @dueAt, @id FROM unit_ancestor WHERE unit_id = @UnitId
            """, new { id, rated.UnitId, dueAt });
        db.QueueChanges(rated.UnitId, now, [(WishCounts.OpenFollowUps, 1)]);
    }

    public static Task<Guid?> FindOpenFollowUpAsync(this DbSession db, Guid wishId) =>
        db.FindAsync<Guid?>("SELECT id FROM follow_up WHERE open_wish_id = @wishId", new { wishId });

    /// <summary>Closes one by a move of its wish, which fails as a whole if somebody moved it meanwhile.</summary>
    public static void QueueFollowUpEnd(
        this DbSession db, Guid id, Wish after, FollowUpOutcome outcome, Guid closedBy, DateTime now)
    {
        db.Queue(
            """
            UPDATE follow_up
            SET open_wish_id = NULL, closed_at = @now, closed_by = @closedBy, outcome = @outcome, closed_step = @Version
            WHERE id = @id AND closed_at IS NULL
            """, new { id, after.Version, outcome, closedBy, now });
        db.Queue("UPDATE follow_up_in_unit SET closed = TRUE WHERE follow_up_id = @id", new { id });
        db.QueueChanges(after.UnitId, now, [(WishCounts.OpenFollowUps, -1)]);
    }

    /// <summary>Those of a wish that got another unit.</summary>
    public static void QueueFollowUpsTo(this DbSession db, Wish after)
    {
        db.Queue(
            """
            DELETE l FROM follow_up f JOIN follow_up_in_unit l ON l.follow_up_id = f.id WHERE f.wish_id = @Id
            """, new { after.Id });
        db.Queue(
            """
            INSERT INTO follow_up_in_unit (unit_id, closed, due_at, follow_up_id)
            SELECT a.ancestor_id, f.closed_at IS NOT NULL, f.due_at, f.id
            FROM follow_up f JOIN unit_ancestor a ON a.unit_id = @UnitId WHERE f.wish_id = @Id
            """, new { after.Id, after.UnitId });
    }

    /// <summary>Of a unit's subtree, the longest due first.</summary>
    public static async Task<(List<FollowUp> FollowUps, PageToken? Next)> ListFollowUpsAsync(
        this DbSession db, Guid unitId, bool closed, PageToken? after, int size)
    {
        var from = after ?? PageToken.Oldest;
        var rows = await db.ListAsync<FollowUp>(
            """
            SELECT f.id, f.wish_id, w.unit_id, w.title, w.content, f.rating, c.id AS comment_id, c.note AS comment,
              f.opened_at, f.due_at, f.closed_at, p.shown_name AS closed_by_name, f.outcome, n.id AS note_id, n.note
            FROM (
              SELECT l.follow_up_id, l.due_at FROM follow_up_in_unit l
              WHERE l.unit_id = @unitId AND l.closed = @closed
                AND l.due_at >= @at AND (l.due_at > @at OR l.follow_up_id > @id)
              ORDER BY l.due_at, l.follow_up_id LIMIT @take
            ) page
            JOIN follow_up f ON f.id = page.follow_up_id
            JOIN wish w ON w.id = f.wish_id
            JOIN wish_step c ON c.wish_id = f.wish_id AND c.number = f.rated_step
            LEFT JOIN wish_step n ON n.wish_id = f.wish_id AND n.number = f.closed_step
            LEFT JOIN person p ON p.id = f.closed_by
            ORDER BY page.due_at, page.follow_up_id
            """, new { unitId, closed, at = from.At, id = from.Id, take = size + 1 });
        return rows.Count > size
            ? (rows[..size], new PageToken(rows[size - 1].DueAt, rows[size - 1].Id))
            : (rows, null);
    }

    /// <summary>Brings the lists of follow-ups in line with a unit's ancestors, for some of its wishes.</summary>
    public static async Task FollowFollowUpsAsync(this DbSession db, Guid unitId, Guid after, Guid upTo)
    {
        await db.ExecuteAsync(
            """
            INSERT IGNORE INTO follow_up_in_unit (unit_id, closed, due_at, follow_up_id)
            SELECT a.ancestor_id, f.closed_at IS NOT NULL, f.due_at, f.id
            FROM wish w JOIN follow_up f ON f.wish_id = w.id JOIN unit_ancestor a ON a.unit_id = w.unit_id
            WHERE w.unit_id = @unitId AND w.id > @after AND w.id <= @upTo
            """, new { unitId, after, upTo });
        await db.ExecuteAsync(
            """
            DELETE l FROM wish w
            JOIN follow_up f ON f.wish_id = w.id
            JOIN follow_up_in_unit l ON l.follow_up_id = f.id
            LEFT JOIN unit_ancestor a ON a.unit_id = w.unit_id AND a.ancestor_id = l.unit_id
            WHERE w.unit_id = @unitId AND w.id > @after AND w.id <= @upTo AND a.unit_id IS NULL
            """, new { unitId, after, upTo });
    }

    /// <summary>Open ones in the order of their ids, with what counting them needs.</summary>
    public static Task<List<FollowUp>> ListOpenFollowUpsAsync(this DbSession db, Guid after, int countMax) =>
        db.ListAsync<FollowUp>(
            """
            SELECT f.id, w.unit_id FROM follow_up f JOIN wish w ON w.id = f.wish_id
            WHERE f.id > @after AND f.closed_at IS NULL ORDER BY f.id LIMIT @countMax
            """, new { after, countMax });
}
