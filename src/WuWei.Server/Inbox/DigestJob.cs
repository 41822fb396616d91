using System.Globalization;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.Inbox;

/// <summary>Once a day, from an hour of China on, one message for each who chose so and has something to read.</summary>
public sealed class DigestJob(Database database, InboxOptions options, TimeProvider clock) : IJob
{
    private const int PeopleMax = 200;

    /// <summary>What came within this time before a digest is in it.</summary>
    public static readonly TimeSpan Looks = TimeSpan.FromDays(1);

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.Now();
        return Clock.InChina(now).Hour < options.DigestHour
            ? 0
            : await database.RepeatAsync(PeopleMax, (db, rows) => DigestAsync(db, now, rows), cancel);
    }

    private async Task<int> DigestAsync(DbSession db, DateTime now, int rows)
    {
        var today = Clock.Day(now);
        var due = await db.ListDigestsDueAsync(today, rows);
        if (due.Count == 0)
        {
            return 0;
        }

        var unread = (await db.CountUnreadAsync([.. due.Select(id => new { Id = id })], now - Looks))
            .ToDictionary(c => c.PersonId, c => c.Unread);
        var reach = await db.ListReachAsync(unread.Keys);
        var deliveries = new List<Delivery>();
        foreach (var person in due)
        {
            if (!await db.TakeDigestAsync(person, today))
            {
                // Another copy is at the same people.
                throw new ConflictException();
            }

            if (unread.TryGetValue(person, out var count)
                && reach.GetValueOrDefault(person)?.By(InboxTopic.Digest, important: false, options) is { } channel)
            {
                deliveries.Add(new Delivery
                {
                    Id = clock.NewId(),
                    PersonId = person,
                    Channel = channel,
                    Topic = InboxTopic.Digest,
                    Source = DeliverySource.Digest,
                    SourceId = person,
                    Number = int.Parse($"{today:yyyyMMdd}", CultureInfo.InvariantCulture),
                    Text = string.Create(CultureInfo.InvariantCulture, $"今天有 {count} 条消息等你看。"),
                    At = now,
                    State = DeliveryState.Waiting,
                    DueAt = now,
                });
            }
        }

        db.QueueDeliveries(deliveries);
        return due.Count;
    }
}
