using WuWei.Calls;
using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Inbox;

/// <summary>
/// Something that is in inboxes without an item for each person: found when somebody looks, by who they are and where they
/// live.
/// </summary>
public interface IInboxSource
{
    /// <summary>What there is for somebody now, newest first.</summary>
    Task<List<InboxLine>> ListAsync(
        DbSession db, UnitTree tree, Caller caller, DateTime now, bool unreadOnly, PageToken after, int countMax);

    Task<int> CountUnreadAsync(DbSession db, UnitTree tree, Caller caller, DateTime now);

    /// <summary>They have read those of these that are for them; or, without any, all up to a time.</summary>
    Task MarkReadAsync(
        DbSession db, UnitTree tree, Caller caller, DateTime now, IReadOnlyList<Guid> ids, DateTime? upTo);

    /// <summary>Whether a message that tells of it is still to go out: it is there, and not read.</summary>
    Task<bool> IsWantedAsync(DbSession db, Guid id, Guid personId, DateTime now);
}
