using Microsoft.Extensions.DependencyInjection;
using WuWei.Boards;
using WuWei.Journal;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Boards;

/// <summary>Boards that follow the tree, are compared with the ledger, mended, and forgotten when old.</summary>
public sealed class BoardRebuildTests : IAsyncLifetime
{
    private static readonly TimeSpan HeadKeptFor = TimeSpan.FromSeconds(0.6);

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _helper = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _helper = await _world.ResidentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_was_credited_to_a_merged_unit_counts_for_its_successor_but_not_on_settled_boards()
    {
        await _server.GiveAsync(_helper, _world.FarCommunity, 10);
        await _server.RunJobsAsync();
        var day = _server.Clock.Day();
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.RunJobsAsync();
        Assert.Equal([0, 10], await PointsAsync(Wire.BoardPeriod.Month, "", _world.Street, _world.OtherStreet));

        await _world.MergeAsync(_world.Community, _server.Clock.Day(), _world.FarCommunity);
        await _server.RunJobsAsync();
        await Task.Delay(HeadKeptFor);

        Assert.Equal(
            [10, 10, 0], await PointsAsync(Wire.BoardPeriod.Month, "", _world.Community, _world.Street, _world.OtherStreet));
        Assert.Equal(
            [0, 0, 10], await PointsAsync(Wire.BoardPeriod.Day, day, _world.Community, _world.Street, _world.OtherStreet));
        await _server.GiveAsync(_helper, _world.FarCommunity, 1);
        await _server.RunJobsAsync();
        await Task.Delay(HeadKeptFor);
        Assert.Equal([11, 0], await PointsAsync(Wire.BoardPeriod.AllTime, "", _world.Community, _world.OtherStreet));
        // Who asks for the merged unit gets its successor's board.
        Assert.Equal([11], await PointsAsync(Wire.BoardPeriod.AllTime, "", _world.FarCommunity));
    }

    [Theory]
    [InlineData("UPDATE board_score SET points = points + 1 WHERE kind = 1 AND period = 3 LIMIT 1")]
    [InlineData("UPDATE board_score SET reached_at = reached_at - INTERVAL 1 SECOND WHERE kind = 1 AND period = 6 LIMIT 1")]
    [InlineData("UPDATE board_score SET points = points - 1 WHERE kind = 3 AND period = 1 LIMIT 1")]
    [InlineData("DELETE FROM board_score WHERE kind = 1 LIMIT 1")]
    [InlineData("UPDATE board_score SET starts_on = '2026-06-02' WHERE kind = 1 AND period = 1 LIMIT 1")]
    public async Task A_score_that_is_wrong_is_named_and_mended(string damage)
    {
        await _server.GiveAsync(_helper, _world.Community, 10);
        await _server.RunJobsAsync();
        Assert.Empty((await CompareAsync()).Faults);
        await _server.Database.ExecuteAsync(damage);

        Assert.NotEmpty((await CompareAsync()).Faults);
        await _server.RebuildBoardsAsync();
        Assert.Empty((await CompareAsync()).Faults);
    }

    [Fact]
    public async Task An_entry_that_was_passed_over_is_found()
    {
        await _server.RunJobsAsync();
        await _server.GiveAsync(_helper, _world.Community, 10);
        await _server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);
        await _server.Database.ExecuteAsync(
            "UPDATE board_state SET number = (SELECT number FROM journal_head)");

        Assert.NotEmpty((await CompareAsync()).Faults);
        await _server.RebuildBoardsAsync();
    }

    [Fact]
    public async Task Payments_and_both_copies_go_on_while_boards_are_rebuilt()
    {
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        // Enough for several steps.
        await _server.Database.ExecuteAsync(
            """
            INSERT INTO points_account (id, kind, balance, version, opened_at)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
            SELECT UNHEX(CONCAT('01010101', LPAD(HEX(i), 24, '0'))), 1, 5, 1, '2026-06-01' FROM n
            """);
        await _server.Database.ExecuteAsync(
            """
            INSERT INTO points_transfer (id, at, day, kind, from_id, to_id, amount, unit_id)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
            SELECT UNHEX(CONCAT('02020202', LPAD(HEX(i), 24, '0'))), '2026-06-01', '2026-06-01', 1, @unit,
              UNHEX(CONCAT('01010101', LPAD(HEX(i), 24, '0'))), 5, @unit
            FROM n
            """, ("unit", _world.Community));
        using var stop = new CancellationTokenSource();
        var people = new List<Actor>();
        for (var i = 0; i < 10; i++)
        {
            people.Add(await _world.ResidentAsync());
        }

        Task[] going =
        [
            UntilStoppedAsync(() => _server.RunJobsAsync()),
            UntilStoppedAsync(() => copy.RunJobsAsync()),
            UntilStoppedAsync(() => _server.GiveAsync(people[Random.Shared.Next(10)], _world.Grid, 1)),
        ];
        var steps = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            await _server.Services.GetRequiredService<BoardRebuild>().RunAsync(
                (done, _) => steps.Add(done), CancellationToken.None);
        }

        await stop.CancelAsync();
        await Task.WhenAll(going);
        foreach (var person in people)
        {
            await _server.GiveAsync(person, _world.Grid, 1);
        }

        await _server.RunJobsAsync();

        Assert.NotEmpty(steps);
        Assert.Empty((await CompareAsync()).Faults);
        Assert.Equal(900 + people.Count, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM board_score WHERE kind = 1 AND period = 6 AND points > 0 AND unit_id = @unit",
            ("unit", _world.District)));

        Task UntilStoppedAsync(Func<Task> act) => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await act();
                await Task.Delay(Random.Shared.Next(30));
            }
        });
    }

    [Fact]
    public async Task Boards_of_old_days_and_weeks_are_forgotten_and_those_of_months_kept()
    {
        await _server.GiveAsync(_helper, _world.Community, 10);
        await _server.RunJobsAsync();
        _server.Clock.Advance(TimeSpan.FromDays(93));
        await AwaitForgettingAsync();
        Assert.Equal("2,3,4,5,6", await KeptAsync());

        _server.Clock.Advance(TimeSpan.FromDays(700));
        await AwaitForgettingAsync();
        Assert.Equal("3,4,5,6", await KeptAsync());

        async Task AwaitForgettingAsync()
        {
            // One unit and kind of subject in each round.
            for (var i = 0; i < 30; i++)
            {
                await _server.RunJobsAsync();
            }
        }

        Task<string?> KeptAsync() => _server.Database.ScalarAsync<string>(
            "SELECT GROUP_CONCAT(DISTINCT period ORDER BY period) FROM board_score");
    }

    private Task<BoardReport> CompareAsync() =>
        _server.Services.GetRequiredService<BoardRebuild>().CompareAsync((_, _) => { }, CancellationToken.None);

    /// <summary>The helper's on the boards of these units.</summary>
    private async Task<IEnumerable<long>> PointsAsync(Wire.BoardPeriod period, string day, params Guid[] units)
    {
        var answer = await _helper.Boards.GetMyRankAsync(new()
        {
            Boards =
            {
                units.Select(unit => new Wire.BoardChoice
                {
                    Subject = Wire.BoardSubject.Person,
                    Period = period,
                    Day = day,
                    UnitId = $"{unit}",
                }),
            },
        });
        return answer.Ranks.Select(r => r.Points);
    }
}
