using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Inbox;

/// <summary>
/// Puts what happened into the inboxes of those whom it concerns, entry by entry as the journal numbers them. How far it is
/// moves in the transaction of the items: after a crash, and in however many copies, each entry is told once.
/// </summary>
public sealed partial class InboxJob(
    Database database, InboxOptions options, TimeProvider clock, ILogger<InboxJob> log) : IJob
{
    private const int EntriesMax = 200;
    private const int BatchesMax = 10;

    /// <summary>Where entries on wishes and activities count their moves.</summary>
    private const string StepField = "step";

    private readonly HashSet<string> _unknown = [];

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var (batch, done) = (0, 1); batch < BatchesMax && done > 0; batch++, total += done)
        {
            done = await database.HousekeepAsync(FollowAsync, cancel);
        }

        return total;
    }

    /// <summary>One transaction.</summary>
    /// <returns>How many entries it was about; 0 when there is nothing.</returns>
    public async Task<int> FollowAsync(DbSession db)
    {
        var head = await db.LockFollowedAsync();
        var entries = new List<SealedEntry>();
        await foreach (var entry in db.StreamSealedAsync(
            head.Number, head.Number + (head.ToldTo is null ? EntriesMax : 1)))
        {
            entries.Add(entry);
        }

        if (entries.Count == 0)
        {
            return 0;
        }

        var part = await InboxPart.ReadAsync(db, head, entries, Tellings(entries));
        var now = clock.Now();
        var told = await TellAsync(db, part, now);
        if (told.Count > 0)
        {
            await PutAsync(db, told, now);
        }

        return await db.MoveFollowedAsync(head, part.Next) ? part.Entries : throw new ConflictException();
    }

    private List<Telling> Tellings(List<SealedEntry> entries) =>
    [
        .. entries.SelectMany(entry =>
        {
            if (InboxRules.ByKind.TryGetValue(entry.Kind, out var rules))
            {
                var detail = new EntryDetail(entry);
                return rules.Where(rule => rule.When(detail)).Select(rule => new Telling(entry, detail, rule));
            }

            if (!InboxRules.Nobody.Contains(entry.Kind) && _unknown.Add(entry.Kind))
            {
                LogUnknown(entry.Kind);
            }

            return [];
        }),
    ];

    /// <summary>
    /// Who is told what; each person of one entry once. In the order of what happened: entries of one millisecond are
    /// numbered in any.
    /// </summary>
    private async Task<List<Told>> TellAsync(DbSession db, InboxPart part, DateTime now)
    {
        var audiences = await Audiences.ReadAsync(db, part.Tellings, part.Followers, now);
        return
        [
            // What an act brought besides has no step, and comes after it.
            .. part.Tellings.OrderBy(t => t.Entry.At).ThenBy(t => t.Detail.Number(StepField) ?? int.MaxValue)
                .ThenBy(t => t.Entry.Number)
                .SelectMany(t => audiences.Of(t).Select(person => (Telling: t, Person: person)))
                .DistinctBy(told => (told.Telling.Entry.Number, told.Person))
                .Select(told => new Told(
                    ItemOf(told.Telling, told.Person), OwnDoing: told.Person == told.Telling.Entry.ActorId)),
        ];
    }

    private InboxItem ItemOf(Telling telling, Guid person)
    {
        var (entry, detail, rule) = (telling.Entry, telling.Detail, telling.Rule);
        var opens = rule.Opens is { } other && detail.Id(other.Field) is { } id
            ? (other.Subject, id)
            : (entry.Subject, entry.SubjectId);
        return new InboxItem
        {
            Id = clock.NewId(),
            PersonId = person,
            Subject = opens.Item1,
            SubjectId = opens.Item2,
            Topic = rule.Topic,
            Kind = entry.Kind,
            Audience = rule.To,
            Amount = detail.Number(InboxRules.AmountField),
            Number = entry.Number,
            At = entry.At,
            Times = 1,
            Important = rule.Important,
            Unread = true,
        };
    }

    /// <summary>Merges with what is not read yet, and queues the messages that tell of it.</summary>
    private async Task PutAsync(DbSession db, List<Told> told, DateTime now)
    {
        var items = told.ConvertAll(t => t.Item);
        var reach = await db.ListReachAsync(items.Select(i => i.PersonId));
        var since = items.Min(i => i.At) - InboxItem.MergedWithin;
        var open = (await db.ListOpenItemsAsync(
                [
                    .. items.Select(i => (i.PersonId, i.SubjectId)).Distinct()
                        .Select(key => new { key.PersonId, key.SubjectId }),
                ], since))
            .GroupBy(i => (i.PersonId, i.SubjectId)).ToDictionary(g => g.Key, g => g.MaxBy(i => i.Number)!);
        var messages = await MessageQueue.ReadAsync(db, open.Values, now);
        var (added, grown) = (new Dictionary<Guid, InboxItem>(), new Dictionary<Guid, InboxItem>());
        // Whoever is gone by now is told nothing.
        foreach (var (next, ownDoing) in told.Where(t => reach.ContainsKey(t.Item.PersonId)))
        {
            var key = (next.PersonId, next.SubjectId);
            var item = open.TryGetValue(key, out var before) && before.Takes(next) ? before.With(next) : next;
            open[key] = item;
            (item.Id == next.Id || added.ContainsKey(item.Id) ? added : grown)[item.Id] = item;
            // Nobody needs a message of what they did themself.
            var by = ownDoing ? null : reach[next.PersonId].By(next.Topic, next.Important, options);
            messages.Tell(item, next, by, clock.NewId());
        }

        db.QueueItems(added.Values);
        foreach (var item in grown.Values)
        {
            db.QueueGrown(item);
        }

        messages.Queue(db);
    }

    private sealed record Told(InboxItem Item, bool OwnDoing);

    [LoggerMessage(LogLevel.Warning, "Inboxes know nothing of entries of kind {Kind}: nobody is told of them")]
    private partial void LogUnknown(string kind);
}
