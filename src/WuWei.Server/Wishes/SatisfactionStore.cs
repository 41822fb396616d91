using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on the ratings that stand.</summary>
public static class SatisfactionStore
{
    public static void QueueRating(this DbSession db, Wish rated) => db.Queue(
        """
        INSERT INTO wish_rating (wish_id, unit_id, claimer_id, rating) VALUES (@Id, @UnitId, @ClaimerId, @Rating)
        """, new { rated.Id, rated.UnitId, rated.ClaimerId, rated.Rating });

    /// <summary>The wish was not kept after all, so nobody's average has its rating.</summary>
    public static void QueueRatingEnd(this DbSession db, Guid wishId) =>
        db.Queue("DELETE FROM wish_rating WHERE wish_id = @wishId", new { wishId });

    /// <summary>Of all wishes that somebody kept.</summary>
    public static async Task<Satisfaction> GetSatisfactionAsync(this DbSession db, Guid claimerId) =>
        (await db.FindAsync<Satisfaction>(
            """
            SELECT COUNT(*) AS ratings, CAST(COALESCE(SUM(rating), 0) AS SIGNED) AS points
            FROM wish_rating WHERE claimer_id = @claimerId
            """, new { claimerId }))!;

    /// <summary>Of those that somebody kept in a unit's subtree.</summary>
    public static async Task<Satisfaction> GetSatisfactionAsync(this DbSession db, Guid claimerId, Guid unitId) =>
        (await db.FindAsync<Satisfaction>(
            """
            SELECT COUNT(*) AS ratings, CAST(COALESCE(SUM(r.rating), 0) AS SIGNED) AS points
            FROM wish_rating r JOIN unit_ancestor a ON a.unit_id = r.unit_id AND a.ancestor_id = @unitId
            WHERE r.claimer_id = @claimerId
            """, new { claimerId, unitId }))!;
}
