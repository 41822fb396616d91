using System.Diagnostics;
using StackExchange.Redis;
using WuWei.Data;
using WuWei.Time;

namespace WuWei.Boards;

/// <summary>Where the boards are, and the run of Redis that may be read.</summary>
/// <param name="Run">Null when Redis is away or behind: then SQL answers.</param>
public sealed record BoardHead(BoardState State, BoardRun? Run);

/// <summary>
/// How far the scores have come and whether Redis has come as far, known to each process and at most half a second old:
/// so Redis, restored from an old copy or left behind, is not believed for longer.
/// </summary>
public sealed class BoardHeads(Database database, RedisSource redis, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Nobody waits long for Redis; once it failed it is left alone for a while.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _looking = new(1);
    private Seen? _seen;
    private long _failedAt;

    public async ValueTask<BoardHead> HeadAsync(CancellationToken cancel)
    {
        if (Fresh() is { } head)
        {
            return head;
        }

        await _looking.WaitAsync(cancel);
        try
        {
            return Fresh() ?? await LookAsync(cancel);
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>What Redis says; null when it does not in time.</summary>
    public async Task<T?> AskAsync<T>(Func<IDatabase, Task<T?>> ask, CancellationToken cancel)
        where T : class
    {
        if (_failedAt != 0 && Stopwatch.GetElapsedTime(_failedAt) < LeftAlone)
        {
            return null;
        }

        try
        {
            var connection = await redis.ConnectAsync().WaitAsync(WaitMax, cancel);
            return await ask(connection.GetDatabase()).WaitAsync(WaitMax, cancel);
        }
        catch (Exception e) when (RedisSource.IsAway(e))
        {
            _failedAt = Stopwatch.GetTimestamp();
            return null;
        }
    }

    public void Dispose() => _looking.Dispose();

    private BoardHead? Fresh() =>
        _seen is { } seen && Stopwatch.GetElapsedTime(seen.At) < AgeMax ? seen.Head : null;

    private async Task<BoardHead> LookAsync(CancellationToken cancel)
    {
        var at = Stopwatch.GetTimestamp();
        var state = await database.ReadAsync(db => db.GetBoardStateAsync(), cancel);
        var run = await AskAsync(
            async db => BoardRun.Read(await db.StringGetAsync(BoardRun.StateKey(state.Generation))), cancel);
        var usable = run is not null && run.Number >= state.Number && run.Day == Clock.Day(clock.Now())
            && state.RebuiltTo is null;
        _seen = new Seen(new BoardHead(state, usable ? run : null), at);
        return _seen.Head;
    }

    private sealed record Seen(BoardHead Head, long At);
}
