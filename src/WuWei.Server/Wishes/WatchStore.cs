using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on who follows a wish.</summary>
public static class WatchStore
{
    /// <summary>
    /// Keeps a wish from being moved until this transaction ends; others may hold it at the same time. To be called before the
    /// wish is read.
    /// </summary>
    public static async Task HoldWishAsync(this DbSession db, Guid wishId) =>
        await db.FindAsync<int?>("SELECT version FROM wish WHERE id = @wishId LOCK IN SHARE MODE", new { wishId });

    /// <returns>False when they follow it already.</returns>
    public static async Task<bool> AddFollowerAsync(this DbSession db, Guid wishId, Guid personId, DateTime now) =>
        await db.ExecuteAsync(
            "INSERT IGNORE INTO wish_watch (wish_id, person_id, watched_at) VALUES (@wishId, @personId, @now)",
            new { wishId, personId, now }) == 1;

    /// <returns>False when they do not follow it.</returns>
    public static async Task<bool> EndFollowerAsync(this DbSession db, Guid wishId, Guid personId) =>
        await db.ExecuteAsync(
            "DELETE FROM wish_watch WHERE wish_id = @wishId AND person_id = @personId", new { wishId, personId }) == 1;

    /// <summary>Whoever follows one wish follows another, too.</summary>
    /// <returns>How many did not before.</returns>
    public static Task<int> AddFollowersAsync(this DbSession db, Guid wishId, Guid of) => db.ExecuteAsync(
        """
        INSERT IGNORE INTO wish_watch (wish_id, person_id, watched_at)
        SELECT @wishId, f.person_id, f.watched_at FROM wish_watch f WHERE f.wish_id = @of
        """, new { wishId, of });

    /// <summary>What somebody follows and may see, the last one first, with one more than fits.</summary>
    public static Task<List<WatchedWish>> ListWatchedAsync(
        this DbSession db, Caller caller, PageToken from, int countMax, DateTime now) => db.ListAsync<WatchedWish>(
        $"""
        SELECT f.watched_at, {WishListStore.Columns}, o.person_id IS NOT NULL AS offered
        FROM wish_watch f
        JOIN wish w ON w.id = f.wish_id {WishListStore.People}
        LEFT JOIN wish_offer o ON o.wish_id = w.id AND o.person_id = @personId
        WHERE f.person_id = @personId AND f.watched_at <= @at AND (f.watched_at < @at OR f.wish_id < @id)
          AND w.merged_into IS NULL
          AND (w.claimer_id = @personId OR w.maker_id = @personId OR w.beneficiary_index <=> @phoneIndex
            OR (o.person_id IS NOT NULL AND w.status = 2) OR (w.visibility = 1 AND w.status IN (2, 3, 4, 5, 8)))
        ORDER BY f.watched_at DESC, f.wish_id DESC LIMIT @countMax
        """,
        new
        {
            personId = caller.PersonId,
            phoneIndex = caller.PhoneIndex ?? [],
            at = from.At,
            id = from.Id,
            countMax,
            now,
        });
}

/// <summary>A wish with when somebody began to follow it.</summary>
public sealed record WatchedWish : Wish
{
    public DateTime WatchedAt { get; init; }
}
