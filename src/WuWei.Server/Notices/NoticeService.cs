using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Notices;

/// <summary>The wire of notices.proto: publishing, taking back, reading; the other part counts.</summary>
public sealed partial class NoticeService(
    Database database, Units units, PersonalData personalData, SecurityEvents events, KeyedWriter writer,
    TimeProvider clock)
    : Wire.NoticeService.NoticeServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 100;

    public override async Task<Wire.PublishNoticeResponse> PublishNotice(
        Wire.PublishNoticeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.GetOpen(Faults.IdOf("unit_id", request.UnitId));
        var (notice, audience) = Read(request, call, tree, unit);
        return await writer.WriteAsync(context, request, async db =>
        {
            call.Demand(Relation.None, unit.Path);
            if (audience.Any(a => !a.IsWithin(unit.Id)))
            {
                throw Refuse.Denied("NOTICE_OUT_OF_UNIT", "只能通知自己单位里的人。");
            }

            if (await db.CountOpenNoticesAsync(unit.Id, call.Now) >= Notice.OpenMax)
            {
                throw Refuse.Exhausted("NOTICES_TOO_MANY", $"一个单位最多同时有 {Notice.OpenMax} 条通知，请先撤回一些。");
            }

            List<Guid> to = [.. audience.Select(a => a.Id)];
            db.QueueNotice(notice, to);
            db.Record(JournalEntry.By(call, "staff", "NOTICE_PUBLISHED", "notice", notice.Id, unit.Id, new
            {
                audience = to,
                notice.Roles,
                notice.Important,
                notice.PublishAt,
                notice.ExpiresAt,
                title = personalData.Hash(notice.Title),
                text = personalData.Hash(notice.Text),
            }));
            return new Wire.PublishNoticeResponse { Notice = ToWire(notice, to, call.Now, withText: true) };
        }, again: (_, first) =>
        {
            call.Demand(Relation.None, unit.Path);
            return Task.FromResult(first);
        });
    }

    public override async Task<Wire.WithdrawNoticeResponse> WithdrawNotice(
        Wire.WithdrawNoticeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("notice_id", request.NoticeId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var notice = await DemandedAsync(db);
            notice.DemandOpen(call.Now);
            if (!await db.WithdrawNoticeAsync(id, call.Caller.PersonId, call.Now))
            {
                throw new ConflictException();
            }

            db.Record(JournalEntry.By(call, "staff", "NOTICE_WITHDRAWN", "notice", id, notice.UnitId, new { }));
            return new Wire.WithdrawNoticeResponse
            {
                Notice = ToWire(
                    notice with { WithdrawnAt = call.Now }, await AudienceAsync(db, id), call.Now, withText: false),
            };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<Notice> DemandedAsync(DbSession db)
        {
            var notice = await db.FindNoticeAsync(id, call.Caller.PersonId) ?? throw Notice.Unknown();
            call.Demand(Relation.None, tree.Get(notice.UnitId).Path);
            return notice;
        }
    }

    public override async Task<Wire.ListNoticesResponse> ListNotices(
        Wire.ListNoticesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        var me = call.Caller.PersonId;
        Func<DbSession, Task<List<Notice>>> list;
        if (request.UnitId.Length > 0)
        {
            var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
            call.DemandOversight(unit.Path);
            object[] of = [.. tree.WithMerged(unit).Select(id => new { Id = id })];
            list = db => db.ListNoticesOfAsync(of, me, after, size + 1);
        }
        else
        {
            call.DemandNothing();
            var reaching = NoticesInInbox.Reaching(tree, call.Caller);
            list = db => reaching.Count == 0
                ? Task.FromResult(new List<Notice>())
                : db.ListNoticesForAsync(
                    reaching, Notice.RolesOf(call.Caller, call.Now), me, call.Now, unreadOnly: false, after, size + 1);
        }

        var (page, audiences) = await database.ReadAsync(async db =>
        {
            var found = await list(db);
            object[] ids = [.. found.Take(size).Select(n => new { n.Id })];
            var to = ids.Length == 0 ? [] : await db.ListAudiencesAsync(ids);
            return (found, to.ToLookup(a => a.NoticeId, a => a.UnitId));
        }, context.CancellationToken);
        var last = page.Count > size ? page[size - 1] : null;
        return new Wire.ListNoticesResponse
        {
            Notices = { page.Take(size).Select(n => ToWire(n, audiences[n.Id], call.Now, withText: false)) },
            NextPageToken = last is null
                ? ""
                : $"{new PageToken(request.UnitId.Length > 0 ? last.MadeAt : last.PublishAt, last.Id)}",
        };
    }

    public override async Task<Wire.GetNoticeResponse> GetNotice(Wire.GetNoticeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("notice_id", request.NoticeId);
        var tree = await units.TreeAsync(context.CancellationToken);
        call.DemandNothing();
        var (notice, audience) = await database.ReadAsync(async db =>
        {
            var found = await db.FindNoticeAsync(id, call.Caller.PersonId) ?? throw Notice.Unknown();
            return (found, await AudienceAsync(db, id));
        }, context.CancellationToken);
        var mine = notice.StateAt(call.Now) == NoticeState.Live && notice.IsFor(Notice.RolesOf(call.Caller, call.Now))
            && NoticeArea.Reaching(tree, call.Caller.HomeUnitId).Intersect(audience).Any();
        if (!mine && !call.Oversees(tree.Get(notice.UnitId).Path))
        {
            throw Notice.Unknown();
        }

        if (mine && !notice.Seen)
        {
            await database.HousekeepAsync(db =>
            {
                db.QueueNoticeRead(id, call.Caller.PersonId, call.Caller.HomeUnitId!.Value, call.Now);
                return Task.FromResult(true);
            }, context.CancellationToken);
        }

        return new Wire.GetNoticeResponse
        {
            Notice = ToWire(notice with { Seen = mine || notice.Seen }, audience, call.Now, withText: true),
        };
    }

    private (Notice Notice, List<Unit> Audience) Read(
        Wire.PublishNoticeRequest request, Call call, UnitTree tree, Unit unit)
    {
        var faults = new Faults();
        if (request.AudienceUnitIds.Count > Notice.UnitsMax)
        {
            faults.Add("audience_unit_ids", $"最多 {Notice.UnitsMax} 个单位。");
        }

        var audience = request.AudienceUnitIds.Take(Notice.UnitsMax)
            .Select(id => tree.GetOpen(Faults.IdOf("audience_unit_ids", id))).DistinctBy(u => u.Id).ToList();
        if (request.Roles.Count > Enum.GetValues<Role>().Length || request.Roles.Distinct().Count() != request.Roles.Count)
        {
            faults.Add("roles", "同一种身份只能选一次。");
        }

        var roles = request.Roles.Take(Enum.GetValues<Role>().Length)
            .Select(r => faults.Enum<Role>("roles", (int)r)).ToList();
        var publishAt = Faults.TimeOf("publish_at", request.PublishAt) is { } asked && asked > call.Now ? asked : call.Now;
        if (publishAt > call.Now.AddDays(Notice.DaysMax))
        {
            faults.Add("publish_at", $"最多提前 {Notice.DaysMax} 天。");
            publishAt = call.Now;
        }

        var expiresAt = Faults.TimeOf("expires_at", request.ExpiresAt) ?? publishAt.AddDays(Notice.DaysDefault);
        if (expiresAt < publishAt + Notice.ShownMin || expiresAt > publishAt.AddDays(Notice.DaysMax))
        {
            faults.Add("expires_at", $"发布后至少 1 小时，最多 {Notice.DaysMax} 天。");
        }

        var notice = new Notice
        {
            Id = clock.NewId(),
            UnitId = unit.Id,
            Title = faults.Text("title", request.Title, Notice.WordsMin, Notice.TitleMax),
            Text = faults.Text("text", request.Text, Notice.WordsMin, Notice.TextMax, lines: true),
            // Everybody is a resident: that role asks for nothing.
            Roles = roles.Contains(Role.Resident) ? 0 : Notice.Bits(roles),
            Important = request.Important,
            PublishAt = publishAt,
            ExpiresAt = expiresAt,
            MadeBy = call.Caller.PersonId,
            MadeAt = call.Now,
        };
        faults.ThrowIfAny("NOTICE_INVALID", "通知的内容不对。");
        return (notice, audience.Count > 0 ? audience : [unit]);
    }

    private static async Task<List<Guid>> AudienceAsync(DbSession db, Guid id) =>
        [.. (await db.ListAudiencesAsync([new { Id = id }])).Select(a => a.UnitId)];

    private static Wire.Notice ToWire(Notice notice, IEnumerable<Guid> audience, DateTime now, bool withText) => new()
    {
        Id = $"{notice.Id}",
        UnitId = $"{notice.UnitId}",
        Title = notice.Title,
        Text = withText ? notice.Text : "",
        AudienceUnitIds = { audience.Select(id => $"{id}") },
        Roles = { Notice.RolesIn(notice.Roles).Select(r => (Wire.Role)r) },
        Important = notice.Important,
        PublishAt = Timestamp.FromDateTime(notice.PublishAt),
        ExpiresAt = Timestamp.FromDateTime(notice.ExpiresAt),
        State = (Wire.NoticeState)notice.StateAt(now),
        Read = notice.Seen,
    };
}
