using WuWei.Tests.Harness;

namespace WuWei.Tests.Races;

public class ClaimRaceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_thousand_wishes_each_wanted_by_64_have_one_claimer_each()
    {
        const int wishes = 1_000;
        const int callers = 64;
        await using var server = await TestServer.StartAsync(settings: "Wishes:ClaimsMax=1000");
        await using var copy = await TestServer.StartAsync(
            server.Database, server.Clock, settings: "Wishes:ClaimsMax=1000");
        var world = await World.CreateAsync(server);
        var maker = await world.ResidentAsync();
        var staff = await world.StaffAsync(world.Community);
        var ids = await OpenAsync(maker, staff, world, wishes);
        var neighbours = new List<Actor>();
        for (var i = 0; i < callers; i++)
        {
            var neighbour = await world.ResidentAsync();
            neighbours.Add(i % 2 == 0 ? neighbour : neighbour.At(copy));
        }

        // Everybody goes for the wishes in the same order, so all 64 meet at each.
        var outcomes = (await Task.WhenAll(neighbours.Select(async neighbour =>
        {
            var own = new List<string>();
            foreach (var id in ids)
            {
                own.AddRange(await Race.RunAsync([() => neighbour.ClaimAsync(id)]));
            }

            return own;
        }))).SelectMany(o => o).ToList();

        output.WriteLine(Race.Show(outcomes));
        Assert.Equal($"{wishes * (callers - 1)} × WISH_ALREADY_CLAIMED, {wishes} × won", Race.Show(outcomes));
        Assert.Equal(wishes, await server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM wish WHERE status = 3 AND claimer_id IS NOT NULL AND version = 3"));
        await server.AssertSoundAsync();
        await server.Database.AssertJournalTellsTheStepsAsync();
        await Race.AssertOpenClaimsAsync(server);
    }

    [Fact]
    public async Task Claiming_twenty_wishes_at_once_takes_no_more_than_five()
    {
        await using var server = await TestServer.StartAsync();
        await using var copy = await TestServer.StartAsync(server.Database, server.Clock);
        var world = await World.CreateAsync(server);
        var maker = await world.ResidentAsync();
        var staff = await world.StaffAsync(world.Community);
        var neighbour = await world.ResidentAsync();
        var ids = await OpenAsync(maker, staff, world, 20);

        var outcomes = await Race.RunAsync(ids.Select((id, i) =>
            (Func<Task>)(() => (i % 2 == 0 ? neighbour : neighbour.At(copy)).ClaimAsync(id))));

        Assert.Equal("15 × CLAIMS_TOO_MANY, 5 × won", Race.Show(outcomes));
        await server.AssertSoundAsync();
        await Race.AssertOpenClaimsAsync(server);
    }

    private static async Task<List<string>> OpenAsync(Actor maker, Actor staff, World world, int count)
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (_, _) => ids.Add(await maker.OpenAsync(world.Request(), staff)));
        return [.. ids];
    }
}
