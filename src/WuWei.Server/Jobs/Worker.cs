using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Jobs;

/// <summary>
/// Runs the jobs, each at its own pace, on the copy that holds the lease of their lane. The lease only saves work: each job
/// is correct when several copies run it, so a copy that is late to notice does no harm.
/// </summary>
public sealed partial class Worker(
    IEnumerable<IJob> jobs, Database database, TimeProvider clock, ILogger<Worker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LeaseTerm = TimeSpan.FromSeconds(15);

    private readonly Guid _self = Guid.NewGuid();
    private readonly ConcurrentDictionary<IJob, long> _ranAt = [];

    /// <summary>One round of all jobs, whoever holds the lease.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var job in jobs)
        {
            await job.RunAsync(cancel);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll(jobs.GroupBy(j => j.Lane).Select(lane => RunLaneAsync(lane.Key, [.. lane], stoppingToken)));
    }

    private async Task RunLaneAsync(string lane, IReadOnlyList<IJob> inLane, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var pause = await TryRoundAsync(lane, inLane, stop) ? Pause : PauseAfterFailure;
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<bool> TryRoundAsync(string lane, IReadOnlyList<IJob> inLane, CancellationToken cancel) =>
        TryAsync("lease", async () =>
    {
        if (!await database.HousekeepAsync(db => TakeLeaseAsync(db, lane), cancel))
        {
            return true;
        }

        var allWell = true;
        foreach (var job in inLane.Where(IsDue))
        {
            allWell &= await TryAsync(job.GetType().Name, async () =>
            {
                await job.RunAsync(cancel);
                _ranAt[job] = Stopwatch.GetTimestamp();
                return true;
            }, cancel);
        }

        return allWell;
    }, cancel);

    /// <summary>What fails is tried again in the next round, and does not keep the other jobs from theirs.</summary>
    private async Task<bool> TryAsync(string what, Func<Task<bool>> act, CancellationToken cancel)
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return true;
        }
        catch (RefusedException e)
        {
            LogPostponed(what, e.Reason);
            return false;
        }
        catch (Exception e)
        {
            LogFailed(what, e.GetType().Name, e.StackTrace);
            return false;
        }
    }

    private bool IsDue(IJob job) => !_ranAt.TryGetValue(job, out var at) || Stopwatch.GetElapsedTime(at) >= job.Every;

    private async Task<bool> TakeLeaseAsync(DbSession db, string lane)
    {
        var now = clock.Now();
        var endsAt = now + LeaseTerm;
        await db.ExecuteAsync(
            "INSERT IGNORE INTO lease (name, holder, ends_at) VALUES (@lane, @_self, @endsAt)",
            new { lane, _self, endsAt });
        return await db.ExecuteAsync(
            """
            UPDATE lease SET holder = @_self, ends_at = @endsAt
            WHERE name = @lane AND (holder = @_self OR ends_at < @now)
            """, new { lane, _self, endsAt, now }) == 1;
    }

    [LoggerMessage(LogLevel.Warning, "Background work {What} postponed: {Reason}")]
    private partial void LogPostponed(string what, string reason);

    [LoggerMessage(LogLevel.Error, "Background work {What} failed with {Kind} at {Trace}")]
    private partial void LogFailed(string what, string kind, string? trace);
}
