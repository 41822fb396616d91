using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
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
    public const int Connections = 4;

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
        var district = new BenchDistrict(settings, services, world);
        await district.FillBoardsAsync("of all periods", cancel);
        return district;
    }

    /// <summary>All that a rebuild concerns once what has ended is settled, from no score at all.</summary>
    public async Task RebuildBoardsAsync(CancellationToken cancel)
    {
        var today = Clock.Day(DateTime.UtcNow);
        var tree = await Services.GetRequiredService<Units>().TreeAsync(cancel);
        await Services.GetRequiredService<BoardFeeder>().SettleAsync(
            BoardState.HashOf(tree), today, Clock.FromChina(today), cancel);
        await using (var connection = new MySqlConnection(Settings.Owner))
        {
            await connection.OpenAsync(cancel);
            await using var truncate = new MySqlCommand("TRUNCATE TABLE board_score", connection);
            await truncate.ExecuteNonQueryAsync(cancel);
        }

        await FillBoardsAsync("of periods that last", cancel);
    }

    private async Task FillBoardsAsync(string which, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        await Services.GetRequiredService<BoardRebuild>().RunAsync(
            (done, total) => Console.Error.Write($"\rboards: {done} of {total} accounts"), cancel);
        Console.Error.WriteLine();
        var database = Services.GetRequiredService<Database>();
        var scores = await database.ReadAsync(db => db.FindAsync<long>("SELECT COUNT(*) FROM board_score"), cancel);
        Console.WriteLine($"{scores} scores {which} rebuilt from the ledger in {started.Elapsed.TotalSeconds:F1} s");
        started.Restart();
        var state = await database.ReadAsync(db => db.GetBoardStateAsync(), cancel);
        await Services.GetRequiredService<BoardRedis>().FollowAsync(
            await Services.GetRequiredService<Units>().TreeAsync(cancel), state, Clock.Day(DateTime.UtcNow), cancel);
        Console.WriteLine($"Redis filled in {started.Elapsed.TotalSeconds:F1} s");
    }

    /// <param name="address">The server's that answers for this district.</param>
    /// <param name="bare">What the board is compared with.</param>
    public Task<BenchCalls> CallsAsync(string address, BareCalls bare, CancellationToken cancel) =>
        BenchCalls.CreateAsync(Services, World, address, Connections, bare, cancel);

    public static BareCalls Bare(string address) => new(address, Connections);

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
