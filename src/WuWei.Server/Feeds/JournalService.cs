using Google.Protobuf.Collections;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Feeds;

/// <summary>The wire of journal.proto.</summary>
public sealed class JournalService(Feed feed, FeedReader reader, FeedReaches reaches, Streams streams, TimeProvider clock)
    : Wire.JournalService.JournalServiceBase
{
    private const int StreamsMax = 5;
    private const int MessageMax = 100;
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 500;

    /// <summary>Numbers that are not for a follower, after which they hear how far they are.</summary>
    private const int SkippedMax = 2_000;

    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    public override async Task Follow(
        Wire.FollowRequest request, IServerStreamWriter<Wire.FollowResponse> responseStream, ServerCallContext context)
    {
        var call = Demanded(context);
        var topics = Topics(request.Topics);
        using var place = streams.Enter(call.Caller.PersonId, StreamsMax);
        var seen = request.HasAfter
            ? await StartAsync(request.After, call.Until)
            : (await feed.HeadAsync(call.Until)).Number;
        var (told, toldAt) = (-1L, clock.Now());
        while (true)
        {
            var reach = (await reaches.OfAsync(call, call.Until)).Only(topics);
            var batch = await reader.NextAsync(reach, seen, MessageMax, call.Until);
            seen = batch.SeenUntil;
            if (batch.Entries.Count > 0 || told < 0 || seen - told >= SkippedMax
                || (batch.AtHead && clock.Now() - toldAt >= SilenceMax))
            {
                // Waits while the reader does not take what was sent: nothing is read ahead of them.
                await responseStream.WriteAsync(
                    new Wire.FollowResponse { Entries = { batch.Entries }, SeenUntil = seen }, call.Until);
                (told, toldAt) = (seen, clock.Now());
            }

            if (batch.AtHead)
            {
                await Task.Delay(Feed.LookedAtEvery, call.Until);
            }
        }
    }

    public override async Task<Wire.GetResponse> Get(Wire.GetRequest request, ServerCallContext context)
    {
        var call = Demanded(context);
        var topics = Topics(request.Topics);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        if (request.Until != 0 && request.Until < request.After)
        {
            throw Range();
        }

        var seen = await StartAsync(request.After, context.CancellationToken);
        var reach = (await reaches.OfAsync(call, context.CancellationToken)).Only(topics);
        var batch = await reader.NextAsync(
            reach, seen, size, context.CancellationToken, request.Until == 0 ? long.MaxValue : request.Until);
        return new Wire.GetResponse { Entries = { batch.Entries }, SeenUntil = batch.SeenUntil, Head = batch.Head };
    }

    public override async Task<Wire.HeadResponse> Head(Wire.HeadRequest request, ServerCallContext context)
    {
        Demanded(context);
        var head = await feed.HeadAsync(context.CancellationToken);
        return new Wire.HeadResponse { Number = head.Number, Hash = Convert.ToHexStringLower(head.Hash) };
    }

    /// <summary>A reader sees what is theirs and nothing else, so there is nothing that could be refused.</summary>
    private static Call Demanded(ServerCallContext context)
    {
        var call = context.Call();
        if (call.Partner is null)
        {
            call.DemandNothing();
        }
        else
        {
            call.DemandPartner();
        }

        return call;
    }

    /// <summary>Where a reader goes on, refused when this journal never was there.</summary>
    private async Task<long> StartAsync(long after, CancellationToken cancel)
    {
        if (after < 0)
        {
            throw Range();
        }

        // What is kept may be older than what the reader got from another copy of the server.
        if (after > (await feed.TailAsync(cancel)).To && after > (await feed.HeadAsync(cancel)).Number)
        {
            throw Refuse.Premature("JOURNAL_AHEAD", "这里的记录还没有到这个编号，请核对是不是连错了系统，或者这里恢复过备份。");
        }

        return after;
    }

    private static List<EntryTopic> Topics(RepeatedField<Wire.EntryTopic> asked) =>
        asked.Count <= Enum.GetValues<EntryTopic>().Length && asked.All(t => Faults.EnumOf<EntryTopic>((int)t) is not null)
            ? [.. asked.Select(t => (EntryTopic)t)]
            : throw Refuse.Invalid("JOURNAL_TOPIC", "没有这类记录。", new FieldFault("topics", "从列出的里面选，每类一次。"));

    private static RefusedException Range() => Refuse.Invalid(
        "JOURNAL_RANGE", "记录的编号不对。", new FieldFault("after", "从 0 起，不大于 until。"));
}
