using Grpc.Net.Client;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

public class RedisUnderLoadTests(ITestOutputHelper output)
{
    /// <summary>Longer than a process remembers a session: every caller is looked for in Redis meanwhile.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Redis_emptied_killed_and_hanging_under_load_fails_no_call_and_signs_nobody_out()
    {
        await using var services = await CrashServices.StartAsync();
        var database = await TestDatabase.CreateAsync(services.Owner, services.Service);
        var clock = new TestClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        await using var observer = await TestServer.StartAsync(database, clock);
        var world = await World.CreateAsync(observer);
        await services.StartGatewayAsync(database);
        using var channel = GrpcChannel.ForAddress(services.Address);
        var book = new CrashBook();
        string[] files = [.. Enumerable.Range(1, 4).Select(i => $"{services.Folder}/client-{i}.tsv")];
        var clients = new List<CrashLoad>();
        foreach (var file in files)
        {
            clients.Add(await CrashLoad.CreateAsync(book, file, world, channel));
        }

        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(clients.Select(c => Task.Run(() => c.RunAsync(stop.Token))));
        await Task.Delay(Forgotten / 2);
        await services.FlushRedisAsync();
        services.Redis.Freeze();
        await Task.Delay(Forgotten);
        services.Redis.Thaw();
        services.Redis.Kill();
        await Task.Delay(Forgotten);
        services.Redis.Start();
        await Task.Delay(Forgotten / 2);
        await stop.CancelAsync();
        await load;

        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        output.WriteLine(await CrashJudge.JudgeAsync(observer, files));
        Assert.Empty(book.Troubles);
    }
}
