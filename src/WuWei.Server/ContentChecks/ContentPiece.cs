using WuWei.Calls;

namespace WuWei.ContentChecks;

/// <summary>A text or a picture of somebody who is not staff, as it was just stored.</summary>
/// <param name="Id">By which its slice finds it; of an edited one the same as before.</param>
/// <param name="UnitId">Whose staff look at it when no machine passes it; empty while nobody's.</param>
/// <param name="Channel">Whoever writes in the mini program is in it, which WeChat wants of an author.</param>
/// <param name="PartOf">The wish, activity or thread that it belongs to; null when it is an object of its own.</param>
/// <param name="StaffOnly">It belongs to what is confided to us: no company looks at it.</param>
public sealed record ContentPiece(
    ContentKind Kind, Guid Id, Guid UnitId, Guid AuthorId, Channel Channel, DateTime At, Guid? PartOf = null,
    bool StaffOnly = false)
{
    /// <summary>Whether somebody may read a text whose check says this.</summary>
    /// <param name="state">Null when it was never to be checked: staff wrote it.</param>
    /// <param name="overseer">They are staff or auditor over its unit.</param>
    public static bool IsReadable(ContentState? state, Guid? authorId, Caller caller, bool overseer) =>
        state is null or ContentState.Passed || overseer || (authorId is not null && authorId == caller.PersonId);

    /// <summary>Staff's own words are not checked, whatever else they are to the object.</summary>
    /// <param name="path">The unit of the object and its ancestors.</param>
    public static bool IsByStaff(Call call, IReadOnlyList<Guid> path) => call.Caller.Covers(Role.Staff, path, call.Now);

    /// <summary>What the caller writes right now.</summary>
    public static ContentPiece By(
        Call call, ContentKind kind, Guid id, Guid unitId, Guid? partOf = null, bool staffOnly = false) =>
        new(kind, id, unitId, call.Caller.PersonId, call.Channel, call.Now, partOf, staffOnly);
}
