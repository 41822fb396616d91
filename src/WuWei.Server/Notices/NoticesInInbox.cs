using WuWei.Calls;
using WuWei.Data;
using WuWei.Inbox;
using WuWei.Organization;

namespace WuWei.Notices;

/// <summary>
/// Notices in inboxes. None is written there: 170,000 rows would have to be written, and taken back at its end, and be
/// missing for whoever moves there later. Instead each reader asks for what the units on the path of their home have.
/// </summary>
public sealed class NoticesInInbox : IInboxSource
{
    public async Task<List<InboxLine>> ListAsync(
        DbSession db, UnitTree tree, Caller caller, DateTime now, bool unreadOnly, PageToken after, int countMax) =>
        Reaching(tree, caller) is { Count: > 0 } units
            ?
            [
                .. (await db.ListNoticesForAsync(
                    units, Notice.RolesOf(caller, now), caller.PersonId, now, unreadOnly, after, countMax)).Select(LineOf),
            ]
            : [];

    public async Task<int> CountUnreadAsync(DbSession db, UnitTree tree, Caller caller, DateTime now) =>
        Reaching(tree, caller) is { Count: > 0 } units
            ? await db.CountUnreadNoticesAsync(units, Notice.RolesOf(caller, now), caller.PersonId, now)
            : 0;

    public async Task MarkReadAsync(
        DbSession db, UnitTree tree, Caller caller, DateTime now, IReadOnlyList<Guid> ids, DateTime? upTo)
    {
        if (Reaching(tree, caller) is not { Count: > 0 } units)
        {
            return;
        }

        var unread = await db.ListNoticesForAsync(
            units, Notice.RolesOf(caller, now), caller.PersonId, now, unreadOnly: true, PageToken.Newest,
            NoticeStore.UnreadMax);
        foreach (var notice in unread.Where(n => ids.Contains(n.Id) || n.PublishAt <= upTo))
        {
            db.QueueNoticeRead(notice.Id, caller.PersonId, caller.HomeUnitId!.Value, now);
        }
    }

    public Task<bool> IsWantedAsync(DbSession db, Guid id, Guid personId, DateTime now) =>
        db.IsNoticeWantedAsync(id, personId, now);

    /// <summary>The units whose notices reach the caller, as rows of a statement.</summary>
    public static IReadOnlyList<object> Reaching(UnitTree tree, Caller caller) =>
        [.. NoticeArea.Reaching(tree, caller.HomeUnitId).Select(id => new { Id = id })];

    private static InboxLine LineOf(Notice notice) => new(
        notice.Id, InboxTopic.Notice, notice.Title, "NOTICE", "notice", notice.Id, notice.PublishAt, Times: 1,
        notice.Important, notice.Seen);
}
