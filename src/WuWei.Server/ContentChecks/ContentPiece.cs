using WuWei.Calls;

namespace WuWei.ContentChecks;

/// <summary>A text or a picture of somebody who is not staff, as it was just stored.</summary>
/// <param name="Id">By which its slice finds it; of an edited one the same as before.</param>
/// <param name="UnitId">Whose staff look at it when no machine passes it; empty while nobody's.</param>
/// <param name="Channel">Whoever writes in the mini program is in it, which WeChat wants of an author.</param>
public sealed record ContentPiece(
    ContentKind Kind, Guid Id, Guid UnitId, Guid AuthorId, Channel Channel, DateTime At)
{
    /// <summary>What the caller writes right now.</summary>
    public static ContentPiece By(Call call, ContentKind kind, Guid id, Guid unitId) =>
        new(kind, id, unitId, call.Caller.PersonId, call.Channel, call.Now);
}
