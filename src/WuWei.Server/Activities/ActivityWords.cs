using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>
/// What people said around an activity: at its steps, of it, why somebody left or was not there, against what a check-in
/// refused. Each is sealed in its own place, and its state is read from the check itself.
/// </summary>
public sealed class ActivityWords(
    ContentKind kind, Func<DbSession, IReadOnlyList<Guid>, Task<IEnumerable<ContentToCheck>>> list) : IContentOwner
{
    public ContentKind Kind => kind;

    /// <summary>One for each kind there is.</summary>
    public static IEnumerable<IContentOwner> All(PersonalData data) =>
    [
        new ActivityWords(ContentKind.ActivityNote, async (db, ids) =>
            (await db.ListCheckedActivityStepsAsync(ids)).Select(s => new ContentToCheck(
                s.Id, ActivityStepStore.NoteOf(data, s)))),
        new ActivityWords(ContentKind.Feedback, async (db, ids) =>
            (await db.ListFeedbackWordsAsync(ids)).Select(f => new ContentToCheck(f.Id, FeedbackStore.WordsOf(data, f)))),
        new ActivityWords(ContentKind.SignUpReason, async (db, ids) =>
            (await db.ListSignUpReasonsAsync(ids)).Select(s => new ContentToCheck(s.Id, SignUpStore.ReasonOf(data, s)))),
        new ActivityWords(ContentKind.AttendanceReason, async (db, ids) =>
            (await db.ListAttendanceReasonsAsync(ids)).Select(a => new ContentToCheck(
                a.SignUpId, AttendanceStore.ReasonOf(data, a)))),
        new ActivityWords(ContentKind.CheckInAppeal, async (db, ids) =>
            (await db.ListAppealWordsAsync(ids)).Select(a => new ContentToCheck(a.Id, AppealStore.ReasonOf(data, a)))),
        new ActivityWords(ContentKind.CheckInAnswer, async (db, ids) =>
            (await db.ListAppealWordsAsync(ids)).Select(a => new ContentToCheck(a.Id, AppealStore.AnswerOf(data, a)))),
    ];

    public async Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids) =>
        [.. await list(db, ids)];

    public ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel) =>
        ValueTask.FromResult<ApplyVerdict>((_, _) => Task.CompletedTask);
}
