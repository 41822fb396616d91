using System.Diagnostics;
using MySqlConnector;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

/// <summary>What hangs is worse than what is gone: connections stay open and nobody answers.</summary>
public class FrozenTests(ITestOutputHelper output)
{
    [Fact]
    public async Task While_the_database_hangs_calls_end_as_unavailable_within_their_limit_and_then_all_goes_on()
    {
        await using var services = await CrashServices.StartAsync();
        var to = new MySqlConnectionStringBuilder(services.Service)
        {
            DefaultCommandTimeout = 2,
            ConnectionTimeout = 2,
        };
        var database = await TestDatabase.CreateAsync(services.Owner, to.ConnectionString);
        await using var server = await TestServer.StartAsync(database);
        var world = await World.CreateAsync(server);
        var maker = await world.ResidentAsync();
        var key = Guid.NewGuid().ToString();
        var request = world.Request();
        await maker.Wishes.MakeWishAsync(world.Request());

        services.MariaDb.Freeze();
        var waited = Stopwatch.StartNew();
        var refusals = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Refusals.ReasonAsync(
            maker.WishesWithKey($"{key}-{i}").MakeWishAsync(request))));
        waited.Stop();
        services.MariaDb.Thaw();

        output.WriteLine($"refused within {waited.Elapsed.TotalSeconds:f1} s");
        Assert.All(refusals, r => Assert.Equal("DATABASE_AWAY", r));
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), $"refused after {waited.Elapsed}");
        for (var i = 0; i < 8; i++)
        {
            await maker.WishesWithKey($"{key}-{i}").MakeWishAsync(request);
        }

        Assert.Equal(9, await database.ScalarAsync<int>("SELECT COUNT(*) FROM wish"));
        await server.AssertSoundAsync();
    }
}
