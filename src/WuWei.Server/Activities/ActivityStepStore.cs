using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement on the steps of an activity's journey, whose notes are sealed.</summary>
public static class ActivityStepStore
{
    private const string NoteColumn = "activity_step.note";

    public static Task<List<ActivityStepRow>> ListActivityStepsAsync(this DbSession db, Guid activityId) =>
        db.ListAsync<ActivityStepRow>(
            """
            SELECT s.number, s.id, s.move, s.from_status, s.to_status, s.at, s.actor, s.actor_id, p.shown_name AS actor_name,
              s.changed, s.shift_id, s.note, COALESCE(c.state, s.content_state) AS content_state
            FROM activity_step s
            LEFT JOIN person p ON p.id = s.actor_id
            LEFT JOIN content_check c ON c.kind = 4 AND c.content_id = s.id
            WHERE s.activity_id = @activityId ORDER BY s.number
            """, new { activityId });

    /// <summary>What was said at steps that are checked, sealed.</summary>
    public static Task<List<ActivityStepRow>> ListCheckedActivityStepsAsync(this DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListEachAsync<ActivityStepRow>(
            """
            SELECT s.id, s.note
            FROM content_check c JOIN activity_step s ON s.activity_id = c.part_of AND s.id = c.content_id
            WHERE c.kind = 4 AND c.content_id IN (
            """, "@id", [.. ids.Select(id => new { id })], ")");

    public static string NoteOf(PersonalData data, ActivityStepRow step) =>
        step.Note is null ? "" : data.Open(NoteColumn, step.Id, step.Note);

    public static void QueueStep(
        this DbSession db, PersonalData data, Activity after, ActivityStatus? from, ActivityStep step)
    {
        var id = Guid.CreateVersion7(step.At);
        db.Queue(
            """
            INSERT INTO activity_step
              (activity_id, number, id, move, from_status, to_status, at, actor, actor_id, changed, shift_id, note,
              content_state)
            VALUES
              (@activityId, @Version, @id, @Move, @from, @Status, @At, @Actor, @ActorId, @Changed, @ShiftId, @note,
              @ContentState)
            """,
            new
            {
                activityId = after.Id,
                after.Version,
                id,
                step.Move,
                from = (int?)from ?? 0,
                after.Status,
                step.At,
                step.Actor,
                step.ActorId,
                step.Changed,
                step.ShiftId,
                note = string.IsNullOrEmpty(step.Note) ? null : data.Seal(NoteColumn, id, step.Note),
                step.ContentState,
            });
        if (step.ContentState == ContentState.Waiting)
        {
            db.QueueContentCheck(new ContentPiece(
                ContentKind.ActivityNote, id, after.UnitId, step.ActorId!.Value, step.Channel, step.At, after.Id));
        }
    }
}

public sealed record ActivityStepRow
{
    public int Number { get; init; }
    public Guid Id { get; init; }
    public ActivityMove Move { get; init; }
    public int FromStatus { get; init; }
    public int ToStatus { get; init; }
    public DateTime At { get; init; }
    public ActivityActor Actor { get; init; }
    public Guid? ActorId { get; init; }
    public string? ActorName { get; init; }
    public int Changed { get; init; }
    public Guid? ShiftId { get; init; }
    public byte[]? Note { get; init; }
    public ContentState ContentState { get; init; }
}
