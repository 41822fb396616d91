using WuWei.Data;

namespace WuWei.Notices;

/// <summary>Every SQL statement that asks whom a notice is for, and on how far the messages that tell of it are.</summary>
public static class NoticePeopleStore
{
    /// <summary>How many people it is for, by where they live.</summary>
    public static Task<List<PeopleInUnit>> CountPeopleAsync(
        this DbSession db, IReadOnlyList<object> units, int roles, DateTime now) => db.ListEachAsync<PeopleInUnit>(
        """
        SELECT p.home_unit_id AS unit_id, COUNT(*) AS people
        FROM unit_ancestor a JOIN person p ON p.home_unit_id = a.unit_id WHERE a.ancestor_id IN (
        """, "@Id", units, $") {WithRoles(roles)} GROUP BY p.home_unit_id", new { roles, now });

    /// <summary>Who lives in a unit or below and has not read it, in the order of ids.</summary>
    public static Task<List<Unread>> ListUnreadPeopleAsync(
        this DbSession db, Guid noticeId, Guid unitId, int roles, DateTime now, Guid after, int countMax) =>
        db.ListAsync<Unread>(
            $"""
            SELECT p.id, p.shown_name, p.phone IS NOT NULL AS has_phone
            FROM unit_ancestor a JOIN person p ON p.home_unit_id = a.unit_id
            LEFT JOIN notice_read r ON r.notice_id = @noticeId AND r.person_id = p.id
            WHERE a.ancestor_id = @unitId AND p.id > @after AND r.person_id IS NULL {WithRoles(roles)}
            ORDER BY p.id LIMIT @countMax
            """, new { noticeId, unitId, roles, now, after, countMax });

    /// <summary>Where somebody lives, if they are one of those with the roles, and whether they have read it.</summary>
    public static Task<Addressee?> FindAddresseeAsync(
        this DbSession db, Guid noticeId, Guid personId, int roles, DateTime now) => db.FindAsync<Addressee>(
        $"""
        SELECT p.home_unit_id, r.read_at IS NOT NULL AS seen
        FROM person p LEFT JOIN notice_read r ON r.notice_id = @noticeId AND r.person_id = p.id
        WHERE p.id = @personId AND p.home_unit_id IS NOT NULL {WithRoles(roles)}
        """, new { noticeId, personId, roles, now });

    /// <summary>The notice that was published first of those whose people were not all looked at; locked.</summary>
    public static Task<Push?> NextPushAsync(this DbSession db, DateTime now) => db.FindAsync<Push>(
        """
        SELECT notice_id, unit_done, person_done, looked_at, queued FROM notice_push
        WHERE live = 1 AND publish_at <= @now ORDER BY publish_at LIMIT 1 FOR UPDATE
        """, new { now });

    public static Task<Push?> FindPushAsync(this DbSession db, Guid noticeId) => db.FindAsync<Push>(
        """
        SELECT notice_id, live IS NULL AS done, unit_done, person_done, looked_at, queued FROM notice_push
        WHERE notice_id = @noticeId
        """, new { noticeId });

    /// <returns>False when another copy got on with it.</returns>
    public static async Task<bool> MovePushAsync(this DbSession db, Push from, Push to) => await db.ExecuteAsync(
        """
        UPDATE notice_push
        SET unit_done = @unit, person_done = @person, looked_at = @LookedAt, queued = @Queued, live = IF(@Done, NULL, 1)
        WHERE notice_id = @NoticeId AND live = 1 AND unit_done = @fromUnit AND person_done = @fromPerson
        """,
        new
        {
            to.NoticeId,
            unit = to.UnitDone,
            person = to.PersonDone,
            to.LookedAt,
            to.Queued,
            to.Done,
            fromUnit = from.UnitDone,
            fromPerson = from.PersonDone,
        }) == 1;

    /// <summary>The next people at home in a unit, in the order of ids.</summary>
    public static Task<List<Guid>> ListPeopleAtHomeAsync(
        this DbSession db, Guid unitId, int roles, DateTime now, Guid after, int countMax) => db.ListAsync<Guid>(
        $"""
        SELECT p.id FROM person p WHERE p.home_unit_id = @unitId AND p.id > @after {WithRoles(roles)}
        ORDER BY p.id LIMIT @countMax
        """, new { unitId, roles, now, after, countMax });

    private static string WithRoles(int roles) => roles == 0
        ? ""
        : """
        AND EXISTS (SELECT 1 FROM role_grant g
          WHERE g.person_id = p.id AND g.live = 1 AND ((@roles >> g.role) & 1) = 1 AND g.starts_at <= @now
            AND (g.ends_at IS NULL OR g.ends_at > @now))
        """;
}

/// <summary>Somebody who has not read a notice, as others may see them.</summary>
public sealed record Unread
{
    public Guid Id { get; init; }
    public string ShownName { get; init; } = "";
    public bool HasPhone { get; init; }
}

public sealed record Addressee
{
    public Guid HomeUnitId { get; init; }
    public bool Seen { get; init; }
}

/// <summary>How far the people of a notice were looked at: whole units up to one, and there people up to one.</summary>
public sealed record Push
{
    public Guid NoticeId { get; init; }
    public bool Done { get; init; }
    public Guid UnitDone { get; init; }
    public Guid PersonDone { get; init; }
    public int LookedAt { get; init; }
    public int Queued { get; init; }
}
