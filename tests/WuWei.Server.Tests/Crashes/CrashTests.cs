using System.Diagnostics;
using Grpc.Net.Client;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

/// <summary>
/// kill -9 under load, at random moments; Redis is emptied and killed, and clients lose their memory meanwhile. Two
/// kills each of server and database in the suite. A campaign of a quarter of an hour:
/// <code>
/// WUWEI_CRASH_SERVER_KILLS=100 WUWEI_CRASH_DATABASE_KILLS=50 scripts/test -class '*CrashTests' -showLiveOutput
/// </code>
/// </summary>
public class CrashTests(ITestOutputHelper output)
{
    private const int Clients = 6;
    private const double CalmMaxMs = 2_000;
    private const double OutageMaxMs = 800;

    /// <summary>What was answered before a kill has arrived after this.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(1);

    private readonly CrashBook _book = new();
    private readonly Dictionary<string, List<TimeSpan>> _back = new() { ["server"] = [], ["database"] = [] };

    private enum Blow
    {
        Server,
        Database,
        Both,
        RedisEmptied,
        RedisAway,
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_done_twice_when_server_and_database_are_killed()
    {
        await using var services = await CrashServices.StartAsync();
        var database = await TestDatabase.CreateAsync(services.Owner, services.Service);
        var clock = new TestClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        // This copy only makes people, and looks after it all at the end.
        await using var observer = await TestServer.StartAsync(database, clock);
        var world = await World.CreateAsync(observer);
        await services.StartGatewayAsync(database);
        using var channel = GrpcChannel.ForAddress(services.Address);
        string[] files = [.. Enumerable.Range(1, Clients).Select(i => $"{services.Folder}/client-{i}.tsv")];
        var clients = new List<CrashLoad>();
        foreach (var file in files)
        {
            clients.Add(await CrashLoad.CreateAsync(_book, file, world, channel));
        }

        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(clients.Select(c => Task.Run(() => c.RunAsync(stop.Token))));
        foreach (var blow in Blows())
        {
            await PauseAsync(CalmMaxMs);
            if (load.IsFaulted)
            {
                break;
            }

            await StrikeAsync(blow, services);
        }

        await stop.CancelAsync();
        await load;
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        var judged = await CrashJudge.JudgeAsync(observer, files);
        output.WriteLine($"{judged}; clients lost their memory {_book.Restarts} times");
        output.WriteLine($"answers beside: {string.Join(", ", _book.Troubles.Select(t => $"{t.Value} × {t.Key}"))}");
        foreach (var (what, times) in _back)
        {
            times.Sort();
            output.WriteLine(
                $"{what}: {times.Count} kills; from its start to the first write "
                + $"{times[times.Count / 2].TotalSeconds:f1} s in the median, {times[^1].TotalSeconds:f1} s at worst");
        }

        Assert.DoesNotContain(await File.ReadAllLinesAsync(services.Gateway.Log), IsOurError);
    }

    /// <summary>As many kills as asked for, some of both at once, and Redis in between; in any order.</summary>
    private static Blow[] Blows()
    {
        var servers = Count("WUWEI_CRASH_SERVER_KILLS");
        var databases = Count("WUWEI_CRASH_DATABASE_KILLS");
        var both = Math.Min(servers, databases) / 5;
        var redis = Math.Max(1, (servers + databases) / 10);
        Blow[] blows =
        [
            .. Enumerable.Repeat(Blow.Server, servers - both), .. Enumerable.Repeat(Blow.Database, databases - both),
            .. Enumerable.Repeat(Blow.Both, both), .. Enumerable.Repeat(Blow.RedisEmptied, redis),
            .. Enumerable.Repeat(Blow.RedisAway, redis),
        ];
        Random.Shared.Shuffle(blows);
        return blows;

        static int Count(string setting) => int.Parse(Environment.GetEnvironmentVariable(setting) ?? "2");
    }

    private async Task StrikeAsync(Blow blow, CrashServices services)
    {
        switch (blow)
        {
            case Blow.Server:
                await KillAsync(["server"], [services.Gateway], services.AwaitGatewayAsync);
                break;
            case Blow.Database:
                await KillAsync(["database"], [services.MariaDb], services.AwaitMariaDbAsync);
                break;
            case Blow.Both:
                await KillAsync(
                    ["server", "database"], [services.Gateway, services.MariaDb], services.AwaitGatewayAsync);
                break;
            case Blow.RedisEmptied:
                await services.FlushRedisAsync();
                break;
            case Blow.RedisAway:
                services.Redis.Kill();
                await PauseAsync(CalmMaxMs);
                services.Redis.Start();
                break;
        }
    }

    private async Task KillAsync(string[] names, ChildProcess[] processes, Func<Task> awaitAsync)
    {
        var who = string.Join(" and ", names);
        foreach (var process in processes)
        {
            process.Kill();
        }

        await Task.Delay(Silence);
        await PauseAsync(OutageMaxMs);
        var startedAt = Stopwatch.GetTimestamp();
        foreach (var process in processes)
        {
            process.Start();
        }

        await awaitAsync();
        long? wroteAt;
        while ((wroteAt = _book.FirstSuccessAfter(startedAt)) is null)
        {
            Assert.True(Stopwatch.GetElapsedTime(startedAt) < PatienceMax, $"no write since {who} is back");
            await Task.Delay(20);
        }

        var took = Stopwatch.GetElapsedTime(startedAt, wroteAt.Value);
        foreach (var name in names)
        {
            _back[name].Add(took);
        }

        output.WriteLine($"{who} killed; a write {took.TotalMilliseconds:f0} ms after its start");
    }

    /// <summary>A bug of the server's own; Redis's client, too, reports its lost connections as errors.</summary>
    private static bool IsOurError(string line) =>
        line.Contains("\"LogLevel\":\"Error\",\"Category\":\"WuWei", StringComparison.Ordinal);

    private static Task PauseAsync(double millisecondsMax) =>
        Task.Delay(TimeSpan.FromMilliseconds(millisecondsMax * Random.Shared.NextDouble()));
}
