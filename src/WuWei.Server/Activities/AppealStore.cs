using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement on what the place refused, and on appeals against it, whose words are sealed.</summary>
public static class AppealStore
{
    private const string ReasonColumn = "check_in_appeal.reason";
    private const string AnswerColumn = "check_in_appeal.answer";

    private const string Columns =
        """
        l.id, l.sign_up_id, l.activity_id, l.way, l.fault, l.refused_at, l.reason, l.made_at, l.admitted, l.decided_at,
        l.decided_by, l.answer, s.person_id, p.shown_name AS person_name,
        (SELECT c.state FROM content_check c WHERE c.kind = 11 AND c.content_id = l.id) AS reason_state,
        (SELECT c.state FROM content_check c WHERE c.kind = 12 AND c.content_id = l.id) AS answer_state,
        f.distance, f.accuracy
        """;

    private const string Around =
        """
        JOIN sign_up s ON s.id = l.sign_up_id
        JOIN check_in_refusal f ON f.sign_up_id = l.sign_up_id AND f.way = l.way AND f.fault = l.fault
        LEFT JOIN person p ON p.id = s.person_id
        """;

    /// <summary>Keeps the first refusal of each reason, so that there are never many.</summary>
    public static Task<int> AddRefusalAsync(this DbSession db, DoorCheck check, CheckInFault fault, DateTime now) =>
        db.ExecuteAsync(
            """
            INSERT IGNORE INTO check_in_refusal (sign_up_id, way, fault, at, distance, accuracy)
            VALUES (@SignUpId, @Way, @fault, @now, @Distance, @Accuracy)
            """, new { check.Place.SignUpId, check.Way, fault, now, check.Distance, check.Accuracy });

    /// <summary>What was refused first.</summary>
    public static Task<CheckInRefusal?> FindRefusalAsync(this DbSession db, Guid signUpId, CheckWay way) =>
        db.FindAsync<CheckInRefusal>(
            """
            SELECT fault, at, distance, accuracy FROM check_in_refusal WHERE sign_up_id = @signUpId AND way = @way
            ORDER BY at, fault LIMIT 1
            """, new { signUpId, way });

    /// <returns>False when there is one already.</returns>
    public static async Task<bool> AddAppealAsync(this DbSession db, PersonalData data, CheckInAppeal appeal, string reason) =>
        await db.ExecuteAsync(
            """
            INSERT IGNORE INTO check_in_appeal (id, sign_up_id, activity_id, way, fault, refused_at, reason, made_at)
            VALUES (@Id, @SignUpId, @ActivityId, @Way, @Fault, @RefusedAt, @reason, @MadeAt)
            """,
            new
            {
                appeal.Id,
                appeal.SignUpId,
                appeal.ActivityId,
                appeal.Way,
                appeal.Fault,
                appeal.RefusedAt,
                reason = data.Seal(ReasonColumn, appeal.Id, reason),
                appeal.MadeAt,
            }) == 1;

    public static Task<CheckInAppeal?> FindAppealAsync(this DbSession db, Guid id) => db.FindAsync<CheckInAppeal>(
        $"SELECT {Columns} FROM check_in_appeal l {Around} WHERE l.id = @id", new { id });

    /// <summary>An activity's, newest first.</summary>
    public static Task<List<CheckInAppeal>> ListAppealsAsync(
        this DbSession db, Guid activityId, DateTime at, Guid before, int take) => db.ListAsync<CheckInAppeal>(
        $"""
        SELECT {Columns} FROM check_in_appeal l {Around}
        WHERE l.activity_id = @activityId AND l.made_at <= @at AND (l.made_at < @at OR l.id < @before)
        ORDER BY l.made_at DESC, l.id DESC LIMIT @take
        """, new { activityId, at, before, take });

    /// <returns>False when somebody decided before.</returns>
    public static async Task<bool> DecideAppealAsync(this DbSession db, CheckInAppeal decided) => await db.ExecuteAsync(
        """
        UPDATE check_in_appeal
        SET admitted = @Admitted, decided_at = @DecidedAt, decided_by = @DecidedBy, answer = @Answer
        WHERE id = @Id AND decided_at IS NULL
        """, new { decided.Id, decided.Admitted, decided.DecidedAt, decided.DecidedBy, decided.Answer }) == 1;

    /// <summary>What was appealed and answered, sealed.</summary>
    public static Task<List<CheckInAppeal>> ListAppealWordsAsync(this DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListEachAsync<CheckInAppeal>(
            "SELECT l.id, l.reason, l.answer FROM check_in_appeal l WHERE l.id IN (", "@id",
            [.. ids.Select(id => new { id })], ")");

    public static byte[] SealAnswer(PersonalData data, Guid appealId, string answer) =>
        data.Seal(AnswerColumn, appealId, answer);

    public static string ReasonOf(PersonalData data, CheckInAppeal appeal) =>
        data.Open(ReasonColumn, appeal.Id, appeal.Reason);

    public static string AnswerOf(PersonalData data, CheckInAppeal appeal) =>
        appeal.Answer is null ? "" : data.Open(AnswerColumn, appeal.Id, appeal.Answer);
}

/// <summary>What the place refused.</summary>
public sealed record CheckInRefusal
{
    public CheckInFault Fault { get; init; }
    public DateTime At { get; init; }
    public int? Distance { get; init; }
    public int? Accuracy { get; init; }
}

/// <summary>Somebody says that what the place refused was wrong.</summary>
public sealed record CheckInAppeal
{
    private static readonly TimeSpan MadeWithin = TimeSpan.FromDays(7);

    public Guid Id { get; init; }
    public Guid SignUpId { get; init; }
    public Guid ActivityId { get; init; }
    public CheckWay Way { get; init; }
    public CheckInFault Fault { get; init; }
    public DateTime RefusedAt { get; init; }
    public byte[] Reason { get; init; } = [];
    public DateTime MadeAt { get; init; }
    public bool? Admitted { get; init; }
    public DateTime? DecidedAt { get; init; }
    public Guid? DecidedBy { get; init; }
    public byte[]? Answer { get; init; }

    /// <summary>Whether others may read reason and answer; null when staff answered.</summary>
    public ContentState? ReasonState { get; init; }
    public ContentState? AnswerState { get; init; }

    /// <summary>Joined in.</summary>
    public Guid PersonId { get; init; }
    public string? PersonName { get; init; }
    public int? Distance { get; init; }
    public int? Accuracy { get; init; }

    public static bool IsLate(Attendance attendance, DateTime now) => now > attendance.EndsAt + MadeWithin;
}
