using System.Text.RegularExpressions;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>One move of an activity, as its journey tells it.</summary>
/// <param name="ActorId">Null for the clock.</param>
/// <param name="Note">A reason; sealed when stored.</param>
public sealed record ActivityStep(ActivityMove Move, DateTime At, ActivityActor Actor, Guid? ActorId, string? Note = null)
{
    /// <summary><see cref="Bits"/> of what an edit changed.</summary>
    public int Changed { get; init; }
    public Guid? ShiftId { get; init; }

    /// <summary>The organiser who came or went; in the journal, not in the journey.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>Sign-ups that ended with it.</summary>
    public int SignUps { get; init; }
    public Channel Channel { get; init; }

    /// <summary>Whoever organises it is staff there, too.</summary>
    public bool ByStaff { get; init; }

    /// <summary>What organisers say who are no staff is checked before anybody else reads it.</summary>
    public ContentState ContentState => Actor == ActivityActor.Organiser && !ByStaff && !string.IsNullOrEmpty(Note)
        ? ContentState.Waiting
        : ContentState.Passed;
}

/// <summary>How the journal tells of activities: ids, enums, numbers and keyed hashes, so that no text is kept.</summary>
public static partial class ActivityEntry
{
    /// <summary>Such as ACTIVITY_CHANGE_SHIFT.</summary>
    public static string Kind(ActivityMove move) => $"ACTIVITY_{Snake(move)}";

    /// <summary>Such as SIGN_UP_DROPPED_LATE.</summary>
    public static string Kind(SignUpStatus status) =>
        status == SignUpStatus.SignedUp ? "SIGN_UP_MADE" : $"SIGN_UP_{Snake(status)}";

    public static string Name(ActivityActor actor) => actor.ToString().ToLowerInvariant();

    /// <summary>What a move made of it.</summary>
    public static object Moved(Activity after, ActivityStep step, PersonalData data) => new
    {
        step = after.Version,
        status = after.Status.ToString(),
        kind = after.Kind.ToString(),
        after.OrganisationId,
        after.ParentId,
        after.SeriesId,
        after.StartsAt,
        after.EndsAt,
        after.InsuredUntil,
        after.Overdue,
        changed = Bits.In<ActivityField>(step.Changed).Select(f => f.ToString()),
        step.ShiftId,
        step.PersonId,
        step.SignUps,
        title = data.Hash(after.Title),
        text = data.Hash(after.Text),
        place = data.Hash(after.Place),
        note = string.IsNullOrEmpty(step.Note) ? null : data.Hash(step.Note),
    };

    private static string Snake(Enum value) => Words().Replace(value.ToString(), "_").ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Words();
}
