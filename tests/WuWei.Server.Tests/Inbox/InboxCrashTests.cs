using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Errors;
using WuWei.Inbox;
using WuWei.Jobs;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Inbox;

/// <summary>However often and wherever the job is killed, each entry is told once.</summary>
public sealed class InboxCrashTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Copies_that_are_killed_at_random_miss_nothing_and_tell_nothing_twice()
    {
        await using var other = await TestServer.StartAsync(_server.Database, _server.Clock);
        var random = new Random(20_260_601);
        // All of them first: who is told depends on who is staff then.
        var casts = new List<WishCast>();
        while (casts.Count < 12)
        {
            casts.Add(await WishCast.CreateAsync(_world));
        }

        for (var round = 0; round < casts.Count; round++)
        {
            await casts[round].WishAsync(WishStatus.Kept, ratedLow: round % 2 == 0);
            await SealAsync();
            for (var i = 0; i < 4; i++)
            {
                using var kill = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 40)));
                await Task.WhenAll(TryAsync(_server, kill.Token), TryAsync(other, kill.Token), KillConnectionsAsync(random));
            }
        }

        while (await Job(_server).RunAsync(CancellationToken.None) > 0)
        {
            // To the end.
        }

        var told = await StoryAsync();
        Assert.True(told.Count > 50, $"{told.Count} is not much of a story");
        // Nobody was killed in the second telling, on an inbox that was emptied.
        await _server.Database.ExecuteAsync(
            "DELETE FROM inbox_item; DELETE FROM delivery; UPDATE inbox_head SET number = 0, told_to = NULL");
        while (await Job(_server).RunAsync(CancellationToken.None) > 0)
        {
            // To the end.
        }

        Assert.Equal(await StoryAsync(), told);
    }

    private static InboxJob Job(TestServer server) => server.Services.GetServices<IJob>().OfType<InboxJob>().Single();

    private Task SealAsync() => _server.Services.GetRequiredService<WuWei.Journal.Sealer>().RunAsync(CancellationToken.None);

    private static async Task TryAsync(TestServer server, CancellationToken kill)
    {
        try
        {
            await Job(server).RunAsync(kill);
        }
        catch (Exception e) when (e is OperationCanceledException or RefusedException or MySqlException)
        {
            // Killed.
        }
    }

    /// <summary>The server's connections die under it, wherever it is.</summary>
    private async Task KillConnectionsAsync(Random random)
    {
        await Task.Delay(random.Next(1, 30));
        var name = new MySqlConnectionStringBuilder(_server.Database.Service).Database;
        await using var connection = new MySqlConnection(_server.Database.Owner);
        await connection.OpenAsync();
        var ids = new List<long>();
        await using (var list = new MySqlCommand(
            "SELECT id FROM information_schema.processlist WHERE db = @name AND id <> CONNECTION_ID()", connection))
        {
            list.Parameters.AddWithValue("name", name);
            await using var reader = await list.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                ids.Add(Convert.ToInt64(reader.GetValue(0)));
            }
        }

        foreach (var id in ids)
        {
            try
            {
                await using var kill = new MySqlCommand($"KILL {id}", connection);
                await kill.ExecuteNonQueryAsync();
            }
            catch (MySqlException)
            {
                // Gone by itself.
            }
        }
    }

    /// <summary>How many events of each thing each person was told of, and which was the last.</summary>
    private async Task<List<string>> StoryAsync()
    {
        await using var connection = new MySqlConnection(_server.Database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            """
            SELECT HEX(person_id), HEX(subject_id), SUM(times), MAX(number) FROM inbox_item
            GROUP BY person_id, subject_id ORDER BY person_id, subject_id
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var story = new List<string>();
        while (await reader.ReadAsync())
        {
            story.Add($"{reader.GetString(0)} {reader.GetString(1)} {reader.GetValue(2)} {reader.GetValue(3)}");
        }

        return story;
    }
}
