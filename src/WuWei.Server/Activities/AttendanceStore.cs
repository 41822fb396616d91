using WuWei.Calls;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement on who came to a shift. A sign-up that is none any more has no attendance.</summary>
public static class AttendanceStore
{
    private const string ReasonColumn = "attendance.reason";

    private const string Columns =
        """
        s.id AS sign_up_id, s.activity_id, s.shift_id, s.person_id, s.starts_at, s.ends_at, s.status AS sign_up_status,
        COALESCE(t.status, 0) AS status, COALESCE(t.version, 0) AS version, t.in_at, t.in_distance, t.in_accuracy,
        COALESCE(t.in_by_hand, 0) AS in_by_hand, t.out_at, t.out_distance, t.out_accuracy,
        COALESCE(t.out_by_hand, 0) AS out_by_hand, t.decided_at, t.decided_by, COALESCE(t.minutes, 0) AS minutes,
        t.reason, (SELECT c.state FROM content_check c WHERE c.kind = 10 AND c.content_id = s.id) AS reason_state,
        a.status AS activity_status, a.unit_id, a.maker_id, p.shown_name AS person_name
        """;

    private const string Around =
        """
        JOIN activity a ON a.id = s.activity_id
        LEFT JOIN attendance t ON t.sign_up_id = s.id
        LEFT JOIN person p ON p.id = s.person_id
        """;

    private const string Uninsured =
        "a.insurance_needed = 1 AND (a.insured_until IS NULL OR a.insured_until < a.ends_at)";

    private const string Update =
        """
        UPDATE attendance
        SET status = @Status, version = @Version, in_at = @InAt, in_distance = @InDistance, in_accuracy = @InAccuracy,
          in_by_hand = @InByHand, out_at = @OutAt, out_distance = @OutDistance, out_accuracy = @OutAccuracy,
          out_by_hand = @OutByHand, decided_at = @DecidedAt, decided_by = @DecidedBy, minutes = @Minutes, reason = @Reason
        """;

    /// <summary>A shift and who may do what with it; null when there is none.</summary>
    public static Task<ShiftAt?> FindShiftAsync(this DbSession db, Guid shiftId, Guid callerId) => db.FindAsync<ShiftAt>(
        """
        SELECT h.id, h.activity_id, h.starts_at, h.ends_at, h.cancelled_at IS NOT NULL AS cancelled, a.unit_id,
          a.maker_id, a.status,
          EXISTS (SELECT 1 FROM activity_organiser o WHERE o.activity_id = a.id AND o.person_id = @callerId) AS organised
        FROM activity_shift h JOIN activity a ON a.id = h.activity_id WHERE h.id = @shiftId
        """, new { shiftId, callerId });

    /// <summary>A person's place in a shift as its door sees it, in one trip; null when they have none.</summary>
    public static Task<PlaceAt?> FindPlaceAsync(this DbSession db, Guid shiftId, Guid personId, byte[] device) =>
        db.FindAsync<PlaceAt>(
            $"""
            SELECT {Columns}, IF(a.remote, NULL, a.latitude) AS latitude, IF(a.remote, NULL, a.longitude) AS longitude,
              a.radius_metres, d.person_id AS device_of, {Uninsured} AS uninsured
            FROM sign_up s {Around}
            LEFT JOIN check_in_device d ON d.shift_id = s.shift_id AND d.device = @device
            WHERE s.shift_id = @shiftId AND s.live_person_id = @personId AND s.status = 1
            """, new { shiftId, personId, device });

    public static Task<Attendance?> FindAttendanceAsync(this DbSession db, Guid signUpId, Guid callerId) =>
        db.FindAsync<Attendance>(
            $"""
            SELECT {Columns},
              EXISTS (SELECT 1 FROM activity_organiser o WHERE o.activity_id = a.id AND o.person_id = @callerId)
                AS organised
            FROM sign_up s {Around} WHERE s.id = @signUpId AND s.status = 1
            """, new { signUpId, callerId });

    /// <summary>
    /// Several of one shift, with what deciding on them needs; nobody else moves them until the end of the transaction.
    /// To be called before anything is read.
    /// </summary>
    public static async Task<List<Attendance>> LockAttendanceAsync(
        this DbSession db, Guid shiftId, IReadOnlyList<Guid> signUpIds, Guid districtId)
    {
        IReadOnlyList<object> ids = [.. signUpIds.Select(id => new { id })];
        await db.ListEachAsync<Guid>(
            "SELECT sign_up_id FROM attendance WHERE sign_up_id IN (", "@id", ids, ") ORDER BY sign_up_id FOR UPDATE");
        return await db.ListEachAsync<Attendance>(
            $"""
            SELECT {Columns}, a.grants_course,
              EXISTS (SELECT 1 FROM person_course c WHERE c.person_id = s.person_id AND c.district_id = @districtId
                AND c.code = a.grants_course) AS schooled,
              (SELECT CAST(COALESCE(SUM(o.minutes DIV 60), 0) AS SIGNED) FROM attendance o
                WHERE o.activity_id = s.activity_id AND o.person_id = s.person_id AND o.status = 4) AS hours_before
            FROM sign_up s {Around} WHERE s.shift_id = @shiftId AND s.status = 1 AND s.id IN (
            """, "@id", ids, ")", new { shiftId, districtId });
    }

    /// <summary>All who have a place in a shift, in the order of their sign-ups.</summary>
    public static Task<List<Attendance>> ListAttendanceAsync(this DbSession db, Guid shiftId, Guid after, int take) =>
        db.ListAsync<Attendance>(
            $"""
            SELECT {Columns} FROM sign_up s {Around}
            WHERE s.shift_id = @shiftId AND s.status = 1 AND s.id > @after ORDER BY s.id LIMIT @take
            """, new { shiftId, after, take });

    /// <summary>
    /// Stores what became of it, only if nobody moved it since it was read and the place is theirs still; otherwise the
    /// transaction starts over. The first row takes the sign-up's lock, so no one gives the place back meanwhile.
    /// </summary>
    public static async Task MoveAttendanceAsync(this DbSession db, Attendance after)
    {
        var stored = after.Version == 1
            ? await db.ExecuteAsync(
                """
                INSERT IGNORE INTO attendance
                  (sign_up_id, activity_id, shift_id, person_id, status, version, starts_at, ends_at, in_at, in_distance,
                  in_accuracy, in_by_hand, out_at, out_distance, out_accuracy, out_by_hand, minutes)
                SELECT @SignUpId, @ActivityId, @ShiftId, @PersonId, @Status, 1, @StartsAt, @EndsAt, @InAt, @InDistance,
                  @InAccuracy, @InByHand, @OutAt, @OutDistance, @OutAccuracy, @OutByHand, 0
                FROM sign_up
                WHERE id = @SignUpId AND status = 1 AND live_person_id IS NOT NULL
                  AND starts_at = @StartsAt AND ends_at = @EndsAt
                """, Row(after))
            : await db.ExecuteAsync($"{Update} WHERE sign_up_id = @SignUpId AND version = @Version - 1", Row(after));
        if (stored == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>The same for one whose lock the caller has.</summary>
    public static void QueueAttendance(this DbSession db, Attendance after) =>
        db.Queue($"{Update} WHERE sign_up_id = @SignUpId", Row(after));

    /// <summary>Who uses a device in a shift; the first to store it wins.</summary>
    public static async Task AddDeviceAsync(this DbSession db, Guid shiftId, byte[] device, Guid personId)
    {
        if (await db.ExecuteAsync(
            "INSERT IGNORE INTO check_in_device (shift_id, device, person_id) VALUES (@shiftId, @device, @personId)",
            new { shiftId, device, personId }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>Whether anybody has come to a shift; if not, nobody does until the end of the transaction.</summary>
    public static async Task<bool> HasAttendanceAsync(this DbSession db, Guid shiftId) => await db.FindAsync<int?>(
        "SELECT 1 FROM attendance WHERE shift_id = @shiftId LIMIT 1 FOR UPDATE", new { shiftId }) is not null;

    /// <summary>
    /// Whether somebody came whose attendance is not decided; until the end of the transaction nobody else comes.
    /// </summary>
    public static async Task<bool> HasUndecidedAsync(this DbSession db, Guid activityId) => await db.FindAsync<int?>(
        "SELECT 1 FROM attendance WHERE activity_id = @activityId AND status IN (1, 2) LIMIT 1 FOR UPDATE",
        new { activityId }) is not null;

    /// <summary>
    /// Whether nobody's attendance waits for a word of the organisers. Of a shift that is over and could not be held, none
    /// does.
    /// </summary>
    public static async Task<bool> IsAttendanceDecidedAsync(this DbSession db, Guid activityId) => await db.FindAsync<int?>(
        """
        SELECT 1 FROM sign_up s JOIN activity_shift h ON h.id = s.shift_id LEFT JOIN attendance t ON t.sign_up_id = s.id
        WHERE s.activity_id = @activityId AND s.status = 1
          AND CASE WHEN t.sign_up_id IS NULL THEN h.swept = 0 ELSE t.status NOT IN (3, 4, 5) END
        LIMIT 1
        """, new { activityId }) is null;

    /// <summary>Shifts that are over and whose no-shows are not recorded, the longest waiting first.</summary>
    public static Task<List<Guid>> ListUnsweptAsync(this DbSession db, DateTime now, int countMax) => db.ListAsync<Guid>(
        "SELECT id FROM activity_shift WHERE swept = 0 AND ends_at <= @now ORDER BY ends_at LIMIT @countMax",
        new { now, countMax });

    /// <returns>False when another copy did, or the shift was moved.</returns>
    public static async Task<bool> SweepAsync(this DbSession db, Guid shiftId, DateTime now) => await db.ExecuteAsync(
        "UPDATE activity_shift SET swept = 1 WHERE id = @shiftId AND swept = 0 AND ends_at <= @now",
        new { shiftId, now }) == 1;

    /// <summary>Opens a shift for another round: there are more than one takes.</summary>
    public static void QueueUnswept(this DbSession db, Guid shiftId) =>
        db.Queue("UPDATE activity_shift SET swept = 0 WHERE id = @shiftId", new { shiftId });

    /// <summary>Who has a place in a shift and did not come, unless want of insurance kept its door shut.</summary>
    public static Task<List<Attendance>> ListMissingAsync(this DbSession db, Guid shiftId, int countMax) =>
        db.ListAsync<Attendance>(
            $"""
            SELECT {Columns} FROM sign_up s {Around}
            WHERE s.shift_id = @shiftId AND s.status = 1 AND t.sign_up_id IS NULL AND NOT ({Uninsured})
            ORDER BY s.id LIMIT @countMax
            """, new { shiftId, countMax });

    /// <summary>What the journal says of an attendance.</summary>
    public static object Detail(Attendance attendance, string? reasonHash = null) => new
    {
        attendance.ActivityId,
        attendance.ShiftId,
        attendance.PersonId,
        status = attendance.Status.ToString(),
        attendance.InAt,
        attendance.InDistance,
        attendance.InAccuracy,
        attendance.InByHand,
        attendance.OutAt,
        attendance.OutDistance,
        attendance.OutAccuracy,
        attendance.OutByHand,
        attendance.Minutes,
        reason = reasonHash,
    };

    /// <summary>Why people are said not to have been there, sealed.</summary>
    public static Task<List<Attendance>> ListAttendanceReasonsAsync(this DbSession db, IReadOnlyList<Guid> signUpIds) =>
        db.ListEachAsync<Attendance>(
            "SELECT t.sign_up_id, t.reason FROM attendance t WHERE t.reason IS NOT NULL AND t.sign_up_id IN (", "@id",
            [.. signUpIds.Select(id => new { id })], ")");

    public static byte[] SealReason(PersonalData data, Guid signUpId, string reason) =>
        data.Seal(ReasonColumn, signUpId, reason);

    public static string ReasonOf(PersonalData data, Attendance attendance) =>
        attendance.Reason is null ? "" : data.Open(ReasonColumn, attendance.SignUpId, attendance.Reason);

    private static object Row(Attendance a) => new
    {
        a.SignUpId,
        a.ActivityId,
        a.ShiftId,
        a.PersonId,
        a.Status,
        a.Version,
        a.StartsAt,
        a.EndsAt,
        a.InAt,
        a.InDistance,
        a.InAccuracy,
        a.InByHand,
        a.OutAt,
        a.OutDistance,
        a.OutAccuracy,
        a.OutByHand,
        a.DecidedAt,
        a.DecidedBy,
        a.Minutes,
        a.Reason,
    };
}

/// <summary>A shift as those see it who organise it.</summary>
public sealed record ShiftAt
{
    public Guid Id { get; init; }
    public Guid ActivityId { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }
    public bool Cancelled { get; init; }
    public Guid UnitId { get; init; }
    public Guid MakerId { get; init; }
    public ActivityStatus Status { get; init; }
    public bool Organised { get; init; }

    public Relation RelationOf(Caller caller) =>
        (MakerId == caller.PersonId ? Relation.Maker : Relation.None)
        | (Organised ? Relation.Organiser : Relation.None);
}

/// <summary>A place in a shift as its door sees it.</summary>
public sealed record PlaceAt : Attendance
{
    public int? Latitude { get; init; }
    public int? Longitude { get; init; }
    public int RadiusMetres { get; init; }
    public Guid? DeviceOf { get; init; }

    /// <summary>Its activity needs insurance and has none until its end: it does not start.</summary>
    public bool Uninsured { get; init; }
}
