using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class WishCountTests
{
    private const int MovesMin = 40;

    [Fact]
    public void A_median_lies_straight_between_the_bounds_of_its_bucket()
    {
        Assert.Null(WishCounts.Median(new long[17]));
        Assert.Equal(0.5, WishCounts.Median([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(3, WishCounts.Median([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(2_880, WishCounts.Median([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
    }

    [Fact]
    public async Task Whatever_anybody_does_the_counts_equal_a_recount_and_parents_their_children()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var people = new List<Actor>
        {
            await world.StaffAsync(world.Community), await world.StaffAsync(world.Street),
            await world.StaffAsync(world.District), await world.WithRoleAsync(Role.Volunteer, world.District),
            await world.WithRoleAsync(Role.PartyMember, world.District),
        };
        Guid[] homes = [world.Community, world.NextCommunity, world.FarCommunity, world.Grid];
        foreach (var home in homes)
        {
            people.Add(await world.ResidentAsync(home));
        }

        var ids = new List<string>();
        var moved = 0;
        // Most of what is tried is refused: some walks need longer until they have seen enough.
        for (var i = 0; i < 500 || (moved <= MovesMin && i < 5000); i++)
        {
            var caller = people[random.Next(people.Count)];
            if (ids.Count == 0 || random.Next(8) == 0)
            {
                ids.Add(await caller.MakeAsync(world.Request(homes[random.Next(homes.Length)])));
            }
            else if (random.Next(12) == 0)
            {
                server.Clock.Advance(TimeSpan.FromHours(random.Next(1, 16)));
                await server.RunJobsAsync();
            }
            else
            {
                var rpc = WishCalls.All[random.Next(WishCalls.All.Length)];
                var kind = (Wire.ClaimerKind)random.Next(1, 5);
                var id = ids[random.Next(Math.Max(0, ids.Count - 6), ids.Count)];
                // Somebody of a few may often do it.
                for (var tries = 0; tries < 4; tries++, caller = people[random.Next(people.Count)])
                {
                    var reason = await caller.Wishes.CallAsync(rpc, id, people[^1], kind).TryAsync();
                    Assert.False(
                        reason is "INTERNAL" || reason?.StartsWith("no reason", StringComparison.Ordinal) == true,
                        $"{rpc} answered {reason}, seed {seed}");
                    moved += reason is null ? 1 : 0;
                }
            }
        }

        Assert.True(moved > MovesMin, $"only {moved} moves happened, seed {seed}");
        await server.AssertSoundAsync();
        var made = await CountAsync(world.District);
        Assert.True(made.Made >= ids.Count);
        Assert.Equal(Numbers(made), Sum(await CountAsync(world.Street), await CountAsync(world.OtherStreet)));
        Assert.Equal(
            Numbers(await CountAsync(world.Street)),
            Sum(await CountAsync(world.Community), await CountAsync(world.NextCommunity)));

        async Task<Wire.WishCounts> CountAsync(Guid unit) =>
            (await people[0].Wishes.CountWishesAsync(new() { UnitId = $"{unit}" })).Counts;
    }

    private static long[] Numbers(Wire.WishCounts c) =>
    [
        c.Made, c.PendingReview, c.Open, c.Claimed, c.Delivered, c.Kept, c.KeptByAutoConfirmation, c.Rejected,
        c.Withdrawn, c.Expired, c.Imported, c.Overdue, c.Satisfaction.Ratings, c.OpenFollowUps,
        .. c.KeptByKind.Select(k => k.Kept),
    ];

    private static IEnumerable<long> Sum(Wire.WishCounts a, Wire.WishCounts b) =>
        Numbers(a).Zip(Numbers(b), (x, y) => x + y);
}
