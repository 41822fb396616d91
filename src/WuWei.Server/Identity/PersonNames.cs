using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Identity;

/// <summary>Full names as people gave them, for whoever checks them; without a home they wait for one.</summary>
public sealed class PersonNames(PersonalData personalData) : IContentOwner
{
    public ContentKind Kind => ContentKind.Name;

    public Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListNamesAsync(personalData, ids);

    public ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel) =>
        ValueTask.FromResult<ApplyVerdict>((db, verdict) => db.MarkNameAsync(verdict.Id, verdict.State));
}
