using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement that adds up what people served, and on hours given by hand.</summary>
public static class ServiceRecordStore
{
    private const string ReasonColumn = "hand_hours.reason";

    private const string HoursColumns =
        """
        h.id, h.person_id, h.activity_id, h.minutes, h.reason, h.proposed_by, h.proposed_at, h.approved, h.decided_by,
        h.decided_at, a.unit_id, p.shown_name AS person_name
        """;

    private const string HoursAround =
        "JOIN activity a ON a.id = h.activity_id LEFT JOIN person p ON p.id = h.person_id";

    /// <summary>Where a person is at home; null when there is nobody, or they are at home nowhere.</summary>
    public static Task<HomeRow?> FindHomeAsync(this DbSession db, Guid personId) =>
        db.FindAsync<HomeRow>("SELECT home_unit_id FROM person WHERE id = @personId", new { personId });

    /// <summary>All of a person's lines, added up; each sum is one index range.</summary>
    public static async Task<ServiceRecord> GetServiceRecordAsync(this DbSession db, Guid personId) =>
        (await db.FindAsync<ServiceRecord>(
            """
            SELECT
              (SELECT CAST(COALESCE(SUM(t.minutes), 0) AS SIGNED) FROM attendance t
                WHERE t.person_id = @personId AND t.status = 4) AS minutes,
              (SELECT COUNT(DISTINCT t.activity_id) FROM attendance t
                WHERE t.person_id = @personId AND t.status = 4) AS activities,
              (SELECT COUNT(*) FROM attendance t WHERE t.person_id = @personId AND t.status = 3) AS no_shows,
              (SELECT CAST(COALESCE(SUM(h.minutes), 0) AS SIGNED) FROM hand_hours h
                WHERE h.person_id = @personId AND h.approved = 1) AS minutes_by_hand,
              (SELECT COUNT(*) FROM sign_up s WHERE s.person_id = @personId AND s.status = 4) AS dropped_late
            """, new { personId }))!;

    /// <summary>The lines of a record, newest first.</summary>
    public static Task<List<ServiceLine>> ListServiceLinesAsync(
        this DbSession db, Guid personId, DateTime at, Guid before, int take) => db.ListAsync<ServiceLine>(
        """
        SELECT l.kind, l.id, l.activity_id, IF(a.content_state = 2, a.title, '') AS activity_title, a.organisation_id,
          l.at, l.minutes
        FROM (
          (SELECT CASE t.status WHEN 4 THEN 1 WHEN 3 THEN 2 ELSE 3 END AS kind, t.sign_up_id AS id, t.activity_id,
              t.starts_at AS at, t.minutes
            FROM attendance t
            WHERE t.person_id = @personId AND t.status IN (3, 4, 5)
              AND t.starts_at <= @at AND (t.starts_at < @at OR t.sign_up_id < @before)
            ORDER BY t.starts_at DESC, t.sign_up_id DESC LIMIT @take)
          UNION ALL
          (SELECT 4, s.id, s.activity_id, s.starts_at, 0
            FROM sign_up s
            WHERE s.person_id = @personId AND s.status = 4
              AND s.starts_at <= @at AND (s.starts_at < @at OR s.id < @before)
            ORDER BY s.starts_at DESC, s.id DESC LIMIT @take)
          UNION ALL
          (SELECT 5, h.id, h.activity_id, h.proposed_at, h.minutes
            FROM hand_hours h
            WHERE h.person_id = @personId AND h.approved = 1
              AND h.proposed_at <= @at AND (h.proposed_at < @at OR h.id < @before)
            ORDER BY h.proposed_at DESC, h.id DESC LIMIT @take)
        ) l
        JOIN activity a ON a.id = l.activity_id
        ORDER BY l.at DESC, l.id DESC LIMIT @take
        """, new { personId, at, before, take });

    public static void QueueHours(this DbSession db, PersonalData data, HandHours hours, string reason) => db.Queue(
        """
        INSERT INTO hand_hours (id, person_id, activity_id, minutes, reason, proposed_by, proposed_at)
        VALUES (@Id, @PersonId, @ActivityId, @Minutes, @reason, @ProposedBy, @ProposedAt)
        """,
        new
        {
            hours.Id,
            hours.PersonId,
            hours.ActivityId,
            hours.Minutes,
            reason = data.Seal(ReasonColumn, hours.Id, reason),
            hours.ProposedBy,
            hours.ProposedAt,
        });

    public static Task<HandHours?> FindHoursAsync(this DbSession db, Guid id) => db.FindAsync<HandHours>(
        $"SELECT {HoursColumns} FROM hand_hours h {HoursAround} WHERE h.id = @id", new { id });

    /// <summary>An activity's, newest first.</summary>
    public static Task<List<HandHours>> ListHoursAsync(
        this DbSession db, Guid activityId, DateTime at, Guid before, int take) => db.ListAsync<HandHours>(
        $"""
        SELECT {HoursColumns} FROM hand_hours h {HoursAround}
        WHERE h.activity_id = @activityId AND h.proposed_at <= @at AND (h.proposed_at < @at OR h.id < @before)
        ORDER BY h.proposed_at DESC, h.id DESC LIMIT @take
        """, new { activityId, at, before, take });

    /// <returns>False when somebody decided before.</returns>
    public static async Task<bool> DecideHoursAsync(this DbSession db, HandHours decided) => await db.ExecuteAsync(
        """
        UPDATE hand_hours SET approved = @Approved, decided_by = @DecidedBy, decided_at = @DecidedAt
        WHERE id = @Id AND decided_at IS NULL
        """, new { decided.Id, decided.Approved, decided.DecidedBy, decided.DecidedAt }) == 1;

    public static string ReasonOf(PersonalData data, HandHours hours) => data.Open(ReasonColumn, hours.Id, hours.Reason);

    /// <summary>
    /// Activities that ended and to which somebody came, by the day of China on which they began. Counted from the list of
    /// the unit: one index range, so there is no stored count that could be wrong.
    /// </summary>
    public static Task<List<HeldOnDay>> CountHeldAsync(this DbSession db, Guid unitId, DateTime from, DateTime to) =>
        db.ListAsync<HeldOnDay>(
            """
            SELECT DATE(l.starts_at + INTERVAL 8 HOUR) AS day, COUNT(*) AS held
            FROM activity_in_unit l
            WHERE l.unit_id = @unitId AND l.status IN (5, 6) AND l.starts_at >= @from AND l.starts_at < @to
              AND EXISTS (SELECT 1 FROM attendance t WHERE t.activity_id = l.activity_id AND t.in_at IS NOT NULL)
            GROUP BY day ORDER BY day
            """, new { unitId, from, to });
}

public sealed record HomeRow
{
    public Guid? HomeUnitId { get; init; }
}

/// <summary>What somebody's service comes to.</summary>
public sealed record ServiceRecord
{
    public long Minutes { get; init; }
    public long MinutesByHand { get; init; }
    public int Activities { get; init; }
    public int NoShows { get; init; }
    public int DroppedLate { get; init; }
}

/// <summary>Numbered as in service_record.proto.</summary>
public enum ServiceLineKind : byte
{
    Attended = 1,
    NoShow,
    Refused,
    DroppedLate,
    ByHand,
}

public sealed record ServiceLine
{
    public ServiceLineKind Kind { get; init; }
    public Guid Id { get; init; }
    public Guid ActivityId { get; init; }
    public string ActivityTitle { get; init; } = "";
    public Guid? OrganisationId { get; init; }
    public DateTime At { get; init; }
    public int Minutes { get; init; }
}

/// <summary>Minutes given or taken by hand.</summary>
public sealed record HandHours
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public Guid ActivityId { get; init; }
    public int Minutes { get; init; }
    public byte[] Reason { get; init; } = [];
    public Guid ProposedBy { get; init; }
    public DateTime ProposedAt { get; init; }
    public bool? Approved { get; init; }
    public Guid? DecidedBy { get; init; }
    public DateTime? DecidedAt { get; init; }

    /// <summary>Joined in.</summary>
    public Guid UnitId { get; init; }
    public string? PersonName { get; init; }
}

public sealed record HeldOnDay
{
    public DateTime Day { get; init; }
    public int Held { get; init; }
}
