using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Threads;

/// <summary>The wire of threads.proto: what its parties read and write here, reports in the other part.</summary>
public sealed partial class ThreadService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, SecurityEvents events,
    IOptions<ThreadOptions> options, TimeProvider clock)
    : Wire.ThreadService.ThreadServiceBase
{
    private const int ThreadsDefault = 20;
    private const int ThreadsMax = 50;
    private const int MessagesDefault = 30;
    private const int MessagesMax = 100;
    private const int UnreadMax = 100;

    public override async Task<Wire.GetThreadResponse> GetThread(Wire.GetThreadRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("thread_id", request.ThreadId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.GetThreadResponse
        {
            Thread = await database.ReadAsync(
                async db => await ToWireAsync(db, call, await SeeAsync(db, call, id, tree), tree),
                context.CancellationToken),
        };
    }

    public override async Task<Wire.ListMyThreadsResponse> ListMyThreads(
        Wire.ListMyThreadsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var caller = call.Caller;
        var size = PageToken.Size(request.PageSize, ThreadsDefault, ThreadsMax);
        var from = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (rows, titles) = await database.ReadAsync(async db =>
        {
            var rows = await db.ListThreadsAsync(caller.PersonId, from, size + 1);
            return (rows, await db.ListWishesAsync(rows.Select(r => r.WishId), caller.PersonId, call.Now));
        }, context.CancellationToken);
        var wishes = titles.ToDictionary(w => w.Id);
        var threads = rows.Take(size).Select(row => (Row: row, Relation: row.RelationOf(caller, call.Now)))
            .Where(t => t.Relation != Relation.None)
            .Select(t => ToWire(
                t.Row, t.Relation, TitleOf(wishes.GetValueOrDefault(t.Row.WishId), call, tree), report: null, call.Now));
        return new Wire.ListMyThreadsResponse
        {
            Threads = { threads },
            NextPageToken = rows.Count > size ? $"{new PageToken(rows[size - 1].LastAt, rows[size - 1].Id)}" : "",
        };
    }

    public override async Task<Wire.ListMessagesResponse> ListMessages(
        Wire.ListMessagesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("thread_id", request.ThreadId);
        var size = PageToken.Size(request.PageSize, MessagesDefault, MessagesMax);
        var from = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (sight, messages) = await database.ReadAsync(async db => (
            await SeeAsync(db, call, id, tree),
            await db.ListMessagesAsync(id, call.Caller.PersonId, from, size + 1)),
            context.CancellationToken);
        return new Wire.ListMessagesResponse
        {
            Messages =
            {
                messages.Take(size).Select(
                    m => m.ToWire(personalData, sight.Thread, call.Caller.PersonId, sight.Side)),
            },
            NextPageToken = Next(messages, size),
        };
    }

    public override async Task<Wire.SendMessageResponse> SendMessage(
        Wire.SendMessageRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("thread_id", request.ThreadId);
        var text = Faults.TextOf("text", request.Text, 1, Message.TextLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var (thread, relation, side) = await SeeAsync(db, call, id, tree);
            thread.DemandOpen(call.Now);
            if (thread.NameAcross(side) is null)
            {
                throw Refuse.Premature("THREAD_UNREACHABLE", "对方还没有注册，暂时收不到留言。");
            }

            if (!await db.TakeAsync(new Limit("thread-message", options.Value.MessagesMax, TimeSpan.FromDays(1)),
                Person(call), call.Now))
            {
                throw Refuse.Exhausted("MESSAGES_TOO_MANY", "今天写得太多了，请明天再写。");
            }

            var messageId = clock.NewId();
            var message = new Message
            {
                Id = messageId,
                ThreadId = id,
                SentAt = call.Now,
                AuthorId = call.Caller.PersonId,
                AuthorName = call.Caller.ShownName,
                Side = side,
                Text = Message.Seal(personalData, messageId, text),
                State = ContentState.Waiting,
            };
            await db.AddMessageAsync(thread, message);
            db.QueueContentCheck(ContentPiece.By(
                call, ContentKind.Message, messageId, thread.UnitId, partOf: id, staffOnly: thread.IsSealed));
            db.Record(Entry(call, "THREAD_MESSAGE_SENT", thread, relation, new
            {
                thread.WishId,
                messageId,
                side = $"{side}",
                text = personalData.Hash(text),
            }));
            return new Wire.SendMessageResponse
            {
                Message = message.ToWire(personalData, thread, call.Caller.PersonId, side),
            };
        }, again: async (db, first) =>
        {
            await SeeAsync(db, call, id, tree);
            return first;
        });
    }

    public override async Task<Wire.MarkThreadReadResponse> MarkThreadRead(
        Wire.MarkThreadReadRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("thread_id", request.ThreadId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.MarkThreadReadResponse
        {
            Unread = await database.HousekeepAsync(async db =>
            {
                var (thread, _, _) = await SeeAsync(db, call, id, tree);
                if (request.Number < 1 || request.Number > thread.Shown)
                {
                    throw Refuse.Invalid(
                        "MESSAGE_NUMBER", "没有这条留言。", new FieldFault("number", "超出范围。"));
                }

                await db.MarkReadAsync(call.Caller.PersonId, id, request.Number, call.Now);
                return UnreadOf((await db.FindThreadAsync(id, call.Caller.PersonId))!);
            }, context.CancellationToken),
        };
    }

    public override async Task<Wire.AgreeToShowContactsResponse> AgreeToShowContacts(
        Wire.AgreeToShowContactsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("thread_id", request.ThreadId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var sight = await SeeAsync(db, call, id, tree);
            sight.Thread.DemandOpen(call.Now);
            var agreed = sight.Thread.Agreed(sight.Side, call.Now);
            await db.AgreeAsync(sight.Thread, agreed);
            db.Record(Entry(call, "THREAD_CONTACTS_AGREED", agreed, sight.Relation, new
            {
                agreed.WishId,
                side = $"{sight.Side}",
                both = agreed.ShowsContacts,
            }));
            return new Wire.AgreeToShowContactsResponse
            {
                Thread = await ToWireAsync(db, call, sight with { Thread = agreed }, tree),
            };
        }, again: async (db, first) => new Wire.AgreeToShowContactsResponse
        {
            Thread = await ToWireAsync(db, call, await SeeAsync(db, call, id, tree), tree),
        });
    }

    /// <summary>The thread as the caller stands to it; missing unless they are a party of it.</summary>
    private static async Task<Sight> SeeAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var thread = await db.FindThreadAsync(id, call.Caller.PersonId) ?? throw Unknown();
        var relation = thread.RelationOf(call.Caller, call.Now);
        if (relation == Relation.None)
        {
            throw Unknown();
        }

        call.Demand(relation, tree.Get(thread.UnitId).Path);
        return new Sight(thread, relation, Thread.SideOf(relation));
    }

    private async Task<Wire.Thread> ToWireAsync(DbSession db, Call call, Sight sight, UnitTree tree)
    {
        var wish = (await db.ListWishesAsync([sight.Thread.WishId], call.Caller.PersonId, call.Now)).SingleOrDefault();
        var report = await db.FindReportAsync(sight.Thread.Id, call.Caller.PersonId);
        return ToWire(sight.Thread, sight.Relation, TitleOf(wish, call, tree), report?.ToWire(personalData), call.Now);
    }

    private static Wire.Thread ToWire(
        Thread thread, Relation relation, string title, Wire.ThreadReport? report, DateTime now)
    {
        var side = Thread.SideOf(relation);
        return new Wire.Thread
        {
            Id = $"{thread.Id}",
            WishId = $"{thread.WishId}",
            WishTitle = title,
            Side = (Wire.ThreadSide)side,
            OtherName = thread.NameAcross(side) ?? "",
            Open = thread.IsOpen(now),
            ClosesAt = thread.ClosesAt is { } at ? Timestamp.FromDateTime(at) : null,
            Agreed = thread.AgreedAt(side) is not null,
            OtherAgreed = thread.AgreedAt(side == ThreadSide.Wisher ? ThreadSide.Claimer : ThreadSide.Wisher) is not null,
            Unread = UnreadOf(thread),
            Report = report,
        };
    }

    private string TitleOf(Wish? wish, Call call, UnitTree tree) =>
        wish is null ? "" : WishSight.Of(wish, tree, call).Listed(personalData).Title;

    private static int UnreadOf(Thread thread) => (int)Math.Min(thread.Unread, UnreadMax);

    private static string Next(List<Message> messages, int size) =>
        messages.Count > size ? $"{new PageToken(messages[size - 1].SentAt, messages[size - 1].Id)}" : "";

    private byte[] Person(Call call) => personalData.Index("thread", $"{call.Caller.PersonId}");

    private static JournalEntry Entry(Call call, string kind, Thread thread, Relation relation, object detail) =>
        JournalEntry.By(
            call,
            (relation & Relation.Claimer) != 0 ? "claimer" : (relation & Relation.Maker) != 0 ? "maker" : "beneficiary",
            kind, "thread", thread.Id, thread.UnitId, detail);

    private static RefusedException Unknown() => Refuse.Missing("THREAD_UNKNOWN", "没有找到这段对话。");

    /// <summary>A thread as one caller stands to it.</summary>
    private sealed record Sight(Thread Thread, Relation Relation, ThreadSide Side);
}
