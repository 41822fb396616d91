using Grpc.Net.Client;
using MySqlConnector;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

/// <summary>
/// 64 people earn, staff hold, void, overturn and correct, 8 readers sum all balances up, and server and database are killed
/// in between. A few seconds in the suite. Minutes:
/// <code>
/// WUWEI_LEDGER_SECONDS=180 WUWEI_LEDGER_KILLS=12 scripts/test -class '*LedgerTests' -showLiveOutput
/// </code>
/// </summary>
public class LedgerTests(ITestOutputHelper output)
{
    private const int Writers = 64;
    private const int Readers = 8;
    private static readonly TimeSpan OutageMax = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Every_snapshot_sums_to_zero_and_no_award_is_paid_twice_or_missing_whatever_is_killed()
    {
        await using var services = await CrashServices.StartAsync();
        var database = await TestDatabase.CreateAsync(services.Owner, services.Service);
        var clock = new TestClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        await using var observer = await TestServer.StartAsync(database, clock);
        var world = await World.CreateAsync(observer);
        await RelaxAsync(world);
        await services.StartGatewayAsync(database);
        using var channel = GrpcChannel.ForAddress(services.Address);
        var people = new List<Actor>();
        for (var i = 0; i < Writers; i++)
        {
            people.Add((await world.ResidentAsync()).Through(channel));
        }

        var staff = (await world.StaffAsync(world.Community)).Through(channel);
        var colleague = (await world.StaffAsync(world.Community)).Through(channel);
        List<LedgerWriter> writers =
            [.. people.Select((_, i) => new LedgerWriter(world, people, i, staff, colleague))];

        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(writers.Select(w => Task.Run(() => w.RunAsync(stop.Token))));
        using var close = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(database, close.Token))));
        await KillAsync(services, writing, reading);
        await stop.CancelAsync();
        await writing;
        await close.CancelAsync();
        var snapshots = (await reading).Sum();

        await JudgeAsync(observer, [.. writers.SelectMany(w => w.Lives)], writers.Sum(w => w.Corrections));
        output.WriteLine(
            $"{writers.Sum(w => w.Lives.Count)} lives, {writers.Sum(w => w.Corrections)} corrections, "
            + $"{writers.Sum(w => w.Retries)} calls sent again, {snapshots} snapshots, each summing to zero");
        Assert.True(snapshots > Readers, "the readers hardly read");
    }

    /// <summary>Rules under which everybody earns all the time, and about half of it is held.</summary>
    private static async Task RelaxAsync(World world)
    {
        var (chief, deputy) = (await world.StaffAsync(world.District), await world.StaffAsync(world.District));
        var rules = (await chief.Points.ListPointsRulesAsync(new() { UnitId = $"{world.District}" })).Rules[0].Clone();
        (rules.DayMax, rules.WeekMax, rules.HeldWithinSeconds) = (100_000, 700_000, 1);
        (rules.HeldFromMeeting, rules.HeldFromReturn, rules.HeldFromOther) = (1_000, 1_000, 1_000);
        rules.PairPercents.Clear();
        rules.PairPercents.Add(100);
        var proposed = (await chief.Points.ProposePointsRulesAsync(new() { Rules = rules })).Rules;
        await deputy.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Id });
    }

    private async Task KillAsync(CrashServices services, params Task[] running)
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable("WUWEI_LEDGER_SECONDS") ?? "8");
        var kills = int.Parse(Environment.GetEnvironmentVariable("WUWEI_LEDGER_KILLS") ?? "2");
        for (var kill = 0; kill < kills && !running.Any(r => r.IsFaulted); kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds((0.5 + Random.Shared.NextDouble()) * seconds / (kills + 1)));
            var isDatabase = kill % 2 == 1;
            var process = isDatabase ? services.MariaDb : services.Gateway;
            process.Kill();
            await Task.Delay(OutageMax * Random.Shared.NextDouble());
            process.Start();
            await (isDatabase ? services.AwaitMariaDbAsync() : services.AwaitGatewayAsync());
            output.WriteLine($"{(isDatabase ? "database" : "server")} killed and back");
        }

        await Task.Delay(TimeSpan.FromSeconds((double)seconds / (kills + 1)));
    }

    /// <summary>Each time all balances beside all transfers, as they were at one moment.</summary>
    /// <returns>How many snapshots were read.</returns>
    private static async Task<int> ReadAsync(TestDatabase database, CancellationToken close)
    {
        var snapshots = 0;
        while (!close.IsCancellationRequested)
        {
            try
            {
                Assert.Equal(0, await database.ScalarAsync<long>(
                    """
                    START TRANSACTION WITH CONSISTENT SNAPSHOT;
                    SELECT
                      ABS((SELECT COALESCE(SUM(balance), 0) FROM points_account)
                        - (SELECT COALESCE(SUM(IF(a.id IS NULL, -1, 1) * CAST(t.amount AS SIGNED)), 0)
                          FROM points_transfer t LEFT JOIN points_account a ON a.id = t.to_id))
                      + (SELECT COUNT(*) FROM points_account a
                        WHERE a.balance <> (
                          SELECT COALESCE(SUM(IF(t.to_id = a.id, 1, -1) * CAST(t.amount AS SIGNED)), 0)
                          FROM points_transfer t WHERE t.to_id = a.id OR t.from_id = a.id));
                    COMMIT
                    """));
                snapshots++;
            }
            catch (Exception e) when (e is MySqlException or InvalidOperationException)
            {
                // It was killed; the next snapshot is of what it came back with.
            }

            await Task.Delay(50, CancellationToken.None);
        }

        return snapshots;
    }

    private static async Task JudgeAsync(TestServer observer, List<LedgerLife> lives, int corrections)
    {
        Assert.NotEmpty(lives);
        await using var connection = new MySqlConnection(observer.Database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            """
            SELECT w.subject_id, w.held > 0 OR c.award_id IS NOT NULL AS held,
              t.id IS NOT NULL AND (c.award_id IS NULL OR u.id IS NOT NULL) AS paid,
            """ + $" {AwardSql.ReversedBy} IS NOT NULL AS reversed FROM points_award w {AwardSql.Joins}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var awards = new List<(Guid Wish, bool Held, bool Paid, bool Reversed)>();
        while (await reader.ReadAsync())
        {
            awards.Add((reader.GetGuid(0), reader.GetInt32(1) > 0, reader.GetInt32(2) > 0, reader.GetInt32(3) > 0));
        }

        var byWish = awards.ToLookup(a => a.Wish);
        Assert.Equal(lives.Count, byWish.Count);
        foreach (var life in lives)
        {
            // One for the wish and one for its rating, both held or neither.
            var two = byWish[life.WishId].ToList();
            Assert.Equal(2, two.Count);
            Assert.All(two, award =>
            {
                Assert.True(life.Paid is null || award.Held, "decided on, but it was not held");
                Assert.Equal(award.Held ? life.Paid == true : true, award.Paid);
                Assert.Equal(life.Overturned && award.Paid, award.Paid && award.Reversed);
            });
        }

        Assert.Equal(
            corrections,
            await observer.Database.ScalarAsync<int>("SELECT COUNT(*) FROM points_transfer WHERE kind = 3"));
        await observer.AssertPointsAsync();
        await observer.AssertSoundAsync();
    }
}
