using System.Text.Json;
using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>What a caller wants listed, checked.</summary>
/// <param name="PublicOnly">Leave out what only its unit's staff may see.</param>
public sealed record WishFilter(
    WishStatus? Status, Guid? CategoryId, int EffortMinutesMax, bool Remote, bool Overdue, bool PublicOnly)
{
    public bool IsSparse => CategoryId is not null || EffortMinutesMax > 0 || Remote || Overdue;
}

/// <summary>A page's rows, and where the next one starts; null on the last page.</summary>
public sealed record WishPage(IReadOnlyList<Wish> Wishes, PageToken? Next);

/// <summary>
/// Every SQL statement that lists wishes. Keyset pages in expanded form, because MariaDB does not see a range in the
/// tuple form.
/// </summary>
public static class WishListStore
{
    /// <summary>How many rows a filtered call may look at.</summary>
    private const int ScanMax = 2_000;

    /// <summary>What a list shows of a wish: no text, contact, note or beneficiary.</summary>
    internal const string Columns =
        $"""
        w.id, w.unit_id, w.audience_unit_id, w.category_id, w.status, w.version, w.origin, w.visibility, w.sensitive,
        w.title, IF(w.content IS NULL, '', NULL) AS text, w.content, w.cell, w.effort_minutes, w.remote, w.maker_id,
        w.beneficiary_index, w.consent, w.claim_id, w.claimer_id, w.claim_kind, w.credited_unit_id, w.overdue, w.made_at,
        w.due_at, w.opened_at, w.claimed_at, w.delivered_at, w.kept_at, w.deadline_at, w.rating, w.auto_confirmed,
        w.organisation_id, w.content_state, w.merged_into, w.picture_count, w.pictures_of, m.shown_name AS maker_name,
        k.shown_name AS claimer_name,
        g.name AS organisation_name,
        {WishStore.PartyBadge}
        """;

    internal const string People =
        """
        LEFT JOIN person m ON m.id = w.maker_id LEFT JOIN person k ON k.id = w.claimer_id
        LEFT JOIN organisation g ON g.id = w.organisation_id
        """;

    private static readonly UnitSql Newest = new("made_at", "DESC", "<");
    private static readonly UnitSql Deadline = new("deadline_at", "ASC", ">");

    private const string WishFilters =
        """
        (@status IS NULL OR w.status = @status) AND (@effortMax = 0 OR w.effort_minutes <= @effortMax)
        AND (@remote = 0 OR w.remote = 1) AND (@overdue = 0 OR w.overdue = 1)
        AND (@categoryId IS NULL OR w.category_id IN (
          SELECT c.id FROM category c WHERE c.id = @categoryId OR c.parent_id = @categoryId))
        """;

    public static Task<WishPage> ListNewestInUnitAsync(
        this DbSession db, Guid unitId, WishFilter filter, PageToken? after, int size, DateTime now) =>
        ListInUnitAsync(db, Newest, unitId, filter, after ?? PageToken.Newest, size, now, w => w.MadeAt);

    public static Task<WishPage> ListByDeadlineInUnitAsync(
        this DbSession db, Guid unitId, WishFilter filter, PageToken? after, int size, DateTime now) =>
        ListInUnitAsync(db, Deadline, unitId, filter, after ?? PageToken.Oldest, size, now, w => w.DeadlineAt);

    /// <summary>Made by a person, or for their phone.</summary>
    public static async Task<WishPage> ListMineAsync(
        this DbSession db, Caller caller, WishFilter filter, PageToken? after, int size, DateTime now)
    {
        var rows = await db.ListAsync<Wish>(
            $"""
            SELECT {Columns}
            FROM (
              (SELECT w.id, w.made_at FROM wish w
                WHERE w.maker_id = @personId AND w.made_at <= @at AND (w.made_at < @at OR w.id < @id) AND {WishFilters}
                ORDER BY w.made_at DESC, w.id DESC LIMIT @take)
              UNION
              (SELECT w.id, w.made_at FROM wish w
                WHERE w.beneficiary_index = @phoneIndex AND w.opened_at IS NOT NULL
                  AND w.made_at <= @at AND (w.made_at < @at OR w.id < @id)
                  AND {WishFilters}
                ORDER BY w.made_at DESC, w.id DESC LIMIT @take)
              ORDER BY made_at DESC, id DESC LIMIT @take
            ) page
            JOIN wish w ON w.id = page.id {People}
            ORDER BY page.made_at DESC, page.id DESC
            """, Of(caller, filter, after, size, now));
        return Cut(rows, size, w => new PageToken(w.MadeAt, w.Id));
    }

    /// <summary>Claimed by a person now or before, latest claim first, each wish once, if they may still see it.</summary>
    public static async Task<WishPage> ListClaimedByAsync(
        this DbSession db, Caller caller, WishFilter filter, PageToken? after, int size, DateTime now)
    {
        var rows = await db.ListAsync<Listed>(
            $"""
            SELECT c.claimed_at AS sorted_at, c.id AS sorted_id, {Columns}, o.person_id IS NOT NULL AS offered
            FROM wish_claim c
            JOIN wish w ON w.id = c.wish_id {People}
            LEFT JOIN wish_offer o ON o.wish_id = w.id AND o.person_id = @personId
            WHERE c.claimer_id = @personId AND c.claimed_at <= @at AND (c.claimed_at < @at OR c.id < @id)
              AND (w.claimer_id = @personId OR w.maker_id = @personId OR (o.person_id IS NOT NULL AND w.status = 2)
                OR (w.visibility = 1 AND w.status IN (2, 3, 4, 5, 8)))
              AND NOT EXISTS (
                SELECT 1 FROM wish_claim later
                WHERE later.wish_id = c.wish_id AND later.claimer_id = @personId AND later.claimed_at >= c.claimed_at
                  AND (later.claimed_at > c.claimed_at OR later.id > c.id))
              AND {WishFilters}
            ORDER BY c.claimed_at DESC, c.id DESC LIMIT @take
            """, Of(caller, filter, after, size, now));
        return Cut(rows, size, w => new PageToken(w.SortedAt, w.SortedId));
    }

    public static async Task<WishPage> ListOfferedToAsync(
        this DbSession db, Caller caller, WishFilter filter, PageToken? after, int size, DateTime now)
    {
        var rows = await db.ListAsync<Listed>(
            $"""
            SELECT o.offered_at AS sorted_at, o.wish_id AS sorted_id, {Columns}, TRUE AS offered
            FROM wish_offer o
            JOIN wish w ON w.id = o.wish_id {People}
            WHERE o.person_id = @personId AND o.offered_at <= @at AND (o.offered_at < @at OR o.wish_id < @id)
              AND w.status = 2 AND {WishFilters}
            ORDER BY o.offered_at DESC, o.wish_id DESC LIMIT @take
            """, Of(caller, filter, after, size, now));
        return Cut(rows, size, w => new PageToken(w.SortedAt, w.SortedId));
    }

    /// <summary>Those of these that there are, in no order; as a list shows them, and whether the caller follows each.</summary>
    public static Task<List<Wish>> ListWishesAsync(
        this DbSession db, IEnumerable<Guid> ids, Guid callerId, DateTime now) => db.ListAsync<Wish>(
        $"""
        SELECT {Columns},
          EXISTS (SELECT 1 FROM wish_offer o WHERE o.wish_id = w.id AND o.person_id = @callerId) AS offered,
          EXISTS (SELECT 1 FROM wish_watch f WHERE f.wish_id = w.id AND f.person_id = @callerId) AS watched
        FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i
        JOIN wish w ON w.id = UNHEX(i.id) {People}
        """, new { ids = JsonSerializer.Serialize(ids.Distinct().Select(id => id.ToString("n"))), callerId, now });

    private static async Task<WishPage> ListInUnitAsync(
        DbSession db, UnitSql sql, Guid unitId, WishFilter filter, PageToken from, int size, DateTime now,
        Func<Wish, DateTime> sortedAt)
    {
        var rows = await db.ListAsync<Wish>(filter.IsSparse ? sql.Sparse : sql.Dense, new
        {
            unitId,
            status = filter.Status,
            at = from.At,
            id = from.Id,
            publicOnly = filter.PublicOnly,
            effortMax = filter.EffortMinutesMax,
            remote = filter.Remote,
            overdue = filter.Overdue,
            categoryId = filter.CategoryId,
            take = size + 1,
            now,
        });
        if (rows.Count > size || !filter.IsSparse)
        {
            return Cut(rows, size, w => new PageToken(sortedAt(w), w.Id));
        }

        // Few matched: the next page starts where this scan ended, if it did not reach the end of the list.
        var end = await db.FindAsync<Position>(sql.ScanEnd, new
        {
            unitId,
            status = filter.Status,
            at = from.At,
            id = from.Id,
            offset = ScanMax - 1,
        });
        return new WishPage(rows, end is null ? null : new PageToken(end.At, end.Id));
    }

    private static object Of(Caller caller, WishFilter filter, PageToken? after, int size, DateTime now) => new
    {
        personId = caller.PersonId,
        phoneIndex = caller.PhoneIndex,
        status = filter.Status,
        at = (after ?? PageToken.Newest).At,
        id = (after ?? PageToken.Newest).Id,
        effortMax = filter.EffortMinutesMax,
        remote = filter.Remote,
        overdue = filter.Overdue,
        categoryId = filter.CategoryId,
        take = size + 1,
        now,
    };

    private static WishPage Cut<T>(IReadOnlyList<T> rows, int size, Func<T, PageToken> token)
        where T : Wish => rows.Count > size
        ? new WishPage([.. rows.Take(size)], token(rows[size - 1]))
        : new WishPage([.. rows], null);

    /// <summary>The statements that page through a unit's list in one order.</summary>
    private sealed class UnitSql(string column, string direction, string beyond)
    {
        /// <summary>Nearly every row fits: read until the page is full.</summary>
        public string Dense { get; } =
            $"""
            SELECT {Columns}
            FROM (
              SELECT l.wish_id, l.{column} FROM wish_in_unit l
              WHERE l.unit_id = @unitId AND l.status = @status
                AND l.{column} {beyond}= @at AND (l.{column} {beyond} @at OR l.wish_id {beyond} @id)
                AND (@publicOnly = 0 OR l.public = 1)
              ORDER BY l.{column} {direction}, l.wish_id {direction} LIMIT @take
            ) page
            JOIN wish w ON w.id = page.wish_id {People}
            ORDER BY page.{column} {direction}, page.wish_id {direction}
            """;

        /// <summary>Few rows may fit: look at so many and no more.</summary>
        public string Sparse { get; } =
            $"""
            SELECT {Columns}
            FROM (
              SELECT l.wish_id, l.{column}
              FROM (
                SELECT i.wish_id, i.{column}, i.category_id, i.effort_minutes, i.remote, i.public, i.overdue
                FROM wish_in_unit i
                WHERE i.unit_id = @unitId AND i.status = @status
                  AND i.{column} {beyond}= @at AND (i.{column} {beyond} @at OR i.wish_id {beyond} @id)
                ORDER BY i.{column} {direction}, i.wish_id {direction} LIMIT {ScanMax}
              ) l
              WHERE (@publicOnly = 0 OR l.public = 1) AND (@effortMax = 0 OR l.effort_minutes <= @effortMax)
                AND (@remote = 0 OR l.remote = 1) AND (@overdue = 0 OR l.overdue = 1)
                AND (@categoryId IS NULL OR l.category_id IN (
                  SELECT c.id FROM category c WHERE c.id = @categoryId OR c.parent_id = @categoryId))
              ORDER BY l.{column} {direction}, l.wish_id {direction} LIMIT @take
            ) page
            JOIN wish w ON w.id = page.wish_id {People}
            ORDER BY page.{column} {direction}, page.wish_id {direction}
            """;

        /// <summary>The last row that such a look reached; none when it reached the end of the list.</summary>
        public string ScanEnd { get; } =
            $"""
            SELECT {column} AS at, wish_id AS id FROM wish_in_unit
            WHERE unit_id = @unitId AND status = @status
              AND {column} {beyond}= @at AND ({column} {beyond} @at OR wish_id {beyond} @id)
            ORDER BY {column} {direction}, wish_id {direction} LIMIT 1 OFFSET @offset
            """;
    }

    /// <summary>A wish with what this list is sorted by.</summary>
    private sealed record Listed : Wish
    {
        public DateTime SortedAt { get; init; }
        public Guid SortedId { get; init; }
    }

    private sealed record Position
    {
        public DateTime At { get; init; }
        public Guid Id { get; init; }
    }
}
