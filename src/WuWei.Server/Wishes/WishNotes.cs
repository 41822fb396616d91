using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>What residents said at the steps of wishes. Others read its state from the check itself.</summary>
public sealed class WishNotes(PersonalData personalData) : IContentOwner
{
    public ContentKind Kind => ContentKind.WishNote;

    public async Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids) =>
    [
        .. (await db.ListCheckedStepsAsync(ids)).Select(step => new ContentToCheck(step.Id, string.Join('\n',
            new[]
            {
                WishStepStore.NoteOf(personalData, step.Id, step.Note),
                WishStepStore.PlaceOf(personalData, step.Id, step.Place),
            }.Where(text => text.Length > 0)))),
    ];

    public ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel) =>
        ValueTask.FromResult<ApplyVerdict>((_, _) => Task.CompletedTask);
}
