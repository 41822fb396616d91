using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Data;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

public class HangUpTests
{
    private const int Calls = 200;
    private const int Connections = 16;

    [Fact]
    public async Task Callers_who_hang_up_leave_every_pooled_connection_fit_for_the_next()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        // A copy whose connections are all new when the calls arrive.
        await using var copy = await TestServer.StartAsync(server.Database, server.Clock);
        var maker = (await world.ResidentAsync()).At(copy);

        await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (_, _) =>
        {
            using var hangUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 30)));
            try
            {
                await maker.Wishes.MakeWishAsync(world.Request(), cancellationToken: hangUp.Token);
            }
            catch (RpcException e)
            {
                Assert.Equal(StatusCode.Cancelled, e.StatusCode);
            }
        });

        await AssertFitAsync(copy.Services.GetRequiredService<MySqlDataSource>());
        await copy.AssertSoundAsync();
    }

    [Fact]
    public async Task Giving_up_while_a_connection_opens_leaves_it_set_up()
    {
        await using var server = await TestServer.StartAsync();
        await using var source = DataSource.Build(server.Database.Service);
        var database = new Database(source, Microsoft.Extensions.Logging.Abstractions.NullLogger<Database>.Instance);

        await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (i, _) =>
        {
            using var giveUp = new CancellationTokenSource();
            giveUp.CancelAfter(TimeSpan.FromMicroseconds(Random.Shared.Next(50, 20_000)));
            try
            {
                await database.HousekeepAsync(db => db.FindAsync<int>("SELECT 1"), giveUp.Token);
            }
            catch (OperationCanceledException)
            {
                // As intended.
            }
        });

        await AssertFitAsync(source);
    }

    /// <summary>Set up as every session expects it, and in no transaction.</summary>
    private static async Task AssertFitAsync(MySqlDataSource source)
    {
        var opened = new List<MySqlConnection>();
        for (var i = 0; i < Connections; i++)
        {
            opened.Add(await source.OpenConnectionAsync());
        }

        foreach (var connection in opened)
        {
            await using var ask = new MySqlCommand(
                "SELECT CONCAT(@@innodb_snapshot_isolation, @@innodb_lock_wait_timeout, @@in_transaction)", connection);
            Assert.Equal("ON50", $"{await ask.ExecuteScalarAsync()}");
        }

        foreach (var connection in opened)
        {
            await connection.DisposeAsync();
        }
    }
}
