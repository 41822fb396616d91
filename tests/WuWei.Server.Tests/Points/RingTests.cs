using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Points;

/// <summary>
/// Rings of cheats planted among honest pairs: nearly all that the rings earn waits for a decision, and nearly nothing of
/// what honest people earn. What a claim shows comes from real claims; each act is paid by the server's own payer on the real
/// database. Small in the suite. Twenty thousand pairs and fifty rings, in minutes:
/// <code>
/// WUWEI_RING_PAIRS=20000 scripts/test -class '*RingTests' -showLiveOutput
/// </code>
/// The suite's town is always the same one; a whole town is another each time, unless WUWEI_RING_SEED names its seed.
/// </summary>
public sealed class RingTests(ITestOutputHelper output)
{
    private const int WholeTown = 20_000;
    private const int SmallTownSeed = 20_261_125;
    private const int PairsPerRing = 400;
    private const int RingsMin = 5;
    private const int Together = 24;

    [Fact]
    public async Task What_rings_earn_is_held_and_what_honest_people_earn_is_paid()
    {
        var pairs = int.Parse(Environment.GetEnvironmentVariable("WUWEI_RING_PAIRS") ?? "500");
        var seed = int.Parse(Environment.GetEnvironmentVariable("WUWEI_RING_SEED")
            ?? $"{(pairs >= WholeTown ? Random.Shared.Next() : SmallTownSeed)}");
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var town = new RingTown(new Random(seed), server.Clock.Now);
        var rings = Math.Max(RingsMin, pairs / PairsPerRing);
        var services = town.Live(pairs, rings, await SeeAsync(server, world));

        var paid = await PayAsync(server, world, services);

        output.WriteLine($"seed {seed}: {pairs} honest pairs, {rings} rings, {services.Count} acts");
        foreach (var kind in paid.GroupBy(p => p.Service.Kind).OrderBy(g => g.First().Service.Honest))
        {
            output.WriteLine($"{Share(kind):0.00} % held of {kind.Sum(p => p.Points)} points: {kind.Key}");
        }

        var (honest, cheats) = (Share(paid.Where(p => p.Service.Honest)), Share(paid.Where(p => !p.Service.Honest)));
        output.WriteLine($"held {cheats:0.00} % of what rings earned, {honest:0.00} % of what honest people earned");
        // In a small town a single family weighs much.
        var (cheatsMin, honestMax) = pairs >= WholeTown ? (95, 0.5) : (90, 2);
        Assert.True(
            cheats >= cheatsMin && honest < honestMax,
            $"seed {seed}: held {cheats:0.00} % of rings, {honest:0.00} % of honest people");
    }

    private static double Share(IEnumerable<(Service Service, int Points, bool Held)> paid)
    {
        var all = paid.ToList();
        return 100.0 * all.Where(p => p.Held).Sum(p => p.Points) / all.Sum(p => p.Points);
    }

    /// <summary>What claims show between those who share a device, a flat, or only a building.</summary>
    private static async Task<Dictionary<string, Suspicion>> SeeAsync(TestServer server, World world)
    {
        var staff = await world.StaffAsync(world.Community);
        return new()
        {
            [RingTown.SharedDevice] = await SeeAsync("1幢1单元101室", "2幢1单元101室", oneDevice: true),
            [RingTown.SameHousehold] = await SeeAsync("5幢1单元101室", "5栋1-101", oneDevice: false),
            [RingTown.SameBuilding] = await SeeAsync("6幢1单元101室", "6幢1单元102室", oneDevice: false),
        };

        async Task<Suspicion> SeeAsync(string maker, string helper, bool oneDevice)
        {
            Actor[] both = [await world.ResidentAsync(), await world.ResidentAsync()];
            var wishes = new List<string>();
            foreach (var (actor, address) in both.Zip([maker, helper]))
            {
                var request = world.Request();
                request.Contact = new() { Name = "王小明", Phone = actor.Phone, Address = address };
                wishes.Add(await actor.OpenAsync(request, staff));
                var device = server.PersonalData.Index("device", oneDevice ? "one-for-both" : $"{actor.PersonId}");
                await server.Db.HousekeepAsync(db =>
                {
                    db.QueueDevice(actor.PersonId, device, server.Clock.Now);
                    return Task.FromResult(true);
                }, CancellationToken.None);
            }

            await both[1].ClaimAsync(wishes[0]);
            return (Suspicion)await server.Database.ScalarAsync<int>(
                "SELECT claim_suspicion FROM wish WHERE id = @id", ("id", Guid.Parse(wishes[0])));
        }
    }

    /// <summary>Day by day, and what one ring did in the order in which it happened.</summary>
    private static async Task<List<(Service Service, int Points, bool Held)>> PayAsync(
        TestServer server, World world, List<Service> services)
    {
        var payer = server.Services.GetRequiredService<Payer>();
        var book = await server.Services.GetRequiredService<PointsRuleBooks>().BookAsync(CancellationToken.None);
        var sources = services.ToDictionary(_ => Guid.NewGuid());
        foreach (var day in sources.GroupBy(s => s.Value.At.Date))
        {
            await Parallel.ForEachAsync(
                day.GroupBy(s => s.Value.Ring), new ParallelOptions { MaxDegreeOfParallelism = Together },
                async (ring, cancel) =>
                {
                    foreach (var (source, service) in ring.OrderBy(s => s.Value.At))
                    {
                        await PayOneAsync(source, service, cancel);
                    }
                });
        }

        await using var connection = new MySqlConnection(server.Database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            """
            SELECT w.source_id, w.amount, w.held | COALESCE(c.suspicion, 0)
            FROM points_award w LEFT JOIN points_recall c ON c.award_id = w.id
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var paid = new List<(Service, int, bool)>();
        while (await reader.ReadAsync())
        {
            paid.Add((sources[reader.GetGuid(0)], reader.GetInt32(1), reader.GetInt32(2) > 0));
        }

        return paid;

        Task PayOneAsync(Guid source, Service service, CancellationToken cancel)
        {
            var earning = new Earning(
                PointsAct.WishKeptByNeighbour, service.Helper, AccountKind.Person, source, source, service.Served,
                world.Community, service.Taken, service.Seen, service.Maker, service.MadeForOther);
            var cause = JournalEntry.BySystem(
                service.At, "clock", "WISH_CONFIRMED", "wish", source, world.Community, new { });
            return server.Db.WriteAsync(async db =>
            {
                await payer.PayAsync(db, book.At(world.District, service.At), [earning], cause);
                return true;
            }, cancel);
        }
    }
}
