using Microsoft.Extensions.DependencyInjection;
using WuWei.Tests.Harness;
using WuWei.Views;

namespace WuWei.Tests.Views;

public sealed class ViewTests(SharedServer shared)
{
    private const string Today = "2026-06-01";

    [Fact]
    public async Task A_view_counts_once_however_often_and_by_whomever_it_is_sent()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var residents = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => world.ResidentAsync()));
        var resident = residents[0];
        var views = Enumerable.Range(0, 50).Select(_ => View(Wire.ViewModule.Wishes, world.Community)).ToArray();

        var counted = await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            var some = views.OrderBy(_ => Random.Shared.Next()).ToArray();
            return (await residents[i / 2].Views.NoteViewsAsync(new() { Views = { some } })).Counted;
        }));
        Assert.Equal(50, counted.Sum());
        Assert.Equal(50, (await CountAsync(resident, world.Community)).Views);

        await server.RunJobsAsync();
        Assert.Equal(0, (await resident.Views.NoteViewsAsync(new() { Views = { views } })).Counted);
        Assert.Equal(50, (await CountAsync(resident, world.Community)).Views);
        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task Totals_days_modules_and_units_are_what_a_replay_of_the_views_says()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var resident = await world.ResidentAsync();
        Guid[] units = [world.District, world.Street, world.Community, world.NextCommunity, world.Grid, world.FarCommunity];
        var seen = new List<(string Day, Wire.ViewModule Module, Guid Unit)>();
        for (var call = 0; call < 40; call++)
        {
            var views = Enumerable.Range(0, random.Next(1, 51))
                .Select(_ => View((Wire.ViewModule)random.Next(1, 10), units[random.Next(units.Length)])).ToArray();
            await resident.Views.NoteViewsAsync(new() { Views = { views } });
            var day = $"{Time.Clock.Day(server.Clock.GetUtcNow().UtcDateTime):yyyy-MM-dd}";
            seen.AddRange(views.Select(v => (day, v.Module, Guid.Parse(v.UnitId))));
            server.Clock.Advance(TimeSpan.FromMinutes(random.Next(600)));
            if (random.Next(3) == 0)
            {
                await server.RunJobsAsync();
            }
        }

        var (from, to) = (seen[0].Day, seen[^1].Day);
        var tree = await server.Services.GetRequiredService<WuWei.Organization.Units>().TreeAsync(CancellationToken.None);
        foreach (var unit in units)
        {
            var below = seen.Where(v => tree.Get(v.Unit).IsWithin(unit)).ToList();
            var counts = await resident.Views.CountViewsAsync(
                new() { UnitId = $"{unit}", FromDay = from, ToDay = to });
            Assert.Equal(below.Count, counts.Views);
            Assert.Equal(
                below.CountBy(v => v.Day).OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (d.Key, (long)d.Value)),
                counts.Days.Select(d => (d.Day, d.Views)));
            Assert.Equal(
                below.CountBy(v => v.Module).OrderBy(m => m.Key).Select(m => (m.Key, (long)m.Value)),
                counts.Modules.Select(m => (m.Module, m.Views)));
            Assert.Equal(
                tree.Below(unit).Select(u => (u.Id, Count: (long)below.Count(v => tree.Get(v.Unit).IsWithin(u.Id))))
                    .Where(u => u.Count > 0),
                counts.Units.Select(u => (Guid.Parse(u.UnitId), u.Views)));
        }

        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task What_names_no_unit_counts_where_its_viewer_lives()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var resident = await world.ResidentAsync();

        await resident.Views.NoteViewsAsync(new()
        {
            Views = { new Wire.View { Id = $"{Guid.NewGuid()}", Module = Wire.ViewModule.Home } },
        });

        Assert.Equal(1, (await CountAsync(resident, world.Community)).Views);
        Assert.Equal(1, (await CountAsync(resident, world.District)).Views);
        Assert.Equal(0, (await CountAsync(resident, world.NextCommunity)).Views);
    }

    [Fact]
    public async Task Old_views_are_forgotten_and_their_counts_stay()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var resident = await world.ResidentAsync();
        await resident.Views.NoteViewsAsync(new() { Views = { View(Wire.ViewModule.Home, world.Community) } });
        await server.RunJobsAsync();

        server.Clock.Advance(TimeSpan.FromDays(ViewReplay.DaysKept));
        await server.RunJobsAsync();

        Assert.Equal(0, await server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM view_event"));
        Assert.Equal(1, await server.Database.ScalarAsync<long>("SELECT CAST(SUM(amount) AS SIGNED) FROM view_count"));
        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_count_that_was_tampered_with_is_named()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var resident = await world.ResidentAsync();
        await resident.Views.NoteViewsAsync(new() { Views = { View(Wire.ViewModule.Home, world.Community) } });
        await server.RunJobsAsync();
        await server.Database.ExecuteAsync("UPDATE view_count SET amount = 2");

        var differences = await server.Services.GetRequiredService<ViewReplay>().CompareAsync(CancellationToken.None);

        Assert.Equal(
            $"views of unit {world.Community} on {Today}, module 1: kept 2, replayed 1", Assert.Single(differences));
    }

    [Fact]
    public async Task Whoever_sends_too_often_is_told_to_gather_more()
    {
        var resident = await shared.World.ResidentAsync();
        AsyncUnaryCall<Wire.NoteViewsResponse> Send() => resident.Views.NoteViewsAsync(
            new() { Views = { View(Wire.ViewModule.Home, shared.World.Community) } });
        for (var i = 0; i < 60; i++)
        {
            await Send();
        }

        Assert.Equal("VIEWS_TOO_OFTEN", await Refusals.ReasonAsync(Send()));
    }

    [Fact]
    public async Task What_is_no_view_is_refused_and_none_of_the_call_is_counted()
    {
        var resident = await shared.World.ResidentAsync();
        var right = View(Wire.ViewModule.Home, shared.World.Community);
        (string Reason, Wire.View[] Views)[] wrong =
        [
            ("VIEWS_INVALID", []),
            ("VIEWS_INVALID", [.. Enumerable.Range(0, 51).Select(_ => View(Wire.ViewModule.Home, shared.World.Community))]),
            ("VIEWS_INVALID", [right, new Wire.View(right) { Id = "1" }]),
            ("VIEWS_INVALID", [right, new Wire.View(right) { Module = (Wire.ViewModule)10 }]),
            ("VIEWS_INVALID", [right, new Wire.View(right) { UnitId = "here" }]),
            ("UNIT_UNKNOWN", [right, new Wire.View(right) { UnitId = $"{Guid.NewGuid()}" }]),
        ];
        foreach (var (reason, views) in wrong)
        {
            Assert.Equal(reason, await Refusals.ReasonAsync(resident.Views.NoteViewsAsync(new() { Views = { views } })));
        }

        Assert.Equal(1, (await resident.Views.NoteViewsAsync(new() { Views = { right } })).Counted);
    }

    private static Wire.View View(Wire.ViewModule module, Guid unit) =>
        new() { Id = $"{Guid.NewGuid()}", Module = module, UnitId = $"{unit}" };

    private static async Task<Wire.CountViewsResponse> CountAsync(Actor actor, Guid unit) =>
        await actor.Views.CountViewsAsync(new() { UnitId = $"{unit}", FromDay = Today, ToDay = Today });
}
