using MySqlConnector;
using WuWei.Tests.Harness;
using WuWei.Tests.Races;

namespace WuWei.Tests.Crashes;

/// <summary>The database goes away at each statement of a call in turn, before the statement or before its answer.</summary>
public class CutTests(ITestOutputHelper output)
{
    private const int StatementsMax = 40;

    [Theory]
    [InlineData(Cut.BeforeItArrives)]
    [InlineData(Cut.BeforeItsAnswer)]
    public async Task Claiming_while_the_database_goes_away_is_done_or_unavailable_and_the_retry_tells(Cut cut)
    {
        await using var server = await TestServer.StartAsync(settings: "Wishes:ClaimsMax=1000");
        var world = await World.CreateAsync(server);
        var to = new MySqlConnectionStringBuilder(server.Database.Service);
        using var proxy = new CuttingProxy(to.Server, (int)to.Port);
        await using var copy = await TestServer.StartAsync(
            server.Database.Through(proxy.Port), server.Clock, settings: "Wishes:ClaimsMax=1000");
        var maker = await world.ResidentAsync();
        var staff = await world.StaffAsync(world.Community);
        var neighbour = (await world.ResidentAsync()).At(copy);
        await neighbour.ClaimAsync(await maker.OpenAsync(world.Request(), staff));

        var answers = new List<string>();
        for (var statement = 1; ; statement++)
        {
            Assert.True(statement < StatementsMax, "the cut never stops");
            var id = await maker.OpenAsync(world.Request(), staff);
            var claim = new Wire.ClaimWishRequest { WishId = id, Kind = Wire.ClaimerKind.Neighbour };
            var calls = neighbour.WishesWithKey(Guid.NewGuid().ToString());
            proxy.Arm(cut, statement);
            var first = await Race.RunAsync([() => calls.ClaimWishAsync(claim).ResponseAsync]);
            var fired = proxy.Fired;
            proxy.Arm(cut, int.MaxValue);

            var again = await Race.RunAsync([() => calls.ClaimWishAsync(claim).ResponseAsync]);

            answers.Add(first[0]);
            Assert.Contains(first[0], new[] { Race.Won, "DATABASE_AWAY" });
            Assert.Equal(Race.Won, again[0]);
            Assert.Equal(
                [Wire.WishMove.Make, Wire.WishMove.Approve, Wire.WishMove.Claim],
                await Race.AssertOnePathAsync(maker, id));
            if (!fired)
            {
                break;
            }
        }

        output.WriteLine(string.Join(", ", answers));
        Assert.Contains("DATABASE_AWAY", answers);
        await server.AssertSoundAsync();
        await Race.AssertOpenClaimsAsync(server);
    }

    [Fact]
    public async Task Connections_that_died_while_nobody_called_cost_nobody_an_error()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var to = new MySqlConnectionStringBuilder(server.Database.Service);
        using var proxy = new CuttingProxy(to.Server, (int)to.Port);
        await using var copy = await TestServer.StartAsync(server.Database.Through(proxy.Port), server.Clock);
        var maker = (await world.ResidentAsync()).At(copy);
        Assert.Equal("24 × won", Race.Show(await MakeAsync(24)));

        proxy.CutAll();

        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(
            maker.Wishes.GetWishAsync(new() { WishId = Guid.NewGuid().ToString() })));
        proxy.CutAll();
        Assert.Equal("24 × won", Race.Show(await MakeAsync(24)));

        Task<string[]> MakeAsync(int count) => Race.RunAsync(
            Enumerable.Repeat<Func<Task>>(() => maker.MakeAsync(world.Request()), count));
    }
}
