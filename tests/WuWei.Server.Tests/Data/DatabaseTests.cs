using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Data;

public sealed class DatabaseTests(SharedServer shared)
{
    private readonly Database _db = shared.Server.Db;
    private readonly string _name = $"test-{Guid.NewGuid():n}"[..32];

    [Theory]
    [InlineData(1213)]
    [InlineData(1205)]
    [InlineData(1020)]
    public async Task A_block_runs_again_after_a_conflict_and_its_effect_is_there_once(int error)
    {
        var runs = 0;
        await _db.HousekeepAsync(async db =>
        {
            await db.SnapshotChangedAsync(_name);
            return ++runs < 3
                ? await db.ExecuteAsync($"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {error}, MESSAGE_TEXT = 'test'")
                : 0;
        }, CancellationToken.None);

        Assert.Equal((3, 1), (runs, await VersionAsync()));
    }

    [Fact]
    public async Task Whoever_holds_a_connection_does_not_get_a_second_one()
    {
        Task<int> Nested(DbSession _) => _db.ReadAsync(db => db.FindAsync<int>("SELECT 1"), CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _db.HousekeepAsync(Nested, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _db.ReadAsync(Nested, CancellationToken.None));

        Assert.Equal(1, await _db.ReadAsync(db => db.FindAsync<int>("SELECT 1"), CancellationToken.None));
    }

    [Fact]
    public async Task A_block_runs_again_when_our_own_guard_says_so()
    {
        var runs = 0;
        await _db.HousekeepAsync(async db =>
        {
            await db.SnapshotChangedAsync(_name);
            return ++runs < 3 ? throw new ConflictException() : true;
        }, CancellationToken.None);

        Assert.Equal((3, 1), (runs, await VersionAsync()));
    }

    [Fact]
    public async Task A_conflict_that_does_not_end_is_refused_and_leaves_nothing()
    {
        var runs = 0;
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => _db.HousekeepAsync<bool>(async db =>
        {
            runs++;
            await db.SnapshotChangedAsync(_name);
            throw new ConflictException();
        }, CancellationToken.None));

        Assert.Equal("DATABASE_BUSY", refusal.Reason);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.InRange(runs, 8, 1_000);
        Assert.Equal(0, await VersionAsync());
    }

    [Fact]
    public async Task What_was_queued_and_what_ran_roll_back_whole()
    {
        await Assert.ThrowsAsync<FormatException>(() => _db.HousekeepAsync<bool>(async db =>
        {
            db.Queue("INSERT INTO data_version (name, version) VALUES (@name, 5)", new { name = _name + "2" });
            await db.SnapshotChangedAsync(_name);
            throw new FormatException();
        }, CancellationToken.None));
        Assert.Equal(0, await VersionAsync());

        // A queued statement that fails at the end takes everything with it, too.
        await Assert.ThrowsAsync<MySqlException>(() => _db.HousekeepAsync(async db =>
        {
            await db.SnapshotChangedAsync(_name);
            db.Queue("INSERT INTO data_version (name, version) VALUES (@name, 5)", new { name = "units" });
            return true;
        }, CancellationToken.None));
        Assert.Equal(0, await VersionAsync());
    }

    [Fact]
    public async Task Two_who_read_and_then_write_the_same_row_lose_no_update()
    {
        await _db.HousekeepAsync(async db =>
        {
            await db.SnapshotChangedAsync(_name);
            return true;
        }, CancellationToken.None);
        var bothRead = new Barrier(2);
        var runs = 0;

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => _db.HousekeepAsync(async db =>
        {
            var first = Interlocked.Increment(ref runs) <= 2;
            var version = await db.FindAsync<long>(
                "SELECT CAST(version AS SIGNED) FROM data_version WHERE name = @_name", new { _name });
            if (first)
            {
                Assert.True(bothRead.SignalAndWait(TimeSpan.FromSeconds(30)));
            }

            return await db.ExecuteAsync(
                "UPDATE data_version SET version = @next WHERE name = @_name", new { next = version + 1, _name });
        }, CancellationToken.None))));

        Assert.Equal((3, 3), (runs, await VersionAsync()));
    }

    [Fact]
    public async Task Two_who_lock_each_other_out_both_get_through()
    {
        string[] names = [_name + "a", _name + "b"];
        foreach (var name in names)
        {
            await _db.HousekeepAsync(async db =>
            {
                await db.SnapshotChangedAsync(name[..32]);
                await db.SnapshotChangedAsync(name[^32..]);
                return true;
            }, CancellationToken.None);
        }

        string[] rows = [names[0][^32..], names[1][^32..]];
        var bothHoldOne = new Barrier(2);
        var runs = 0;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => _db.HousekeepAsync(async db =>
        {
            var first = Interlocked.Increment(ref runs) <= 2;
            await db.SnapshotChangedAsync(rows[i]);
            if (first)
            {
                Assert.True(bothHoldOne.SignalAndWait(TimeSpan.FromSeconds(30)));
            }

            await db.SnapshotChangedAsync(rows[1 - i]);
            return true;
        }, CancellationToken.None))));

        Assert.Equal(3, runs);
        foreach (var row in rows)
        {
            Assert.Equal(3, await shared.Server.Database.ScalarAsync<int>(
                "SELECT version FROM data_version WHERE name = @row", ("row", row)));
        }
    }

    [Fact]
    public async Task A_failed_block_leaves_no_transaction_on_its_connection()
    {
        await using var source = DataSource.Build(shared.Server.Database.Service + ";Maximum Pool Size=1");
        var db = new Database(source, NullLogger<Database>.Instance);
        await Assert.ThrowsAsync<FormatException>(() => db.HousekeepAsync<bool>(async session =>
        {
            await session.SnapshotChangedAsync(_name);
            throw new FormatException();
        }, CancellationToken.None));

        await db.ReadAsync(session => session.SnapshotChangedAsync(_name).ContinueWith(
            _ => true, TaskScheduler.Default), CancellationToken.None);

        Assert.Equal(1, await VersionAsync());
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_away()
    {
        await using var source = DataSource.Build("Server=127.0.0.1;Port=1;User ID=x;Database=x");
        var db = new Database(source, NullLogger<Database>.Instance);

        foreach (var call in new Func<Task>[]
        {
            () => db.ReadAsync(_ => Task.FromResult(true), CancellationToken.None),
            () => db.WriteAsync(_ => Task.FromResult(true), CancellationToken.None),
        })
        {
            var refusal = await Assert.ThrowsAsync<RefusedException>(call);
            Assert.Equal((StatusCode.Unavailable, "DATABASE_AWAY"), (refusal.Code, refusal.Reason));
        }
    }

    [Fact]
    public async Task Callers_are_told_that_the_database_is_away()
    {
        await using var server = await TestServer.StartAsync(
            shared.Server.Database, settings: "WUWEI_MYSQL=Server=127.0.0.1;Port=1;User ID=x;Database=x");
        var resident = await shared.World.ResidentAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await resident.At(server).Organization.ListUnitsAsync(new()));

        Assert.Equal((StatusCode.Unavailable, "DATABASE_AWAY"), (refusal.StatusCode, refusal.Reason()));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("127.0.0.1:1", StringComparison.Ordinal));
    }

    private Task<int> VersionAsync() => shared.Server.Database.ScalarAsync<int>(
        "SELECT version FROM data_version WHERE name = @name", ("name", _name));
}
