using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>What activities say, for whoever checks it.</summary>
public sealed class ActivityTexts(PersonalData personalData) : IContentOwner
{
    public ContentKind Kind => ContentKind.Activity;

    public async Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids)
    {
        var activities = await db.ListActivityTextsAsync(ids);
        var roles = (await db.ListRoleNamesAsync(ids)).ToLookup(r => r.ActivityId, r => r.Name);
        return
        [
            .. activities.Select(a => new ContentToCheck(a.Id, string.Join('\n', new[]
            {
                a.Title, a.Text, a.Place, ActivityContact.Of(a, personalData)?.Name ?? "",
            }.Concat(roles[a.Id]).Where(text => text.Length > 0)))),
        ];
    }

    public ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel) => ValueTask.FromResult<ApplyVerdict>(
        async (db, verdict) =>
        {
            if (await db.FindActivityAsync(verdict.Id, callerId: Guid.Empty) is { } activity)
            {
                await db.MarkActivityContentAsync(activity, verdict.State);
            }
        });
}
