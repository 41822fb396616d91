using WuWei.Data;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Data;

public class SnapshotTests(SharedServer shared)
{
    private const string Count = "SELECT COUNT(*) FROM data_version WHERE name = @_name";

    private readonly string _name = $"test-{Guid.NewGuid():n}"[..32];

    [Fact]
    public async Task A_snapshot_is_loaded_anew_only_when_its_version_moved()
    {
        var loads = 0;
        using var snapshot = new Snapshot<string>(
            _name, shared.Server.Db, _ => Task.FromResult($"load {Interlocked.Increment(ref loads)}"));

        Assert.Equal("load 1", await snapshot.GetAsync(CancellationToken.None));
        Assert.Equal("load 1", await snapshot.GetAsync(CancellationToken.None));
        await MoveAsync();
        snapshot.Forget();
        Assert.Equal("load 2", await snapshot.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_load_that_began_before_a_change_does_not_hide_it()
    {
        var (loads, began, go) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        using var snapshot = new Snapshot<string>(_name, shared.Server.Db, async _ =>
        {
            var load = $"load {Interlocked.Increment(ref loads)}";
            began.TrySetResult();
            await go.Task;
            return load;
        });
        var before = snapshot.GetAsync(CancellationToken.None).AsTask();
        await began.Task;
        await MoveAsync();
        snapshot.Forget();
        var after = snapshot.GetAsync(CancellationToken.None).AsTask();
        go.SetResult();

        Assert.Equal("load 1", await before);
        Assert.Equal("load 2", await after);
    }

    [Fact]
    public async Task What_is_loaded_is_of_one_moment()
    {
        using var snapshot = new Snapshot<Tuple<long, long>>(_name, shared.Server.Db, async db =>
        {
            var first = await db.FindAsync<long>(Count, new { _name });
            await ElsewhereAsync(MoveAsync);
            return Tuple.Create(first, await db.FindAsync<long>(Count, new { _name }));
        });

        var (first, second) = await snapshot.GetAsync(CancellationToken.None);

        Assert.Equal(first, second);
    }

    /// <summary>As if another call did it.</summary>
    private static Task ElsewhereAsync(Func<Task> act)
    {
        using var suppressed = ExecutionContext.SuppressFlow();
        return Task.Run(act);
    }

    [Fact]
    public async Task Many_readers_at_once_load_it_once()
    {
        var loads = 0;
        using var snapshot = new Snapshot<string>(_name, shared.Server.Db, async db =>
        {
            Interlocked.Increment(ref loads);
            await db.ExecuteAsync("DO SLEEP(0.05)");
            return "loaded";
        });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => snapshot.GetAsync(CancellationToken.None).AsTask()));

        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task A_load_that_fails_is_tried_again_by_the_next_reader()
    {
        var loads = 0;
        using var snapshot = new Snapshot<string>(_name, shared.Server.Db, _ =>
            ++loads == 1 ? throw new FormatException() : Task.FromResult("loaded"));

        await Assert.ThrowsAsync<FormatException>(() => snapshot.GetAsync(CancellationToken.None).AsTask());
        Assert.Equal("loaded", await snapshot.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Another_copy_of_the_server_sees_a_new_unit_within_seconds()
    {
        await using var server = await TestServer.StartAsync();
        await using var copy = await TestServer.StartAsync(server.Database, server.Clock);
        var units = (WuWei.Organization.Units)copy.Services.GetService(typeof(WuWei.Organization.Units))!;
        Assert.Equal(0, (await units.TreeAsync(CancellationToken.None)).Count);

        await World.CreateAsync(server);

        var limit = DateTime.UtcNow.AddSeconds(10);
        while ((await units.TreeAsync(CancellationToken.None)).Count == 0)
        {
            Assert.True(DateTime.UtcNow < limit, "not within ten seconds");
            await Task.Delay(100);
        }
    }

    private Task<bool> MoveAsync() => shared.Server.Db.HousekeepAsync(async db =>
    {
        await db.SnapshotChangedAsync(_name);
        return true;
    }, CancellationToken.None);
}
