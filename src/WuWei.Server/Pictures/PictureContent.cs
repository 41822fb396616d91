using WuWei.ContentChecks;
using WuWei.Data;

namespace WuWei.Pictures;

/// <summary>Shows pictures to whoever checks them, and stores the verdict.</summary>
public sealed class PictureContent(PictureLinks links) : IContentOwner
{
    public ContentKind Kind => ContentKind.Picture;

    public async Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids) =>
        [.. (await db.ListPicturesAsync(ids)).Select(p => new ContentToCheck(p.Id, "", links.ForCheck(p)))];

    public ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel) =>
        ValueTask.FromResult<ApplyVerdict>((db, verdict) => db.SetPictureStateAsync(verdict.Id, verdict.State));
}
