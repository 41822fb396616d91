using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Every SQL statement that puts wishes into the lists of their unit and its ancestors.</summary>
public static class WishPlaceStore
{
    private const string Columns =
        "unit_id, status, made_at, wish_id, deadline_at, category_id, effort_minutes, remote, public, overdue";

    public static void QueueListing(this DbSession db, Wish wish) => db.Queue(
        $"""
        INSERT INTO wish_in_unit ({Columns})
        SELECT ancestor_id, @Status, @MadeAt, @Id, @DeadlineAt, @CategoryId, @EffortMinutes, @Remote, @isPublic,
          @Overdue
        FROM unit_ancestor WHERE unit_id = @UnitId
        """,
        new
        {
            wish.Id,
            wish.UnitId,
            wish.Status,
            wish.MadeAt,
            wish.DeadlineAt,
            wish.CategoryId,
            wish.EffortMinutes,
            wish.Remote,
            wish.Overdue,
            isPublic = wish.Visibility == WishVisibility.Public,
        });

    public static void QueueUnlisting(this DbSession db, Guid wishId) =>
        db.Queue("DELETE FROM wish_in_unit WHERE wish_id = @wishId", new { wishId });

    /// <summary>
    /// Wishes of a unit in the order of their ids, locked: whoever moves one waits, and what is read is how it is.
    /// </summary>
    public static Task<List<Guid>> ListOfUnitAsync(this DbSession db, Guid unitId, Guid after, int countMax) =>
        db.ListAsync<Guid>(
            "SELECT id FROM wish WHERE unit_id = @unitId AND id > @after ORDER BY id LIMIT @countMax FOR UPDATE",
            new { unitId, after, countMax });

    /// <summary>
    /// Brings the lists of some wishes of a unit in line with its ancestors. The wishes are locked: a move of one comes
    /// either before, and its state is what is listed, or after, and finds the rows that are new.
    /// </summary>
    public static async Task FollowAsync(this DbSession db, Guid unitId, Guid after, Guid upTo)
    {
        await db.ExecuteAsync(
            $"""
            INSERT IGNORE INTO wish_in_unit ({Columns})
            SELECT a.ancestor_id, w.status, w.made_at, w.id, w.deadline_at, w.category_id, w.effort_minutes, w.remote,
              w.visibility = 1, w.overdue
            FROM wish w JOIN unit_ancestor a ON a.unit_id = w.unit_id
            WHERE w.unit_id = @unitId AND w.id > @after AND w.id <= @upTo
            """, new { unitId, after, upTo });
        await db.ExecuteAsync(
            """
            DELETE l FROM wish w
            JOIN wish_in_unit l ON l.wish_id = w.id
            LEFT JOIN unit_ancestor a ON a.unit_id = w.unit_id AND a.ancestor_id = l.unit_id
            WHERE w.unit_id = @unitId AND w.id > @after AND w.id <= @upTo AND a.unit_id IS NULL
            """, new { unitId, after, upTo });
    }

    /// <summary>Whether a wish of the unit or below has not come to its end, whether or not the lists have followed.</summary>
    public static async Task<bool> HasLiveWishesAsync(this DbSession db, Guid unitId) => await db.FindAsync<int?>(
        """
        SELECT 1 FROM unit_ancestor a JOIN wish w ON w.unit_id = a.unit_id
        WHERE a.ancestor_id = @unitId AND w.status IN (1, 2, 3, 4) LIMIT 1
        """, new { unitId }) is not null;
}
