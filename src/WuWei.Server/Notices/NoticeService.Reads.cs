using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Inbox;
using WuWei.Journal;
using WuWei.Organization;

namespace WuWei.Notices;

/// <summary>How many have read a notice, who has not, and how to call them.</summary>
public sealed partial class NoticeService
{
    private const int UnreadDefault = 50;
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;
    private static readonly Limit Reveals = new("reveal-notice", 60, TimeSpan.FromDays(1));

    public override async Task<Wire.CountNoticeReadsResponse> CountNoticeReads(
        Wire.CountNoticeReadsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var (notice, unit, area) = await FindAreaAsync(
            call, tree, request.NoticeId, request.UnitId, context.CancellationToken);
        object[] within = [.. area.Select(u => new { u.Id })];
        var (people, reads, push, messages) = await database.ReadAsync(async db => (
            await db.CountPeopleAsync(within, notice.Roles, call.Now), await db.CountNoticeReadsAsync(notice.Id),
            await db.FindPushAsync(notice.Id), await db.CountDeliveriesAsync(notice.Id)), context.CancellationToken);
        var homes = NoticeArea.Homes(tree, area).ToHashSet();
        var byUnit = people.Select(p => (p.UnitId, p.People, Read: 0))
            .Concat(reads.Where(r => homes.Contains(r.UnitId)).Select(r => (r.UnitId, People: 0, Read: r.People)))
            .GroupBy(c => NoticeArea.CountedIn(tree, unit, c.UnitId))
            .Select(g => new Wire.NoticeReads
            {
                UnitId = $"{g.Key}",
                People = g.Sum(c => c.People),
                Read = g.Sum(c => c.Read),
            }).OrderBy(u => u.UnitId, StringComparer.Ordinal).ToList();
        return new Wire.CountNoticeReadsResponse
        {
            People = byUnit.Sum(u => u.People),
            Read = byUnit.Sum(u => u.Read),
            Units = { byUnit },
            Push = new Wire.NoticePush
            {
                LookedAt = push?.LookedAt ?? 0,
                Done = push?.Done ?? false,
                Waiting = Count(DeliveryState.Waiting) + Count(DeliveryState.Sending),
                Sent = Count(DeliveryState.Sent),
                LeftOut = Count(DeliveryState.LeftOut),
                Failed = Count(DeliveryState.Dead) + Count(DeliveryState.Lost),
            },
        };

        int Count(DeliveryState state) => messages.Where(m => m.State == state).Sum(m => m.Deliveries);
    }

    public override async Task<Wire.ListNoticeUnreadResponse> ListNoticeUnread(
        Wire.ListNoticeUnreadRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var after = request.PageToken.Length == 0 ? Guid.Empty : PageToken.Read(request.PageToken).Id;
        var size = PageToken.Size(request.PageSize, UnreadDefault, PageSizeMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (notice, unit, area) = await FindAreaAsync(
            call, tree, request.NoticeId, request.UnitId, context.CancellationToken);
        DemandLive(notice, call.Now);
        // Of one home, so that a page never looks through a district; where the notice is for part of it, through that.
        unit.DemandHome();
        var page = new List<Unread>();
        foreach (var part in area)
        {
            page.AddRange(await database.ReadAsync(
                db => db.ListUnreadPeopleAsync(notice.Id, part.Id, notice.Roles, call.Now, after, size + 1),
                context.CancellationToken));
        }

        List<Unread> shown = [.. page.OrderBy(p => $"{p.Id}", StringComparer.Ordinal).Take(size)];
        return new Wire.ListNoticeUnreadResponse
        {
            People =
            {
                shown.Select(p => new Wire.NoticeUnread
                {
                    PersonId = $"{p.Id}",
                    ShownName = p.ShownName,
                    HasPhone = p.HasPhone,
                }),
            },
            NextPageToken = page.Count > size ? $"{new PageToken(DateTime.UnixEpoch, shown[^1].Id)}" : "",
        };
    }

    public override async Task<Wire.RevealNoticePhoneResponse> RevealNoticePhone(
        Wire.RevealNoticePhoneRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("notice_id", request.NoticeId);
        var personId = Faults.IdOf("person_id", request.PersonId);
        var reason = Faults.TextOf("reason", request.Reason, ReasonLengthMin, ReasonLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        var spent = false;
        try
        {
            return await writer.WriteUnkeptAsync(context, request, async db =>
            {
                var home = await DemandedAsync(db);
                var phone = await PhoneAsync(db);
                if (!await db.TakeAsync(Reveals, personalData.Index("reveal", $"{call.Caller.PersonId}"), call.Now))
                {
                    spent = true;
                    throw Refuse.Exhausted("REVEALS_TOO_MANY", "今天查看联系方式的次数用完了。");
                }

                db.Record(JournalEntry.By(call, "staff", "NOTICE_PHONE_REVEALED", "person", personId, home.Id, new
                {
                    noticeId = id,
                    reason = personalData.Hash(reason),
                }));
                return phone;
            }, read: async db =>
            {
                await DemandedAsync(db);
                return await PhoneAsync(db);
            });
        }
        catch (RefusedException) when (spent)
        {
            await events.NoteAsync(
                SecurityEvents.RevealQuotaSpent, call.Source, call.Caller.PersonId, call.Permission.Rpc);
            throw;
        }

        async Task<Unit> DemandedAsync(DbSession db)
        {
            var notice = await db.FindNoticeAsync(id, call.Caller.PersonId) ?? throw Notice.Unknown();
            var to = await db.FindAddresseeAsync(id, personId, notice.Roles, call.Now) ?? throw PersonStore.Unknown();
            var home = tree.Find(to.HomeUnitId) ?? throw PersonStore.Unknown();
            call.Demand(Relation.None, home.Path);
            DemandLive(notice, call.Now);
            var audience = NoticeArea.Today(tree, await AudienceAsync(db, id));
            return !audience.Any(a => home.IsWithin(a.Id)) ? throw PersonStore.Unknown()
                : to.Seen ? throw Refuse.Premature("NOTICE_SEEN", "这位居民已经看过通知了。")
                : home;
        }

        async Task<Wire.RevealNoticePhoneResponse> PhoneAsync(DbSession db) =>
            (await db.GetPersonAsync(personalData, personId)).Phone is { } phone
                ? new Wire.RevealNoticePhoneResponse { Phone = phone }
                : throw Refuse.Missing("CONTACT_NONE", "这位居民没有留电话。");
    }

    /// <summary>A notice, a unit that the caller oversees, and the part of the notice's audience that lies in it.</summary>
    private async Task<(Notice Notice, Unit Unit, IReadOnlyList<Unit> Area)> FindAreaAsync(
        Call call, UnitTree tree, string noticeId, string unitId, CancellationToken cancel)
    {
        var id = Faults.IdOf("notice_id", noticeId);
        var (notice, audience) = await database.ReadAsync(async db =>
        {
            var found = await db.FindNoticeAsync(id, call.Caller.PersonId) ?? throw Notice.Unknown();
            return (found, await AudienceAsync(db, id));
        }, cancel);
        var unit = tree.OpenOf(unitId.Length == 0 ? notice.UnitId : Faults.IdOf("unit_id", unitId));
        call.Demand(Relation.None, unit.Path);
        var area = NoticeArea.In(NoticeArea.Today(tree, audience), unit);
        return area.Count > 0 ? (notice, unit, area) : throw Notice.Unknown();
    }

    /// <summary>Nobody is called about what is still to come, is over or was taken back.</summary>
    private static void DemandLive(Notice notice, DateTime now)
    {
        notice.DemandOpen(now);
        if (notice.StateAt(now) == NoticeState.Scheduled)
        {
            throw Notice.Unknown();
        }
    }
}
