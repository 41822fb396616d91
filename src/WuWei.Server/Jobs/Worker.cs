using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Jobs;

/// <summary>
/// Runs the jobs, each at its own pace, on the copy that holds the lease. The lease only saves work: each job is correct
/// when several copies run it, so a copy that is late to notice does no harm.
/// </summary>
public sealed partial class Worker(
    IEnumerable<IJob> jobs, Database database, TimeProvider clock, ILogger<Worker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LeaseTerm = TimeSpan.FromSeconds(15);

    private readonly Guid _self = Guid.NewGuid();
    private readonly Dictionary<IJob, long> _ranAt = [];

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
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = await TryRoundAsync(stoppingToken) ? Pause : PauseAfterFailure;
            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryRoundAsync(CancellationToken cancel)
    {
        try
        {
            if (await database.HousekeepAsync(TakeLeaseAsync, cancel))
            {
                foreach (var job in jobs.Where(IsDue))
                {
                    await job.RunAsync(cancel);
                    _ranAt[job] = Stopwatch.GetTimestamp();
                }
            }

            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return true;
        }
        catch (RefusedException e)
        {
            // Busy or away: the next round finds the same work.
            LogPostponed(e.Reason);
            return false;
        }
        catch (Exception e)
        {
            // A job that fails must not end the others for good.
            LogFailed(e.GetType().Name, e.StackTrace);
            return false;
        }
    }

    private bool IsDue(IJob job) => !_ranAt.TryGetValue(job, out var at) || Stopwatch.GetElapsedTime(at) >= job.Every;

    private async Task<bool> TakeLeaseAsync(DbSession db)
    {
        var now = clock.Now();
        var endsAt = now + LeaseTerm;
        await db.ExecuteAsync(
            "INSERT IGNORE INTO lease (name, holder, ends_at) VALUES ('worker', @_self, @endsAt)",
            new { _self, endsAt });
        return await db.ExecuteAsync(
            """
            UPDATE lease SET holder = @_self, ends_at = @endsAt
            WHERE name = 'worker' AND (holder = @_self OR ends_at < @now)
            """, new { _self, endsAt, now }) == 1;
    }

    [LoggerMessage(LogLevel.Warning, "Background work postponed: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Error, "Background work failed with {Kind} at {Trace}")]
    private partial void LogFailed(string kind, string? trace);
}
