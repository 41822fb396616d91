using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Data;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Privacy;
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
        return new BenchDistrict(settings, services, world);
    }

    /// <param name="address">The server's that answers for this district.</param>
    public Task<BenchCalls> CallsAsync(string address, CancellationToken cancel) =>
        BenchCalls.CreateAsync(Services, World, address, Connections, cancel);

    public static BareCalls Bare(string address) => new(address, Connections);

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
