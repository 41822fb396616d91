using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Boards;
using WuWei.Data;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Bench;

/// <summary>A district of some size in a database of its own, and what serves it.</summary>
public sealed class BenchDistrict : IAsyncDisposable
{
    private const int Connections = 4;

    private BenchDistrict(BenchSettings settings, ServiceProvider services, BenchWorld world)
    {
        Settings = settings;
        Services = services;
        World = world;
    }

    public BenchSettings Settings { get; }
    public ServiceProvider Services { get; }
    public BenchWorld World { get; }

    public static async Task<BenchDistrict> LoadAsync(string databaseName, BenchSize size, CancellationToken cancel)
    {
        var settings = new BenchSettings(databaseName);
        await settings.CreateAsync(cancel);
        var services = settings.Open();
        var database = services.GetRequiredService<Database>();
        var units = services.GetRequiredService<Units>();
        await new UnitImport(database, units, TimeProvider.System).ImportAsync(
            settings.Units, under: null, UnitImport.System, (_, _) => { }, cancel);
        var book = await services.GetRequiredService<Categories>().BookAsync(cancel);
        var loaded = Stopwatch.StartNew();
        var world = await new BenchData(
            size, settings.Owner, database, services.GetRequiredService<PersonalData>(), await units.TreeAsync(cancel), book)
            .LoadAsync(cancel);
        Console.WriteLine($"{size.People} people and {size.Wishes} wishes loaded in {loaded.Elapsed.TotalSeconds:F0} s");
        await FillBoardsAsync(services, cancel);
        return new BenchDistrict(settings, services, world);
    }

    /// <summary>The boards of everybody's points at all levels, from nothing: what a rebuild takes at most.</summary>
    private static async Task FillBoardsAsync(IServiceProvider services, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        await services.GetRequiredService<BoardRebuild>().RunAsync(
            (done, total) => Console.Error.Write($"\rboards: {done} of {total} accounts"), cancel);
        Console.Error.WriteLine();
        var database = services.GetRequiredService<Database>();
        var scores = await database.ReadAsync(db => db.FindAsync<long>("SELECT COUNT(*) FROM board_score"), cancel);
        Console.WriteLine($"{scores} scores rebuilt from the ledger in {started.Elapsed.TotalSeconds:F1} s");
        started.Restart();
        var state = await database.ReadAsync(db => db.GetBoardStateAsync(), cancel);
        await services.GetRequiredService<BoardRedis>().FollowAsync(
            await services.GetRequiredService<Units>().TreeAsync(cancel), state, Clock.Day(DateTime.UtcNow), cancel);
        Console.WriteLine($"Redis filled in {started.Elapsed.TotalSeconds:F1} s");
    }

    /// <param name="address">The server's that answers for this district.</param>
    /// <param name="bare">What the board is compared with.</param>
    public Task<BenchCalls> CallsAsync(string address, BareCalls bare, CancellationToken cancel) =>
        BenchCalls.CreateAsync(Services, World, address, Connections, bare, cancel);

    public static BareCalls Bare(string address) => new(address, Connections);

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
