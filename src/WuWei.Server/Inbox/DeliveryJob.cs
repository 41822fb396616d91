using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.Inbox;

/// <summary>
/// Sends the messages that are due. Each is claimed in a transaction of its own before it is handed over, and what came of
/// it is noted in another. Whoever dies in between leaves it claimed: it is then lost, not sent twice. A run takes a
/// bounded time, and a channel that does not take messages is left alone for a while.
/// </summary>
public sealed partial class DeliveryJob(
    Database database, IEnumerable<IMessageChannel> channels, IEnumerable<IInboxSource> sources, TimeProvider clock,
    ILogger<DeliveryJob> log) : IJob
{
    private const int AtOnce = 8;
    private const int WaveMax = 32;
    private static readonly TimeSpan RunsFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PausesFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PutOff = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<MessageChannel, DateTime> _pausedUntil = new();

    /// <summary>Others do not wait while a provider is slow.</summary>
    public string Lane => "delivery";

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.Now();
        await database.RepeatAsync(
            WaveMax, (db, rows) => db.LoseDeliveriesAsync(now - Delivery.LostAfter, rows), cancel);
        var (began, total) = (Stopwatch.GetTimestamp(), 0);
        foreach (var channel in channels)
        {
            for (var due = WaveMax; due == WaveMax && !IsPaused(channel.Channel)
                && Stopwatch.GetElapsedTime(began) < RunsFor; total += due)
            {
                var ids = await database.ReadAsync(
                    db => db.ListDueDeliveriesAsync(channel.Channel, now, WaveMax), cancel);
                due = ids.Count;
                await Parallel.ForEachAsync(
                    ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
                    async (id, _) => await TryAsync(channel, id, cancel));
            }
        }

        return total;
    }

    private bool IsPaused(MessageChannel channel) =>
        _pausedUntil.TryGetValue(channel, out var until) && clock.Now() < until;

    /// <summary>One that cannot even be prepared must not stop all others.</summary>
    private async Task TryAsync(IMessageChannel channel, Guid id, CancellationToken cancel)
    {
        try
        {
            await SendAsync(channel, id, cancel);
        }
        catch (Exception e) when (e is not (OperationCanceledException
            or RefusedException { Code: StatusCode.Unavailable or StatusCode.ResourceExhausted }))
        {
            LogBroke(e.GetType().Name);
            await database.HousekeepAsync(db => db.PutOffDeliveryAsync(id, clock.Now() + PutOff), cancel);
        }
    }

    private async Task SendAsync(IMessageChannel channel, Guid id, CancellationToken cancel)
    {
        if (IsPaused(channel.Channel))
        {
            return;
        }

        var (delivery, message) = await database.HousekeepAsync(db => ClaimAsync(db, channel, id), cancel);
        if (delivery is null || message is null)
        {
            return;
        }

        var sending = await HandOverAsync(message, cancel);
        if (sending.Outcome == SendOutcome.Later)
        {
            _pausedUntil[channel.Channel] = clock.Now() + PausesFor;
        }

        // It was handed over: that is noted, even while the server stops.
        await database.HousekeepAsync(async db =>
        {
            var now = clock.Now();
            if (await db.EndAttemptAsync(delivery.After(sending, now)) == 1)
            {
                await message.SettleAsync(db, sending, now);
            }

            return true;
        }, CancellationToken.None);
    }

    private async Task<(Delivery? Delivery, IReadyMessage? Message)> ClaimAsync(
        DbSession db, IMessageChannel channel, Guid id)
    {
        var now = clock.Now();
        if (!await db.ClaimDeliveryAsync(id, now) || await db.FindDeliveryAsync(id) is not { } delivery)
        {
            return default;
        }

        var message = await IsWantedAsync(db, delivery, now) ? await channel.PrepareAsync(db, delivery, now) : null;
        if (message is null)
        {
            await db.EndAttemptAsync(delivery with { State = DeliveryState.LeftOut });
        }

        return (delivery, message);
    }

    private async Task<bool> IsWantedAsync(DbSession db, Delivery delivery, DateTime now)
    {
        if (delivery.IsStale(now))
        {
            return false;
        }

        switch (delivery.Source)
        {
            case DeliverySource.Item:
                return await db.IsUnreadAsync(delivery.SourceId);
            case DeliverySource.Digest:
                return (await db.CountUnreadAsync([new { Id = delivery.PersonId }], delivery.At - DigestJob.Looks)).Count > 0;
            default:
                foreach (var source in sources)
                {
                    if (await source.IsWantedAsync(db, delivery.SourceId, delivery.PersonId, now))
                    {
                        return true;
                    }
                }

                return false;
        }
    }

    private async Task<Sending> HandOverAsync(IReadyMessage message, CancellationToken cancel)
    {
        try
        {
            return await message.SendAsync(cancel);
        }
        catch (Exception e)
        {
            // It broke on the way, and nobody knows where.
            LogBroke(e.GetType().Name);
            return new Sending(SendOutcome.Unknown);
        }
    }

    [LoggerMessage(LogLevel.Error, "A message broke before anybody could say that it went out: {Kind}")]
    private partial void LogBroke(string kind);
}
