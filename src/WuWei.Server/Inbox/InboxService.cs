using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.WeChat;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Inbox;

/// <summary>The wire of inbox.proto. All of it is the caller's own.</summary>
public sealed class InboxService(
    Database database, Units units, IEnumerable<IInboxSource> sources, InboxOptions options, KeyedWriter writer)
    : Wire.InboxService.InboxServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 100;
    private const int IdsMax = 100;
    private const int TemplatesMax = 3;
    private const int RowsMax = 500;

    public override async Task<Wire.ListInboxResponse> ListInbox(
        Wire.ListInboxRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        var lines = await database.ReadAsync(async db =>
        {
            var found = (await db.ListItemsAsync(call.Caller.PersonId, request.UnreadOnly, after, size + 1))
                .Select(LineOf).ToList();
            foreach (var source in sources)
            {
                found.AddRange(await source.ListAsync(
                    db, tree, call.Caller, call.Now, request.UnreadOnly, after, size + 1));
            }

            return found;
        }, context.CancellationToken);
        List<InboxLine> page =
            [.. lines.OrderByDescending(l => l.At).ThenByDescending(l => $"{l.Id}", StringComparer.Ordinal)];
        return new Wire.ListInboxResponse
        {
            Items = { page.Take(size).Select(ToWire) },
            NextPageToken = page.Count > size ? $"{new PageToken(page[size - 1].At, page[size - 1].Id)}" : "",
        };
    }

    public override async Task<Wire.CountUnreadResponse> CountUnread(
        Wire.CountUnreadRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unread = await database.ReadAsync(async db =>
        {
            var count = await db.CountUnreadAsync(call.Caller.PersonId);
            foreach (var source in sources)
            {
                count += await source.CountUnreadAsync(db, tree, call.Caller, call.Now);
            }

            return count;
        }, context.CancellationToken);
        return new Wire.CountUnreadResponse { Unread = Math.Min(unread, InboxStore.UnreadMax) };
    }

    public override async Task<Wire.MarkReadResponse> MarkRead(Wire.MarkReadRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var upTo = Faults.TimeOf("up_to", request.UpTo);
        if (request.Ids.Count > IdsMax || (request.Ids.Count == 0 && upTo is null))
        {
            throw Refuse.Invalid(
                "INBOX_INVALID", $"请选择 1 到 {IdsMax} 条，或一个时间。", new FieldFault("ids", "条数不对。"));
        }

        var ids = request.Ids.Select(id => Faults.IdOf("ids", id)).Distinct().ToList();
        var tree = await units.TreeAsync(context.CancellationToken);
        await database.HousekeepAsync(async db =>
        {
            foreach (var id in ids)
            {
                db.QueueRead(call.Caller.PersonId, id);
            }

            foreach (var source in sources)
            {
                await source.MarkReadAsync(db, tree, call.Caller, call.Now, ids, upTo);
            }

            return true;
        }, context.CancellationToken);
        if (upTo is { } time)
        {
            await database.RepeatAsync(
                RowsMax, (db, rows) => db.MarkReadAsync(call.Caller.PersonId, time, rows), context.CancellationToken);
        }

        return new Wire.MarkReadResponse();
    }

    public override async Task<Wire.GetInboxPreferencesResponse> GetInboxPreferences(
        Wire.GetInboxPreferencesRequest request, ServerCallContext context)
    {
        var reach = await database.ReadAsync(
            db => db.GetReachAsync(context.Call().Caller.PersonId), context.CancellationToken);
        return new Wire.GetInboxPreferencesResponse
        {
            Preferences = ToWire(reach.WechatOff, reach.SmsOff, reach.Digest),
            Templates = { options.Templates.Select(t => ToWire(t, reach)) },
        };
    }

    public override Task<Wire.SetInboxPreferencesResponse> SetInboxPreferences(
        Wire.SetInboxPreferencesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var asked = request.Preferences ?? new Wire.InboxPreferences();
        var faults = new Faults();
        var (weChatOff, smsOff) = (Bits("wechat_off", asked.WechatOff), Bits("sms_off", asked.SmsOff));
        faults.ThrowIfAny("INBOX_INVALID", "提醒设置不对。");
        return writer.WriteAsync(context, request, db =>
        {
            db.QueuePreference(call.Caller.PersonId, weChatOff, smsOff, asked.Digest);
            db.Record(Entry(call, "INBOX_PREFERENCES_SET", new { weChatOff, smsOff, asked.Digest }));
            return Task.FromResult(new Wire.SetInboxPreferencesResponse
            {
                Preferences = ToWire(weChatOff, smsOff, asked.Digest),
            });
        }, again: (_, first) => Task.FromResult(first));

        int Bits(string field, IReadOnlyCollection<Wire.InboxTopic> topics)
        {
            var bits = 0;
            foreach (var topic in topics.Take(Enum.GetValues<InboxTopic>().Length + 1))
            {
                var bit = Reach.Bit(faults.Enum<InboxTopic>(field, (int)topic));
                if ((bits & bit) != 0)
                {
                    faults.Add(field, "同一类只能选一次。");
                }

                bits |= bit;
            }

            return bits;
        }
    }

    public override Task<Wire.AllowMessagesResponse> AllowMessages(
        Wire.AllowMessagesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var me = call.Caller.PersonId;
        if (request.TemplateIds.Count is 0 or > TemplatesMax)
        {
            throw Refuse.Invalid(
                "INBOX_INVALID", $"一次 1 到 {TemplatesMax} 个模板。", new FieldFault("template_ids", "个数不对。"));
        }

        var templates = request.TemplateIds.Distinct().Select(id =>
            options.Templates.FirstOrDefault(t => t.AppId == request.AppId && t.Id == id)
            ?? throw Refuse.Invalid(
                "TEMPLATE_UNKNOWN", "没有这个消息模板。", new FieldFault("template_ids", "没有这个模板。"))).ToList();
        return writer.WriteAsync(context, request, async db =>
        {
            _ = await db.FindBindingAsync(request.AppId, me)
                ?? throw Refuse.Missing("WECHAT_NOT_BOUND", "你没有在这里绑定微信。");
            foreach (var template in templates)
            {
                db.QueueAllowed(me, template.AppId, template.Id, call.Now);
            }

            db.Record(Entry(call, "MESSAGES_ALLOWED", new { request.AppId, templates = templates.Select(t => t.Id) }));
            var reach = await db.GetReachAsync(me);
            return new Wire.AllowMessagesResponse
            {
                Templates =
                {
                    templates.Select(t =>
                    {
                        var wire = ToWire(t, reach);
                        wire.Remaining = Math.Min(wire.Remaining + 1, Allowance.RemainingMax);
                        return wire;
                    }),
                },
            };
        }, again: (_, first) => Task.FromResult(first));
    }

    private static JournalEntry Entry(Call call, string kind, object detail) =>
        JournalEntry.By(call, "self", kind, "person", call.Caller.PersonId, null, detail);

    private static InboxLine LineOf(InboxItem item) => new(
        item.Id, item.Topic, InboxRules.Words(item), item.Kind, item.Subject, item.SubjectId, item.At, item.Times,
        item.Important, !item.Unread);

    private static Wire.InboxItem ToWire(InboxLine line) => new()
    {
        Id = $"{line.Id}",
        Topic = (Wire.InboxTopic)line.Topic,
        Text = line.Text,
        Event = line.Event,
        Subject = line.Subject,
        SubjectId = $"{line.SubjectId}",
        At = Timestamp.FromDateTime(line.At),
        Times = line.Times,
        Important = line.Important,
        Read = line.Read,
    };

    private static Wire.InboxPreferences ToWire(int weChatOff, int smsOff, bool digest) => new()
    {
        WechatOff = { Reach.Topics(weChatOff).Select(t => (Wire.InboxTopic)t) },
        SmsOff = { Reach.Topics(smsOff).Select(t => (Wire.InboxTopic)t) },
        Digest = digest,
    };

    private static Wire.MessageTemplate ToWire(TemplateOptions template, Reach reach) => new()
    {
        AppId = template.AppId,
        TemplateId = template.Id,
        Topics = { template.Topics.Select(t => (Wire.InboxTopic)t) },
        Remaining = reach.Allowed
            .FirstOrDefault(a => a.AppId == template.AppId && a.TemplateId == template.Id)?.Remaining ?? 0,
    };
}
