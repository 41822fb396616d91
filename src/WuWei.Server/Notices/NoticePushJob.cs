using System.Diagnostics;
using WuWei.Data;
using WuWei.Inbox;
using WuWei.Jobs;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Notices;

/// <summary>
/// Queues the messages that tell of a notice, some people at a time, home by home; spread over time, so that providers and
/// what is for one person only are not crowded out. The notice itself is in all inboxes without it.
/// </summary>
public sealed class NoticePushJob(Database database, Units units, InboxOptions options, TimeProvider clock) : IJob
{
    private const int PeopleMax = 500;
    private static readonly TimeSpan RunsFor = TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var began = Stopwatch.GetTimestamp();
        var total = 0;
        while (Stopwatch.GetElapsedTime(began) < RunsFor
            && await database.HousekeepAsync(db => StepAsync(db, tree), cancel) is { } looked)
        {
            total += looked;
        }

        return total;
    }

    /// <returns>At how many people it looked; null when there is nothing to do.</returns>
    private async Task<int?> StepAsync(DbSession db, UnitTree tree)
    {
        var now = clock.Now();
        if (await db.NextPushAsync(now) is not { } push)
        {
            return null;
        }

        var notice = await db.FindNoticeAsync(push.NoticeId, Guid.Empty) ?? throw new ConflictException();
        var (after, people) = notice.StateAt(now) == NoticeState.Live
            ? await NextAsync(db, tree, notice, push, now)
            : (push with { Done = true }, []);
        var deliveries = await DeliveriesAsync(db, notice, people, push.Queued, now);
        db.QueueDeliveries(deliveries);
        after = after with { LookedAt = push.LookedAt + people.Count, Queued = push.Queued + deliveries.Count };
        return await db.MovePushAsync(push, after) ? people.Count : throw new ConflictException();
    }

    /// <summary>The next people, and how far that is: a unit is done when it has no more of them.</summary>
    private static async Task<(Push After, List<Guid> People)> NextAsync(
        DbSession db, UnitTree tree, Notice notice, Push push, DateTime now)
    {
        var audience = (await db.ListAudiencesAsync([new { notice.Id }])).Select(a => a.UnitId);
        var people = new List<Guid>();
        foreach (var home in NoticeArea.Homes(tree, NoticeArea.Today(tree, audience)).Where(h => h >= push.UnitDone))
        {
            var from = home == push.UnitDone ? push.PersonDone : Guid.Empty;
            var room = PeopleMax - people.Count;
            var some = await db.ListPeopleAtHomeAsync(home, notice.Roles, now, from, room);
            people.AddRange(some);
            if (some.Count == room)
            {
                return (push with { UnitDone = home, PersonDone = some[^1] }, people);
            }
        }

        return (push with { Done = true }, people);
    }

    private async Task<List<Delivery>> DeliveriesAsync(
        DbSession db, Notice notice, List<Guid> people, int queued, DateTime now)
    {
        var deliveries = new List<Delivery>();
        foreach (var reach in (await db.ListReachAsync(people)).Values)
        {
            if (reach.By(InboxTopic.Notice, notice.Important, options) is { } channel)
            {
                var wait = TimeSpan.FromMinutes((double)(queued + deliveries.Count) / options.BulkPerMinute);
                var due = notice.PublishAt + wait;
                deliveries.Add(new Delivery
                {
                    Id = clock.NewId(),
                    PersonId = reach.PersonId,
                    Channel = channel,
                    Topic = InboxTopic.Notice,
                    Source = DeliverySource.Other,
                    SourceId = notice.Id,
                    Text = notice.Title,
                    At = notice.PublishAt,
                    State = DeliveryState.Waiting,
                    Bulk = true,
                    DueAt = due > now ? Clock.Micro(due) : now,
                });
            }
        }

        return deliveries;
    }
}
