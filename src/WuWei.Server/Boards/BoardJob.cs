using System.Diagnostics;
using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Boards;

/// <summary>
/// Lets the boards follow the journal: feeds what is new, rebuilds after the tree changed, settles what has ended,
/// forgets the boards of old days and weeks, and then lets Redis follow. A run does a bounded part: other background work
/// waits for it.
/// </summary>
public sealed partial class BoardJob(
    Database database, Units units, BoardFeeder feeder, BoardRebuild rebuild, BoardRedis redis, TimeProvider clock,
    ILogger<BoardJob> log) : IJob
{
    private const int BatchesMax = 10;
    private const int ForgottenMax = 1_000;
    private static readonly TimeSpan SettledAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RebuildsFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FollowsFor = TimeSpan.FromSeconds(2);

    private readonly Queue<(Guid UnitId, BoardSubject Kind)> _toForget = new();
    private (UnitTree Tree, byte[] Hash)? _hashed;
    private DateTime _forgottenOn;
    private Task? _following;

    /// <summary>In each round, right after the sealer: a watcher waits for it.</summary>
    public TimeSpan Every => TimeSpan.Zero;

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.Now();
        var tree = await units.TreeAsync(cancel);
        var hash = HashOf(tree);
        if (!(await database.ReadAsync(db => db.GetBoardStateAsync(), cancel)).IsOf(hash))
        {
            await rebuild.BeginAsync(hash, cancel);
        }

        var done = await RebuildAsync(tree, cancel);
        for (var (batch, fed) = (0, 1); batch < BatchesMax && fed > 0; batch++)
        {
            fed = await feeder.FeedAsync(tree, hash, cancel);
            done += fed;
        }

        var settled = Clock.Day(now - SettledAfter);
        await feeder.SettleAsync(hash, settled, Clock.FromChina(settled), cancel);
        done += await ForgetAsync(tree, Clock.Day(now), cancel);
        await FollowAsync(tree, Clock.Day(now), cancel);
        return done;
    }

    private async Task<int> RebuildAsync(UnitTree tree, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var done = 0;
        while (Stopwatch.GetElapsedTime(began) < RebuildsFor && await rebuild.StepAsync(tree, cancel) is { } through)
        {
            done += through;
        }

        return done;
    }

    /// <summary>Once a day, unit by unit, so many scores in each run.</summary>
    private async Task<int> ForgetAsync(UnitTree tree, DateTime today, CancellationToken cancel)
    {
        if (_forgottenOn < today)
        {
            _forgottenOn = today;
            foreach (var unit in tree.All)
            {
                Array.ForEach(Enum.GetValues<BoardSubject>(), kind => _toForget.Enqueue((unit.Id, kind)));
            }
        }

        if (!_toForget.TryPeek(out var next))
        {
            return 0;
        }

        var forgotten = await database.HousekeepAsync(async db =>
        {
            var count = 0;
            foreach (var period in Enum.GetValues<BoardPeriod>())
            {
                if (BoardSpan.KeptFrom(period, today) is { } before)
                {
                    count += await db.ForgetScoresAsync(next.Kind, next.UnitId, period, before, ForgottenMax);
                }
            }

            return count;
        }, cancel);
        if (forgotten < ForgottenMax)
        {
            _toForget.Dequeue();
        }

        return forgotten;
    }

    /// <summary>Filling Redis anew may take many seconds: it goes on beside the other work.</summary>
    private async Task FollowAsync(UnitTree tree, DateTime today, CancellationToken cancel)
    {
        _following ??= FollowOnceAsync(tree, today, cancel);
        if (await Task.WhenAny(_following, Task.Delay(FollowsFor, cancel)) == _following)
        {
            var followed = _following;
            _following = null;
            await followed;
        }
    }

    private async Task FollowOnceAsync(UnitTree tree, DateTime today, CancellationToken cancel)
    {
        try
        {
            var state = await database.ReadAsync(db => db.GetBoardStateAsync(), cancel);
            await redis.FollowAsync(tree, state, today, cancel);
        }
        catch (Exception e) when (RedisSource.IsAway(e))
        {
            // Whoever reads sees that it is behind and asks SQL; the next round tries again.
            LogBehind(e.GetType().Name);
        }
    }

    private byte[] HashOf(UnitTree tree)
    {
        if (_hashed?.Tree != tree)
        {
            _hashed = (tree, BoardState.HashOf(tree));
        }

        return _hashed.Value.Hash;
    }

    [LoggerMessage(LogLevel.Warning, "Boards in Redis are behind: {Kind}")]
    private partial void LogBehind(string kind);
}
