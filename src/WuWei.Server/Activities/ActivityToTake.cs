using WuWei.Data;

namespace WuWei.Activities;

/// <summary>Places of an activity that are free and ask for the same skill, or for none.</summary>
public sealed record Opening
{
    public Guid ActivityId { get; init; }
    public Guid? SkillId { get; init; }
    public string? SkillName { get; init; }

    /// <summary>Whether the person holds it; always, where none is asked for.</summary>
    public bool Skilled { get; init; }
    public int Seats { get; init; }
    public int Capacity { get; init; }

    /// <summary>Of the shortest shift.</summary>
    public int Minutes { get; init; }
}

/// <summary>An enrolling activity as it is for one person.</summary>
public sealed record ActivityToTake : Activity
{
    public bool Schooled { get; init; }
}

/// <summary>Every SQL statement that looks for activities that somebody might sign up for.</summary>
public static class ActivityToTakeStore
{
    /// <summary>How many rows of each unit's list are looked at, and taken.</summary>
    private const int ScanMax = 1_000;
    private const int TakenMax = 100;

    /// <summary>
    /// Enrolling activities of three units, each within the next, the soonest of each, tagged for an age before others;
    /// none that the person organises or signed up for. One trip, whatever the district holds.
    /// </summary>
    /// <param name="ages">A bit, or 0.</param>
    public static Task<List<ActivityToTake>> ListActivitiesToTakeAsync(
        this DbSession db, (Guid Near, Guid Middle, Guid Far) units, Guid personId, int ages, bool remoteOnly,
        DateTime now) =>
        db.ListAsync<ActivityToTake>(
            $"""
            SELECT {ActivityListStore.Columns},
              a.needs_course IS NULL OR EXISTS (SELECT 1 FROM person_course c
                JOIN unit_ancestor u ON u.unit_id = a.unit_id AND u.ancestor_id = c.district_id
                WHERE c.person_id = @callerId AND c.code = a.needs_course) AS schooled
            FROM (({Soonest("@near")}) UNION ({Soonest("@middle")}) UNION ({Soonest("@far")})) found
            JOIN activity a ON a.id = found.activity_id
            LEFT JOIN person m ON m.id = a.maker_id
            WHERE a.status = 3 AND a.maker_id <> @callerId
              AND NOT EXISTS (
                SELECT 1 FROM activity_organiser o WHERE o.activity_id = a.id AND o.person_id = @callerId)
              AND NOT EXISTS (SELECT 1 FROM sign_up s WHERE s.activity_id = a.id AND s.live_person_id = @callerId)
            """,
            new
            {
                near = units.Near,
                middle = units.Middle,
                far = units.Far,
                callerId = personId,
                ages,
                remoteOnly,
                now,
            });

    /// <summary>
    /// What is free in these activities for somebody, in shifts to come in which they are in no other. Those without
    /// any are missing.
    /// </summary>
    /// <param name="minutesMax">Of a shift; 0: any.</param>
    public static Task<List<Opening>> ListOpeningsAsync(
        this DbSession db, string activityIds, Guid personId, int minutesMax, DateTime now) => db.ListAsync<Opening>(
        """
        SELECT r.activity_id, r.skill_id, k.name AS skill_name,
          r.skill_id IS NULL OR MAX(EXISTS (
            SELECT 1 FROM person_skill p
            WHERE p.person_id = @personId AND p.skill_id = r.skill_id AND p.live = 1 AND p.valid_until >= h.ends_at))
            AS skilled,
          CAST(SUM(r.capacity - r.taken) AS SIGNED) AS seats, CAST(SUM(r.capacity) AS SIGNED) AS capacity,
          MIN(TIMESTAMPDIFF(MINUTE, h.starts_at, h.ends_at)) AS minutes
        FROM JSON_TABLE(@activityIds, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i
        JOIN shift_role r ON r.activity_id = UNHEX(i.id)
        JOIN activity_shift h ON h.id = r.shift_id
        LEFT JOIN skill k ON k.id = r.skill_id
        WHERE r.taken < r.capacity AND h.starts_at > @now AND h.cancelled_at IS NULL
          AND (@minutesMax = 0 OR h.ends_at <= TIMESTAMPADD(MINUTE, @minutesMax, h.starts_at))
          AND NOT EXISTS (
            SELECT 1 FROM sign_up o
            WHERE o.live_person_id = @personId AND o.ends_at > h.starts_at AND o.starts_at < h.ends_at)
        GROUP BY r.activity_id, r.skill_id, k.name
        ORDER BY r.activity_id, k.name
        """, new { activityIds, personId, minutesMax, now });

    private static string Soonest(string unit) =>
        $"""
        SELECT l.activity_id
        FROM (
          SELECT i.activity_id, i.starts_at, i.remote, i.ages FROM activity_in_unit i
          WHERE i.unit_id = {unit} AND i.status = 3 AND i.starts_at > @now
          ORDER BY i.starts_at, i.activity_id LIMIT {ScanMax}
        ) l
        WHERE @remoteOnly = 0 OR l.remote = 1
        ORDER BY (l.ages & @ages) = 0, l.starts_at, l.activity_id LIMIT {TakenMax}
        """;
}
