using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>How many wishes of a category somebody kept.</summary>
public sealed record KeptOfCategory
{
    public Guid PersonId { get; init; }
    public Guid CategoryId { get; init; }
    public int Kept { get; init; }
}

/// <summary>Every SQL statement that looks for wishes that somebody might claim.</summary>
public static class WishToTakeStore
{
    /// <summary>How many rows of each unit's list are looked at, and taken.</summary>
    private const int ScanMax = 1_000;
    private const int TakenMax = 100;
    private const int OffersMax = 50;

    /// <summary>
    /// Open wishes of three units, each within the next, that somebody may see, the newest of each, and those that were
    /// offered to them; none of their own. One trip, whatever the district holds.
    /// </summary>
    /// <param name="effortMax">0: any.</param>
    public static Task<List<Wish>> ListWishesToTakeAsync(
        this DbSession db, (Guid Near, Guid Middle, Guid Far) units, Caller caller, int effortMax, bool remoteOnly,
        DateTime now) => db.ListAsync<Wish>(
        $"""
        SELECT {WishListStore.Columns},
          EXISTS (SELECT 1 FROM wish_offer o WHERE o.wish_id = w.id AND o.person_id = @personId) AS offered
        FROM (
          ({Newest("@near")}) UNION ({Newest("@middle")}) UNION ({Newest("@far")})
          UNION (
            SELECT o.wish_id FROM wish_offer o WHERE o.person_id = @personId
            ORDER BY o.offered_at DESC, o.wish_id DESC LIMIT {OffersMax})
        ) found
        JOIN wish w ON w.id = found.wish_id {WishListStore.People}
        WHERE w.status = 2 AND NOT (w.maker_id <=> @personId)
          AND (@phoneIndex IS NULL OR NOT (w.beneficiary_index <=> @phoneIndex))
          AND (@effortMax = 0 OR w.effort_minutes <= @effortMax) AND (@remoteOnly = 0 OR w.remote = 1)
        """,
        new
        {
            near = units.Near,
            middle = units.Middle,
            far = units.Far,
            personId = caller.PersonId,
            phoneIndex = caller.PhoneIndex,
            effortMax,
            remoteOnly,
            now,
        });

    /// <summary>How many wishes one person has in hand.</summary>
    public static Task<int> CountInHandAsync(this DbSession db, Guid personId) =>
        db.FindAsync<int>("SELECT open_claims FROM person WHERE id = @personId", new { personId });

    /// <summary>
    /// How many wishes of which category these people kept since a time, those rated low left out; of each person's
    /// claims the last <paramref name="claimsMax"/> at most.
    /// </summary>
    /// <param name="categoryId">Null: of any.</param>
    public static Task<List<KeptOfCategory>> CountKeptOfCategoryAsync(
        this DbSession db, string personIds, Guid? categoryId, DateTime since, int lowRatingMax, int claimsMax) =>
        db.ListAsync<KeptOfCategory>(
            """
            SELECT c.claimer_id AS person_id, w.category_id, COUNT(*) AS kept
            FROM (
              SELECT c.id, c.wish_id, c.claimer_id,
                ROW_NUMBER() OVER (PARTITION BY c.claimer_id ORDER BY c.claimed_at DESC, c.id DESC) AS number
              FROM JSON_TABLE(@personIds, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i
              JOIN wish_claim c ON c.claimer_id = UNHEX(i.id) AND c.claimed_at > @since
            ) c
            JOIN wish w ON w.id = c.wish_id AND w.claim_id = c.id
            WHERE c.number <= @claimsMax AND w.status = 5 AND (w.rating IS NULL OR w.rating > @lowRatingMax)
              AND (@categoryId IS NULL OR w.category_id = @categoryId)
            GROUP BY c.claimer_id, w.category_id
            """, new { personIds, categoryId, since, lowRatingMax, claimsMax });

    private static string Newest(string unit) =>
        $"""
        SELECT l.wish_id
        FROM (
          SELECT i.wish_id, i.made_at, i.effort_minutes, i.remote, i.public FROM wish_in_unit i
          WHERE i.unit_id = {unit} AND i.status = 2
          ORDER BY i.made_at DESC, i.wish_id DESC LIMIT {ScanMax}
        ) l
        WHERE l.public = 1 AND (@effortMax = 0 OR l.effort_minutes <= @effortMax)
          AND (@remoteOnly = 0 OR l.remote = 1)
        ORDER BY l.made_at DESC, l.wish_id DESC LIMIT {TakenMax}
        """;
}
