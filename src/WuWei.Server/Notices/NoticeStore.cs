using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Notices;

/// <summary>Every SQL statement on notices, and on who has read them.</summary>
public static class NoticeStore
{
    /// <summary>More are not counted, marked or looked through at once.</summary>
    public const int UnreadMax = 1_000;

    private const string Columns =
        "n.id, n.unit_id, n.title, n.text, n.roles, n.important, n.publish_at, n.expires_at, n.made_by, n.made_at, "
        + "n.withdrawn_at";

    public static void QueueNotice(this DbSession db, Notice notice, IReadOnlyList<Guid> audience)
    {
        db.Queue(
            """
            INSERT INTO notice
              (id, unit_id, title, text, roles, important, publish_at, expires_at, made_by, made_at)
            VALUES
              (@Id, @UnitId, @Title, @Text, @Roles, @Important, @PublishAt, @ExpiresAt, @MadeBy, @MadeAt)
            """,
            new
            {
                notice.Id,
                notice.UnitId,
                notice.Title,
                notice.Text,
                notice.Roles,
                notice.Important,
                notice.PublishAt,
                notice.ExpiresAt,
                notice.MadeBy,
                notice.MadeAt,
            });
        db.QueueEach(
            "INSERT INTO notice_in_unit (unit_id, expires_at, notice_id) VALUES", "(@UnitId, @ExpiresAt, @Id)",
            [.. audience.Select(unitId => new { UnitId = unitId, notice.ExpiresAt, notice.Id })]);
        db.Queue(
            """
            INSERT INTO notice_push (notice_id, publish_at, live, unit_done, person_done, looked_at, queued)
            VALUES (@Id, @PublishAt, 1, @none, @none, 0, 0)
            """, new { notice.Id, notice.PublishAt, none = Guid.Empty });
    }

    /// <param name="personId">Whose reading is asked for.</param>
    public static Task<Notice?> FindNoticeAsync(this DbSession db, Guid id, Guid personId) => db.FindAsync<Notice>(
        $"""
        SELECT {Columns}, r.read_at IS NOT NULL AS seen
        FROM notice n LEFT JOIN notice_read r ON r.notice_id = n.id AND r.person_id = @personId
        WHERE n.id = @id
        """, new { id, personId });

    public static Task<List<NoticeUnit>> ListAudiencesAsync(this DbSession db, IReadOnlyList<object> notices) =>
        db.ListEachAsync<NoticeUnit>(
            "SELECT notice_id, unit_id FROM notice_in_unit WHERE notice_id IN (", "@Id", notices,
            ") ORDER BY notice_id, unit_id");

    /// <summary>Those for somebody now, newest first.</summary>
    /// <param name="units">Whose notices reach them; at least one.</param>
    public static Task<List<Notice>> ListNoticesForAsync(
        this DbSession db, IReadOnlyList<object> units, int roles, Guid personId, DateTime now, bool unreadOnly,
        PageToken after, int countMax) => db.ListEachAsync<Notice>(
        $"SELECT DISTINCT {Columns}, r.read_at IS NOT NULL AS seen {For}", "@Id", units,
        $"""
        ) AND {ForThem} {(unreadOnly ? "AND r.read_at IS NULL" : "")}
          AND n.publish_at <= @At AND (n.publish_at < @At OR n.id < @AfterId)
        ORDER BY n.publish_at DESC, n.id DESC LIMIT @countMax
        """, new { roles, personId, now, after.At, AfterId = after.Id, countMax });

    public static async Task<int> CountUnreadNoticesAsync(
        this DbSession db, IReadOnlyList<object> units, int roles, Guid personId, DateTime now) =>
        (await db.ListEachAsync<int>(
            $"SELECT COUNT(DISTINCT n.id) {For}", "@Id", units, $") AND {ForThem} AND r.read_at IS NULL",
            new { roles, personId, now }))[0];

    /// <summary>What a unit published, whatever became of it.</summary>
    public static Task<List<Notice>> ListNoticesOfAsync(
        this DbSession db, IReadOnlyList<object> units, Guid personId, PageToken after, int countMax) =>
        db.ListEachAsync<Notice>(
            $"""
            SELECT {Columns}, r.read_at IS NOT NULL AS seen
            FROM notice n LEFT JOIN notice_read r ON r.notice_id = n.id AND r.person_id = @personId
            WHERE n.unit_id IN (
            """, "@Id", units,
            """
            ) AND n.made_at <= @At AND (n.made_at < @At OR n.id < @AfterId)
            ORDER BY n.made_at DESC, n.id DESC LIMIT @countMax
            """, new { personId, after.At, AfterId = after.Id, countMax });

    public static Task<int> CountOpenNoticesAsync(this DbSession db, Guid unitId, DateTime now) => db.FindAsync<int>(
        "SELECT COUNT(*) FROM notice WHERE unit_id = @unitId AND withdrawn_at IS NULL AND expires_at > @now",
        new { unitId, now });

    /// <returns>False when it is over by now.</returns>
    public static async Task<bool> WithdrawNoticeAsync(this DbSession db, Guid id, Guid by, DateTime now) =>
        await db.ExecuteAsync(
            """
            UPDATE notice SET withdrawn_at = @now, withdrawn_by = @by
            WHERE id = @id AND withdrawn_at IS NULL AND expires_at > @now
            """, new { id, by, now }) == 1;

    /// <summary>The first time counts.</summary>
    public static void QueueNoticeRead(this DbSession db, Guid id, Guid personId, Guid homeUnitId, DateTime now) => db.Queue(
        """
        INSERT IGNORE INTO notice_read (notice_id, person_id, unit_id, read_at) VALUES (@id, @personId, @homeUnitId, @now)
        """, new { id, personId, homeUnitId, now });

    public static async Task<bool> IsNoticeWantedAsync(this DbSession db, Guid id, Guid personId, DateTime now) =>
        await db.FindAsync<int?>(
            """
            SELECT 1 FROM notice n LEFT JOIN notice_read r ON r.notice_id = n.id AND r.person_id = @personId
            WHERE n.id = @id AND n.withdrawn_at IS NULL AND n.publish_at <= @now AND n.expires_at > @now
              AND r.read_at IS NULL
            """, new { id, personId, now }) is not null;

    /// <summary>How many people have read it, by where they lived then.</summary>
    public static Task<List<PeopleInUnit>> CountNoticeReadsAsync(this DbSession db, Guid id) =>
        db.ListAsync<PeopleInUnit>(
            "SELECT unit_id, COUNT(*) AS people FROM notice_read WHERE notice_id = @id GROUP BY unit_id", new { id });

    private const string For =
        """
        FROM notice_in_unit i JOIN notice n ON n.id = i.notice_id
        LEFT JOIN notice_read r ON r.notice_id = n.id AND r.person_id = @personId
        WHERE i.unit_id IN (
        """;

    private const string ForThem =
        """
        i.expires_at > @now AND n.publish_at <= @now AND n.withdrawn_at IS NULL AND (n.roles = 0 OR (n.roles & @roles) <> 0)
        """;
}

public sealed record NoticeUnit
{
    public Guid NoticeId { get; init; }
    public Guid UnitId { get; init; }
}

public sealed record PeopleInUnit
{
    public Guid UnitId { get; init; }
    public int People { get; init; }
}
