using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Activities;

/// <summary>What a caller wants listed, checked.</summary>
/// <param name="From">Of the activities' start; <paramref name="To"/> is left out.</param>
/// <param name="Ages">A bit, or 0; so is <paramref name="Times"/>.</param>
/// <param name="PublicOnly">Leave out what was never published.</param>
public sealed record ActivityFilter(
    ActivityStatus? Status, DateTime? From, DateTime? To, ActivityKind? Kind, int Ages, int Times, bool Remote,
    bool SeatsLeft, Guid? SkillId, bool Overdue, bool PublicOnly)
{
    public bool IsSparse =>
        Kind is not null || Ages != 0 || Times != 0 || Remote || SeatsLeft || SkillId is not null || Overdue;
}

/// <summary>A page's rows, and where the next one starts; null on the last page.</summary>
public sealed record ActivityPage(IReadOnlyList<Activity> Activities, PageToken? Next);

/// <summary>
/// Every SQL statement that lists activities. Keyset pages in expanded form, because MariaDB does not see a range in the
/// tuple form.
/// </summary>
public static class ActivityListStore
{
    /// <summary>How many rows a filtered call may look at.</summary>
    private const int ScanMax = 1_000;

    /// <summary>What a list shows of an activity: no text, contact or shifts.</summary>
    internal const string Columns =
        """
        a.id, a.unit_id, a.organisation_id, a.parent_id, a.series_id, a.maker_id, a.kind, a.status, a.version, a.title,
        a.place, a.latitude, a.longitude, a.radius_metres, a.remote, a.ages, a.times, a.insurance_needed,
        a.insured_until, a.needs_course, a.grants_course, a.cancel_hours, a.starts_at, a.ends_at, a.made_at, a.published_at,
        a.overdue, a.content_state, m.shown_name AS maker_name,
        EXISTS (SELECT 1 FROM activity_organiser o WHERE o.activity_id = a.id AND o.person_id = @callerId) AS organised,
        (SELECT COUNT(*) FROM activity c WHERE c.parent_id = a.id AND c.published_at IS NOT NULL) AS children
        """;

    private static readonly UnitSql Soonest = new("ASC", ">");
    private static readonly UnitSql Latest = new("DESC", "<");

    /// <summary>A unit's activities in one state: those to come soonest first, those that are over latest first.</summary>
    public static async Task<ActivityPage> ListActivitiesInUnitAsync(
        this DbSession db, Guid unitId, ActivityFilter filter, Guid callerId, PageToken? after, int size)
    {
        var over = filter.Status is ActivityStatus.Ended or ActivityStatus.Settled or ActivityStatus.Cancelled;
        var sql = over ? Latest : Soonest;
        var start = after ?? (over ? PageToken.Newest : PageToken.Oldest);
        var rows = await db.ListAsync<Activity>(filter.IsSparse ? sql.Sparse : sql.Dense, new
        {
            unitId,
            status = filter.Status,
            at = start.At,
            id = start.Id,
            from = filter.From ?? PageToken.Oldest.At,
            to = filter.To ?? PageToken.Newest.At,
            publicOnly = filter.PublicOnly,
            kind = filter.Kind,
            ages = filter.Ages,
            times = filter.Times,
            remote = filter.Remote,
            seatsLeft = filter.SeatsLeft,
            skillId = filter.SkillId,
            overdue = filter.Overdue,
            take = size + 1,
            callerId,
        });
        if (rows.Count > size || !filter.IsSparse)
        {
            return Cut(rows, size, a => new PageToken(a.StartsAt, a.Id));
        }

        // Few matched: the next page starts where this scan ended, if it did not reach the end of the list.
        var end = await db.FindAsync<Position>(sql.ScanEnd, new
        {
            unitId,
            status = filter.Status,
            at = start.At,
            id = start.Id,
            from = filter.From ?? PageToken.Oldest.At,
            to = filter.To ?? PageToken.Newest.At,
            offset = ScanMax - 1,
        });
        return new ActivityPage(rows, end is null ? null : new PageToken(end.At, end.Id));
    }

    /// <summary>Made by a person, latest first.</summary>
    public static async Task<ActivityPage> ListActivitiesOfAsync(
        this DbSession db, Guid personId, PageToken? after, int size)
    {
        var start = after ?? PageToken.Newest;
        var rows = await db.ListAsync<Activity>(
            $"""
            SELECT {Columns} FROM activity a LEFT JOIN person m ON m.id = a.maker_id
            WHERE a.maker_id = @callerId AND a.made_at <= @at AND (a.made_at < @at OR a.id < @id)
            ORDER BY a.made_at DESC, a.id DESC LIMIT @take
            """, new { callerId = personId, at = start.At, id = start.Id, take = size + 1 });
        return Cut(rows, size, a => new PageToken(a.MadeAt, a.Id));
    }

    /// <summary>Published ones below a festival or campaign, soonest first.</summary>
    public static async Task<ActivityPage> ListChildrenAsync(
        this DbSession db, Guid parentId, Guid callerId, PageToken? after, int size)
    {
        var start = after ?? PageToken.Oldest;
        var rows = await db.ListAsync<Activity>(
            $"""
            SELECT {Columns} FROM activity a LEFT JOIN person m ON m.id = a.maker_id
            WHERE a.parent_id = @parentId AND a.published_at IS NOT NULL
              AND a.starts_at >= @at AND (a.starts_at > @at OR a.id > @id)
            ORDER BY a.starts_at, a.id LIMIT @take
            """, new { parentId, callerId, at = start.At, id = start.Id, take = size + 1 });
        return Cut(rows, size, a => new PageToken(a.StartsAt, a.Id));
    }

    private static ActivityPage Cut(List<Activity> rows, int size, Func<Activity, PageToken> token) => rows.Count > size
        ? new ActivityPage([.. rows.Take(size)], token(rows[size - 1]))
        : new ActivityPage(rows, null);

    /// <summary>The statements that page through a unit's list in one order.</summary>
    private sealed class UnitSql(string direction, string beyond)
    {
        /// <summary>Nearly every row fits: read until the page is full.</summary>
        public string Dense { get; } =
            $"""
            SELECT {Columns}
            FROM (
              SELECT l.activity_id, l.starts_at FROM activity_in_unit l
              WHERE {Range("l", beyond)} AND (@publicOnly = 0 OR l.public = 1)
              ORDER BY l.starts_at {direction}, l.activity_id {direction} LIMIT @take
            ) page
            {End(direction)}
            """;

        /// <summary>Few rows may fit: look at so many and no more.</summary>
        public string Sparse { get; } =
            $"""
            SELECT {Columns}
            FROM (
              SELECT l.activity_id, l.starts_at
              FROM (
                SELECT i.activity_id, i.starts_at, i.kind, i.ages, i.times, i.remote, i.public, i.overdue
                FROM activity_in_unit i
                WHERE {Range("i", beyond)}
                ORDER BY i.starts_at {direction}, i.activity_id {direction} LIMIT {ScanMax}
              ) l
              WHERE (@publicOnly = 0 OR l.public = 1) AND (@kind IS NULL OR l.kind = @kind)
                AND (@ages = 0 OR (l.ages & @ages) <> 0) AND (@times = 0 OR (l.times & @times) <> 0)
                AND (@remote = 0 OR l.remote = 1) AND (@overdue = 0 OR l.overdue = 1)
                AND ((@seatsLeft = 0 AND @skillId IS NULL) OR EXISTS (
                  SELECT 1 FROM shift_role r JOIN activity_shift h ON h.id = r.shift_id AND h.cancelled_at IS NULL
                  WHERE r.activity_id = l.activity_id AND (@seatsLeft = 0 OR r.taken < r.capacity)
                    AND (@skillId IS NULL OR r.skill_id = @skillId)))
              ORDER BY l.starts_at {direction}, l.activity_id {direction} LIMIT @take
            ) page
            {End(direction)}
            """;

        /// <summary>The last row that such a look reached; none when it reached the end of the list.</summary>
        public string ScanEnd { get; } =
            $"""
            SELECT l.starts_at AS at, l.activity_id AS id FROM activity_in_unit l
            WHERE {Range("l", beyond)}
            ORDER BY l.starts_at {direction}, l.activity_id {direction} LIMIT 1 OFFSET @offset
            """;

        private static string Range(string row, string beyond) =>
            $"""
            {row}.unit_id = @unitId AND {row}.status = @status AND {row}.starts_at >= @from AND {row}.starts_at < @to
            AND {row}.starts_at {beyond}= @at AND ({row}.starts_at {beyond} @at OR {row}.activity_id {beyond} @id)
            """;

        private static string End(string direction) =>
            $"""
            JOIN activity a ON a.id = page.activity_id
            LEFT JOIN person m ON m.id = a.maker_id
            ORDER BY page.starts_at {direction}, page.activity_id {direction}
            """;
    }

    private sealed record Position
    {
        public DateTime At { get; init; }
        public Guid Id { get; init; }
    }
}
