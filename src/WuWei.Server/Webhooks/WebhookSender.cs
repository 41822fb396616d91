using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Feeds;
using WuWei.Journal;
using WuWei.Partners;
using WuWei.Time;

namespace WuWei.Webhooks;

/// <summary>
/// Delivers the journal to endpoints, in order and a batch at a time, each endpoint by one copy of the server and all of
/// them at once: a slow one holds up nobody. What is taken moves the endpoint's number by a conditional update afterwards,
/// so a delivery may come twice and none is left out.
/// </summary>
public sealed partial class WebhookSender(
    Database database, Feed feed, FeedReader reader, PartnerBook partners, WebhookHttp http,
    IOptions<WebhookOptions> options, TimeProvider clock, ILogger<WebhookSender> log) : BackgroundService
{
    private const int EntriesMax = 50;

    /// <summary>Numbers that were not for an endpoint, after which it is moved on without a delivery.</summary>
    private const int SkippedMax = 2_000;

    private static readonly TimeSpan LookedEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(3);

    private readonly Guid _self = Guid.NewGuid();
    private readonly ConcurrentDictionary<Guid, Task> _delivering = new();

    /// <summary>Up to where nothing was for an endpoint: known here only, so that not every entry is a write.</summary>
    private readonly ConcurrentDictionary<Guid, long> _lookedUntil = new();

    /// <summary>One round for all that are due, and until each of them is up to date or failed.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await BeginAsync(cancel);
        await Task.WhenAll(_delivering.Values);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = LookedEvery;
            try
            {
                await BeginAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The server stops.
            }
            catch (RefusedException e)
            {
                LogPostponed(e.Reason);
                pause = PauseAfterFailure;
            }
            catch (Exception e)
            {
                LogRoundFailed(e.GetType().Name, e.StackTrace);
                pause = PauseAfterFailure;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_delivering.Values);
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        var head = (await feed.TailAsync(cancel)).To;
        foreach (var webhook in await database.ReadAsync(
            db => db.ListDueWebhooksAsync(head, _self, clock.Now()), cancel))
        {
            // One for each endpoint: two would give up each other's lease.
            var deliver = new Task<Task>(() => TryDeliverAsync(webhook, cancel), CancellationToken.None);
            if (_lookedUntil.GetValueOrDefault(webhook.Id) < head && _delivering.TryAdd(webhook.Id, deliver.Unwrap()))
            {
                deliver.Start(TaskScheduler.Default);
            }
        }
    }

    private async Task TryDeliverAsync(Webhook webhook, CancellationToken cancel)
    {
        try
        {
            await DeliverAsync(webhook, cancel);
        }
        catch (Exception e) when (e is RefusedException or OperationCanceledException)
        {
            // The database is away, or the server stops: whoever comes next goes on.
        }
        catch (Exception e)
        {
            LogFailed(webhook.Id, e.GetType().Name, e.StackTrace);
        }
        finally
        {
            await LeaveAsync(webhook.Id);
            _delivering.TryRemove(webhook.Id, out _);
        }
    }

    /// <summary>Delivery by delivery, until there is nothing more, one fails, or somebody else has the endpoint.</summary>
    private async Task DeliverAsync(Webhook webhook, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested
            && (await partners.GetAsync(cancel)).Find(webhook.PartnerId) is { } partner
            && partner.Refusal(clock.Now()) is null)
        {
            var reach = FeedReach.Of(partner).Only(webhook.TopicList);
            var (entries, until) = await NextAsync(webhook, reach, cancel);
            if (entries.Count == 0)
            {
                _lookedUntil[webhook.Id] = until;
                if (webhook.BatchUntil is null && until - webhook.SeenUntil < SkippedMax)
                {
                    return;
                }

                if (!await database.HousekeepAsync(db => db.SkipAsync(webhook, until), cancel))
                {
                    return;
                }

                webhook = webhook with { SeenUntil = until, BatchUntil = null };
                continue;
            }

            var now = clock.Now();
            if (!await database.HousekeepAsync(
                db => db.BeginDeliveryAsync(webhook, until, _self, now, now + options.Value.LeaseTerm), cancel))
            {
                return;
            }

            webhook = webhook with { BatchUntil = until };
            var delivery = new Wire.WebhookDelivery
            {
                Type = "journal.entries",
                Timestamp = entries[^1].At,
                Entries = { entries },
                SeenUntil = until,
            };
            var outcome = await http.SendAsync(webhook, delivery, cancel);
            if (!outcome.Taken)
            {
                await FailAsync(webhook, outcome, cancel);
                return;
            }

            // Not given up with the server: it was taken.
            if (!await database.HousekeepAsync(
                db => db.EndDeliveryAsync(webhook, until, _self, clock.Now()), CancellationToken.None))
            {
                return;
            }

            webhook = webhook with { SeenUntil = until, BatchUntil = null, Failures = 0, FailingSince = null };
        }
    }

    /// <summary>The entries of the next delivery, or of the one that was tried before.</summary>
    private async Task<(List<Wire.JournalEntry> Entries, long Until)> NextAsync(
        Webhook webhook, FeedReach reach, CancellationToken cancel)
    {
        var entries = new List<Wire.JournalEntry>();
        var end = webhook.BatchUntil ?? long.MaxValue;
        var seen = webhook.SeenUntil;
        while (true)
        {
            var batch = await reader.NextAsync(reach, seen, EntriesMax - entries.Count, cancel, end);
            entries.AddRange(batch.Entries);
            seen = batch.SeenUntil;
            if (batch.AtHead || seen >= end || entries.Count == EntriesMax
                || (entries.Count == 0 && webhook.BatchUntil is null && seen - webhook.SeenUntil >= SkippedMax))
            {
                return (entries, seen);
            }
        }
    }

    private async Task FailAsync(Webhook webhook, WebhookOutcome outcome, CancellationToken cancel)
    {
        var after = webhook.Failed(outcome, clock.Now(), Random.Shared.NextDouble(), options.Value.StopAfter);
        if (after.State == WebhookState.Active)
        {
            await database.HousekeepAsync(db => db.FailDeliveryAsync(webhook, after, _self), cancel);
            LogNotTaken(webhook.Id, outcome.Fault, outcome.Status, after.Failures, after.NextAt);
            return;
        }

        var stopped = await database.WriteAsync(async db =>
        {
            db.Record(JournalEntry.BySystem(clock.Now(), "clock", "WEBHOOK_STOPPED", "webhook", webhook.Id, null, new
            {
                webhook.PartnerId,
                fault = outcome.Fault.ToString(),
                outcome.Status,
                after.Failures,
                webhook.SeenUntil,
            }));
            return await db.FailDeliveryAsync(webhook, after, _self) ? true : throw new ConflictException();
        }, cancel);
        if (stopped)
        {
            LogStopped(webhook.Id, webhook.PartnerId, outcome.Fault, outcome.Status, after.Failures, webhook.SeenUntil);
        }
    }

    /// <summary>So that the next copy need not wait for the lease to end.</summary>
    private async Task LeaveAsync(Guid id)
    {
        try
        {
            await database.HousekeepAsync(db => db.LeaveWebhookAsync(id, _self), CancellationToken.None);
        }
        catch (RefusedException)
        {
            // It ends by itself.
        }
        catch (Exception e)
        {
            LogFailed(id, e.GetType().Name, e.StackTrace);
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Webhook {Id} did not take a delivery: {Fault} {Status}, {Failures} times by now; next try at {NextAt:O}")]
    private partial void LogNotTaken(Guid id, WebhookFault fault, int? status, int failures, DateTime nextAt);

    [LoggerMessage(LogLevel.Error,
        "Webhook {Id} of partner {PartnerId} is STOPPED: {Fault} {Status}, {Failures} failures, nothing taken after entry "
        + "{SeenUntil}; mend it and run: wuwei webhook resume {Id}")]
    private partial void LogStopped(
        Guid id, Guid partnerId, WebhookFault fault, int? status, int failures, long seenUntil);

    [LoggerMessage(LogLevel.Warning, "Webhooks postponed: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Error, "Webhooks failed with {Kind} at {Trace}")]
    private partial void LogRoundFailed(string kind, string? trace);

    [LoggerMessage(LogLevel.Error, "Webhook {Id} failed with {Kind} at {Trace}")]
    private partial void LogFailed(Guid id, string kind, string? trace);
}
