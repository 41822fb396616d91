using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>
/// Every SQL statement on sign-ups. The order of locks is: people by their ids, roles, sign-ups. Whoever has them reads
/// afterwards, so that nothing read can be older than the lock.
/// </summary>
public static class SignUpStore
{
    private const string ReasonColumn = "sign_up.reason";

    /// <summary>Empty while what its organisers wrote is unread.</summary>
    private const string ShownNames =
        """
        IF(a.content_state = 2, a.title, '') AS activity_title, IF(a.content_state = 2, r.name, '') AS role_name
        """;

    private const string Columns =
        """
        s.id, s.activity_id, s.shift_id, s.role_id, s.person_id, s.status, s.number, s.starts_at, s.ends_at, s.signed_at,
        s.signed_by, s.consent, s.seen_changes, s.left_at, s.left_by, s.reason
        """;

    private const string Shown =
        $"""
        {Columns}, {ShownNames},
        (SELECT c.state FROM content_check c WHERE c.kind = 9 AND c.content_id = s.id) AS reason_state,
        p.shown_name AS person_name, a.unit_id, a.maker_id,
        a.cancel_hours, h.changes, h.cancelled_at AS shift_cancelled_at,
        EXISTS (SELECT 1 FROM attendance t WHERE t.sign_up_id = s.id AND t.in_at IS NOT NULL) AS checked_in,
        EXISTS (SELECT 1 FROM activity_organiser o WHERE o.activity_id = a.id AND o.person_id = @callerId) AS organised,
        s.live_person_id IS NOT NULL AND EXISTS (
          SELECT 1 FROM sign_up o
          WHERE o.live_person_id = s.person_id AND o.id <> s.id AND o.ends_at > s.starts_at AND o.starts_at < s.ends_at)
          AS conflicting
        """;

    private const string Around =
        """
        JOIN activity a ON a.id = s.activity_id
        JOIN activity_shift h ON h.id = s.shift_id
        JOIN shift_role r ON r.id = s.role_id
        LEFT JOIN person p ON p.id = s.person_id
        """;

    /// <summary>
    /// Locks a person, then a role: from now on nobody else changes what either is in. In one statement, whose tables are
    /// read in the order they are written in.
    /// </summary>
    public static Task<ShiftRole?> LockSeatAsync(this DbSession db, Guid personId, Guid roleId) => db.FindAsync<ShiftRole>(
        """
        SELECT r.id, r.activity_id, r.shift_id, r.number, r.name, r.capacity, r.taken, r.waiting, r.next_number, r.skill_id
        FROM person p STRAIGHT_JOIN shift_role r ON r.id = @roleId
        WHERE p.id = @personId FOR UPDATE
        """, new { personId, roleId });

    public static Task LockPersonAsync(this DbSession db, Guid id) =>
        db.ListAsync<Guid>("SELECT id FROM person WHERE id = @id FOR UPDATE", new { id });

    public static Task<ShiftRole?> LockRoleAsync(this DbSession db, Guid id) => db.FindAsync<ShiftRole>(
        """
        SELECT id, activity_id, shift_id, number, name, capacity, taken, waiting, next_number, skill_id
        FROM shift_role WHERE id = @id FOR UPDATE
        """, new { id });

    /// <summary>After people and roles. Whose it is cannot come to the shift until the transaction ends.</summary>
    public static Task LockSignUpAsync(this DbSession db, Guid id) =>
        db.ListAsync<Guid>("SELECT id FROM sign_up WHERE id = @id FOR UPDATE", new { id });

    /// <summary>A role as it is for one person, all that decides about it in one trip.</summary>
    /// <param name="without">A place that they give for it.</param>
    public static Task<Seat?> FindSeatAsync(
        this DbSession db, Guid roleId, Guid personId, Guid callerId, DateTime now, Guid? without = null) =>
        db.FindAsync<Seat>(
            $"""
            SELECT a.id AS activity_id, h.id AS shift_id, r.id AS role_id, {ShownNames},
              a.unit_id, a.maker_id, a.published_at IS NOT NULL AS public, a.status, h.starts_at, h.ends_at, h.changes,
              h.cancelled_at IS NOT NULL AS shift_cancelled,
              EXISTS (SELECT 1 FROM activity_organiser o WHERE o.activity_id = a.id AND o.person_id = @callerId)
                AS organised,
              EXISTS (SELECT 1 FROM sign_up o
                WHERE o.shift_id = h.id AND o.live_person_id = @personId AND o.id <> @without) AS already_in,
              (SELECT COUNT(*) FROM sign_up o
                WHERE o.live_person_id = @personId AND o.ends_at > @now AND o.id <> @without) AS to_come,
              (SELECT o.id FROM sign_up o
                WHERE o.live_person_id = @personId AND o.ends_at > h.starts_at AND o.starts_at < h.ends_at
                  AND o.shift_id <> h.id AND o.id <> @without
                ORDER BY o.ends_at LIMIT 1) AS clash_id,
              r.skill_id IS NULL OR EXISTS (SELECT 1 FROM person_skill k
                WHERE k.person_id = @personId AND k.skill_id = r.skill_id AND k.live = 1 AND k.valid_until >= h.ends_at)
                AS skilled,
              a.needs_course IS NULL OR EXISTS (SELECT 1 FROM person_course c
                JOIN unit_ancestor u ON u.unit_id = a.unit_id AND u.ancestor_id = c.district_id
                WHERE c.person_id = @personId AND c.code = a.needs_course) AS schooled
            FROM shift_role r
            JOIN activity_shift h ON h.id = r.shift_id
            JOIN activity a ON a.id = r.activity_id
            WHERE r.id = @roleId
            """, new { roleId, personId, callerId, now, without = without ?? Guid.Empty });

    public static Task<SignUp?> FindSignUpAsync(this DbSession db, Guid id, Guid callerId) => db.FindAsync<SignUp>(
        $"SELECT {Shown} FROM sign_up s {Around} WHERE s.id = @id", new { id, callerId });

    /// <summary>A person's sign-ups, the latest shift first.</summary>
    public static Task<List<SignUp>> ListSignUpsOfAsync(
        this DbSession db, Guid personId, DateTime at, Guid before, int take) => db.ListAsync<SignUp>(
        $"""
        SELECT {Shown} FROM sign_up s {Around}
        WHERE s.person_id = @callerId AND s.starts_at <= @at AND (s.starts_at < @at OR s.id < @before)
        ORDER BY s.starts_at DESC, s.id DESC LIMIT @take
        """, new { callerId = personId, at, before, take });

    /// <summary>The places that open offers to a person are about, on either side.</summary>
    public static Task<List<SignUp>> ListSignUpsOfferedAsync(
        this DbSession db, Guid personId, DateTime now, int offersMax) => db.ListAsync<SignUp>(
        $"""
        SELECT DISTINCT {Shown}
        FROM (
          SELECT sign_up_id, for_sign_up_id FROM place_offer
          WHERE to_person_id = @callerId AND status = 1 AND lapses_at > @now
          ORDER BY offered_at DESC, id DESC LIMIT @offersMax
        ) offered
        JOIN sign_up s ON s.id IN (offered.sign_up_id, offered.for_sign_up_id) {Around}
        """, new { callerId = personId, now, offersMax });

    /// <summary>Who is in a role, in the order of arrival.</summary>
    public static Task<List<SignUp>> ListSignUpsInAsync(
        this DbSession db, Guid roleId, int afterNumber, Guid callerId, int take) => db.ListAsync<SignUp>(
        $"""
        SELECT {Shown} FROM sign_up s FORCE INDEX (by_role) {Around}
        WHERE s.role_id = @roleId AND s.live_person_id IS NOT NULL AND s.status IN (1, 2) AND s.number > @afterNumber
        ORDER BY s.number LIMIT @take
        """, new { roleId, afterNumber, callerId, take });

    public static void QueueSignUp(this DbSession db, SignUp signUp) => db.Queue(
        """
        INSERT INTO sign_up
          (id, activity_id, shift_id, role_id, person_id, live_person_id, status, number, starts_at, ends_at, signed_at,
          signed_by, consent, seen_changes)
        VALUES
          (@Id, @ActivityId, @ShiftId, @RoleId, @PersonId, @PersonId, @Status, @Number, @StartsAt, @EndsAt, @SignedAt,
          @SignedBy, @Consent, @SeenChanges)
        """,
        new
        {
            signUp.Id,
            signUp.ActivityId,
            signUp.ShiftId,
            signUp.RoleId,
            signUp.PersonId,
            signUp.Status,
            signUp.Number,
            signUp.StartsAt,
            signUp.EndsAt,
            signUp.SignedAt,
            signUp.SignedBy,
            signUp.Consent,
            signUp.SeenChanges,
        });

    /// <summary>The place is theirs no more, and no offer of it stands.</summary>
    public static void QueueLeft(this DbSession db, SignUp left)
    {
        db.Queue(
            """
            UPDATE sign_up
            SET status = @Status, live_person_id = NULL, left_at = @LeftAt, left_by = @LeftBy, reason = @Reason
            WHERE id = @Id AND live_person_id IS NOT NULL
            """, new { left.Id, left.Status, left.LeftAt, left.LeftBy, left.Reason });
        db.Queue(
            """
            UPDATE place_offer SET open_sign_up_id = NULL, status = 4, decided_at = @LeftAt WHERE open_sign_up_id = @Id
            """, new { left.Id, left.LeftAt });
    }

    public static void QueueSeenChanges(this DbSession db, SignUp signUp) => db.Queue(
        "UPDATE sign_up SET seen_changes = @SeenChanges WHERE id = @Id AND seen_changes < @SeenChanges",
        new { signUp.Id, signUp.SeenChanges });

    /// <summary>
    /// Ends all sign-ups of an activity, or of one of its shifts, but of those who came or were to. The caller has locked its roles.
    /// </summary>
    /// <param name="endingAfter">Of shifts that end later; what was over before stays as it was.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> CancelSignUpsAsync(
        this DbSession db, Guid activityId, DateTime endingAfter, Guid? by, DateTime now, Guid? shiftId = null)
    {
        // An exchange is over when either place is none any more.
        db.Queue(
            """
            UPDATE place_offer o
            JOIN sign_up s ON s.id = o.open_sign_up_id
            LEFT JOIN sign_up f ON f.id = o.for_sign_up_id
            SET o.open_sign_up_id = NULL, o.status = 4, o.decided_at = @now
            WHERE s.activity_id = @activityId AND (@shiftId IS NULL OR s.shift_id = @shiftId OR f.shift_id = @shiftId)
            """, new { activityId, shiftId, now });
        db.Queue(
            """
            UPDATE shift_role r JOIN activity_shift h ON h.id = r.shift_id
            SET r.waiting = 0,
              r.taken = (SELECT COUNT(*) FROM sign_up s WHERE s.role_id = r.id AND s.live_person_id IS NOT NULL)
            WHERE r.activity_id = @activityId AND h.ends_at > @endingAfter AND (@shiftId IS NULL OR h.id = @shiftId)
            """, new { activityId, endingAfter, shiftId });
        return await db.ExecuteAsync(
            """
            UPDATE sign_up SET status = 3, live_person_id = NULL, left_at = @now, left_by = @by
            WHERE activity_id = @activityId AND live_person_id IS NOT NULL AND ends_at > @endingAfter
              AND (@shiftId IS NULL OR shift_id = @shiftId)
              AND NOT EXISTS (SELECT 1 FROM attendance t WHERE t.sign_up_id = sign_up.id)
            """, new { activityId, endingAfter, shiftId, by, now });
    }

    /// <summary>
    /// Lets those who wait move up into free places, in the order of arrival, but for whom a moved shift has put into two
    /// at one time. The caller has the role's lock.
    /// </summary>
    /// <param name="act">What freed the places.</param>
    /// <returns>The role as it is then, not stored yet.</returns>
    public static async Task<ShiftRole> PromoteAsync(
        this DbSession db, ShiftRole role, DateTime startsAt, DateTime endsAt, JournalEntry act)
    {
        if (role.Waiting == 0 || role.Taken >= role.Capacity)
        {
            return role;
        }

        var promoted = await db.ListAsync<SignUp>(
            $"""
            SELECT {Columns} FROM sign_up s
            WHERE s.role_id = @Id AND s.status = 2 AND NOT EXISTS (
              SELECT 1 FROM sign_up o
              WHERE o.live_person_id = s.person_id AND o.id <> s.id AND o.ends_at > @startsAt AND o.starts_at < @endsAt)
            ORDER BY s.number LIMIT @free
            """, new { role.Id, startsAt, endsAt, free = role.Capacity - role.Taken });
        db.QueueEach(
            "UPDATE sign_up SET status = 1 WHERE id IN (", "@Id", [.. promoted.Select(s => new { s.Id })], ")");
        foreach (var signUp in promoted)
        {
            role = role.Promoted();
            db.Record(act.Beside(
                "SIGN_UP_PROMOTED", "sign_up", signUp.Id, Detail(signUp with { Status = SignUpStatus.SignedUp })));
        }

        return role;
    }

    /// <summary>What the journal says of a sign-up.</summary>
    public static object Detail(SignUp signUp, string? reasonHash = null) => new
    {
        signUp.ActivityId,
        signUp.ShiftId,
        signUp.RoleId,
        signUp.PersonId,
        status = signUp.Status.ToString(),
        signUp.Number,
        signUp.StartsAt,
        signUp.EndsAt,
        signUp.SeenChanges,
        consent = signUp.Consent == SignUpConsent.Unspecified ? null : signUp.Consent.ToString(),
        reason = reasonHash,
    };

    /// <summary>Why sign-ups ended, sealed.</summary>
    public static Task<List<SignUp>> ListSignUpReasonsAsync(this DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListEachAsync<SignUp>(
            "SELECT s.id, s.reason FROM sign_up s WHERE s.reason IS NOT NULL AND s.id IN (", "@id",
            [.. ids.Select(id => new { id })], ")");

    public static byte[]? SealReason(PersonalData data, Guid signUpId, string reason) =>
        reason.Length == 0 ? null : data.Seal(ReasonColumn, signUpId, reason);

    public static string ReasonOf(PersonalData data, SignUp signUp) =>
        signUp.Reason is null ? "" : data.Open(ReasonColumn, signUp.Id, signUp.Reason);
}
