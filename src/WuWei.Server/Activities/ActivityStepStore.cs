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
            SELECT s.number, s.id, s.move, s.from_status, s.to_status, s.at, s.actor, p.shown_name AS actor_name, s.changed,
              s.shift_id, s.note
            FROM activity_step s LEFT JOIN person p ON p.id = s.actor_id
            WHERE s.activity_id = @activityId ORDER BY s.number
            """, new { activityId });

    public static string NoteOf(PersonalData data, ActivityStepRow step) =>
        step.Note is null ? "" : data.Open(NoteColumn, step.Id, step.Note);

    public static void QueueStep(
        this DbSession db, PersonalData data, Activity after, ActivityStatus? from, ActivityStep step)
    {
        var id = Guid.CreateVersion7(step.At);
        db.Queue(
            """
            INSERT INTO activity_step
              (activity_id, number, id, move, from_status, to_status, at, actor, actor_id, changed, shift_id, note)
            VALUES
              (@activityId, @Version, @id, @Move, @from, @Status, @At, @Actor, @ActorId, @Changed, @ShiftId, @note)
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
            });
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
    public string? ActorName { get; init; }
    public int Changed { get; init; }
    public Guid? ShiftId { get; init; }
    public byte[]? Note { get; init; }
}
