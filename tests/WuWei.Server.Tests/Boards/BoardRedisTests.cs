using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Boards;
using WuWei.Tests.Crashes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Boards;

public class BoardRedisTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Redis_emptied_hanging_and_killed_under_load_fails_no_call_and_is_equal_again_soon()
    {
        await using var services = await CrashServices.StartAsync();
        await using var server = await TestServer.StartAsync(settings: $"WUWEI_REDIS={services.RedisAddress}");
        var world = await World.CreateAsync(server);
        var people = new List<Actor>();
        for (var i = 0; i < 20; i++)
        {
            people.Add(await world.ResidentAsync());
        }

        using var stop = new CancellationTokenSource();
        var (failed, calls, slowest) = (new ConcurrentBag<Exception>(), 0, TimeSpan.Zero);
        var working = UntilStoppedAsync(async () =>
        {
            await server.RunJobsAsync();
            await Task.Delay(Round);
        });
        var paying = UntilStoppedAsync(async () =>
        {
            await server.GiveAsync(people[Random.Shared.Next(people.Count)], world.Community, Random.Shared.Next(1, 9));
            server.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10);
        });
        var reading = Enumerable.Range(0, 6).Select(i => UntilStoppedAsync(async () =>
        {
            var began = Stopwatch.GetTimestamp();
            var person = people[Random.Shared.Next(people.Count)];
            var choice = Choice(i % 2 == 0 ? world.District : world.Community);
            await (i % 3 == 0 ? person.Boards.GetBoardAsync(new() { Board = choice }).ResponseAsync
                : i % 3 == 1 ? person.Boards.GetMyRankAsync(new() { Boards = { choice } }).ResponseAsync
                : (Task)person.Boards.ListAroundMeAsync(new() { Board = choice }).ResponseAsync);
            Interlocked.Increment(ref calls);
            slowest = Max(slowest, Stopwatch.GetElapsedTime(began));
        })).ToArray();

        await EqualAsync(server, "at first");
        await services.FlushRedisAsync();
        await EqualAsync(server, "after a flush");
        services.Redis.Freeze();
        await Task.Delay(Round * 8);
        services.Redis.Thaw();
        await EqualAsync(server, "after hanging");
        services.Redis.Kill();
        await Task.Delay(Round * 8);
        services.Redis.Start();
        await EqualAsync(server, "after a kill");
        await stop.CancelAsync();
        await Task.WhenAll([working, paying, .. reading]);

        output.WriteLine($"{calls} calls, the slowest {slowest.TotalMilliseconds:F0} ms");
        var bugs = string.Join('\n', server.Log.Lines.Where(l => l.Contains(" failed with ", StringComparison.Ordinal)));
        Assert.True(bugs.Length == 0, bugs);
        Assert.Empty(failed);
        await server.AssertSoundAsync();
        await EqualAsync(server, "in the end");

        Task UntilStoppedAsync(Func<Task> act) => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await act();
                }
                catch (Exception e)
                {
                    failed.Add(e);
                }
            }
        });
    }

    [Fact]
    public async Task Ranks_come_from_redis_and_are_those_of_sql()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var (first, second) = (await world.ResidentAsync(), await world.ResidentAsync());
        await server.GiveAsync(first, world.Community, 5);
        await server.GiveAsync(second, world.Community, 7);
        await server.RunJobsAsync();
        await EqualAsync(server, "at first");
        await Task.Delay(Round * 1.2);

        // Only Redis can still know this.
        await server.Database.ExecuteAsync("DELETE FROM board_score WHERE kind = 1");
        var rank = (await first.Boards.GetMyRankAsync(new() { Boards = { Choice(world.Street) } })).Ranks[0];
        Assert.Equal((2, 5), (rank.Rank, rank.Points));

        // A run that is behind is not believed.
        await server.Database.ExecuteAsync("UPDATE board_state SET number = number + 1");
        await Task.Delay(Round * 1.2);
        rank = (await first.Boards.GetMyRankAsync(new() { Boards = { Choice(world.Street) } })).Ranks[0];
        Assert.Equal((0, 0), (rank.Rank, rank.Points));
    }

    [Fact]
    public async Task Each_day_has_a_run_of_its_own()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var first = await world.ResidentAsync();
        await server.GiveAsync(first, world.Community, 5);
        await server.RunJobsAsync();
        server.Clock.Advance(TimeSpan.FromDays(1));
        await server.GiveAsync(first, world.Community, 6);
        await server.RunJobsAsync();
        await EqualAsync(server, "the next day");

        var ranks = (await first.Boards.GetMyRankAsync(
            new() { Boards = { Choice(world.Street), Choice(world.Street, Wire.BoardPeriod.Day) } })).Ranks;
        Assert.Equal([11, 6], ranks.Select(r => r.Points));
    }

    private async Task EqualAsync(TestServer server, string when)
    {
        var (check, began) = (server.Services.GetRequiredService<BoardRedisCheck>(), Stopwatch.GetTimestamp());
        await server.RunJobsAsync();
        Assert.Empty(await check.CompareAsync(CancellationToken.None));
        Assert.Empty((await server.Services.GetRequiredService<BoardRebuild>().CompareAsync(
            (_, _) => { }, CancellationToken.None)).Faults);
        var took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"equal {when} after {took.TotalSeconds:F1} s");
        Assert.True(took < BackWithin, $"{took}");
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static Wire.BoardChoice Choice(Guid unit, Wire.BoardPeriod period = Wire.BoardPeriod.AllTime) => new()
    {
        Subject = Wire.BoardSubject.Person,
        UnitId = $"{unit}",
        Period = period,
    };
}
