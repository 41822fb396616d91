using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Data;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Wishes;

namespace WuWei.Bench;

/// <summary>Loads, starts the servers, measures, prints.</summary>
public sealed class BenchRun(BenchSize size)
{
    private const int Connections = 4;
    private static readonly int[] CallersAt = [1, 32, 64];
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    private readonly List<Row> _rows = [];

    public async Task RunAsync(FileInfo? output, CancellationToken cancel)
    {
        var settings = BenchSettings.FromEnvironment();
        await settings.CreateAsync(cancel);
        await using var services = settings.Open();
        var world = await FillAsync(settings, services, cancel);

        await using var bare = Child.Start(
            typeof(BenchRun).Assembly.Location, new Dictionary<string, string>(), "--bare-server");
        var bareAddress = await bare.Output.ReadLineAsync(cancel)
            ?? throw new InvalidOperationException("The bare server did not start.");
        var started = Stopwatch.StartNew();
        await using var server = Child.Start(settings.GatewayAssembly, settings.ServerEnvironment);
        _ = server.Output.ReadToEndAsync(cancel);
        await settings.WaitAsync(cancel);
        Console.WriteLine($"start to first call: {started.Elapsed.TotalSeconds:F2} s");

        var calls = new BenchCalls(services, world, bareAddress, settings.Address, Connections);
        foreach (var callers in CallersAt)
        {
            calls.Parallel = callers;
            var bareRate = (await MeasureAsync("bare", callers, calls.Bare, null, null)).Rate;
            foreach (var (name, call, direct) in calls.All)
            {
                var directRate = (await MeasureAsync($"{name} direct", callers, direct, null, null)).Rate;
                await MeasureAsync(name, callers, call, bareRate, directRate);
            }
        }

        Console.WriteLine($"resident memory of the server: {server.ResidentBytes() / (1 << 20)} MB");
        if (output is not null)
        {
            await File.WriteAllTextAsync(output.FullName, JsonSerializer.Serialize(_rows, Json), cancel);
        }
    }

    private async Task<BenchWorld> FillAsync(BenchSettings settings, ServiceProvider services, CancellationToken cancel)
    {
        var database = services.GetRequiredService<Database>();
        var units = services.GetRequiredService<Units>();
        await new UnitImport(database, units, TimeProvider.System).ImportAsync(
            settings.Units, under: null, UnitImport.System, (_, _) => { }, cancel);
        var book = await services.GetRequiredService<Categories>().BookAsync(cancel);
        var loaded = Stopwatch.StartNew();
        var world = await new BenchData(
            size, settings.Owner, database, services.GetRequiredService<PersonalData>(), await units.TreeAsync(cancel), book)
            .LoadAsync(cancel);
        Console.WriteLine(
            $"{size.People} people and {size.Kept + (2 * size.Fuel)} wishes loaded in {loaded.Elapsed.TotalSeconds:F0} s");
        Console.WriteLine($"{"",-26}{"callers",8}{"calls/s",10}{"p50 ms",9}{"p99 ms",9}{"of bare",9}{"of direct",11}{"spread",8}");
        return world;
    }

    private async Task<Point> MeasureAsync(
        string name, int callers, Func<int, Task> act, double? bareRate, double? directRate)
    {
        var point = await Point.TakeAsync(callers, size, act);
        var row = new Row(
            name, callers, point.Rate, point.P50Ms, point.P99Ms, point.Rate / bareRate, point.Rate / directRate,
            point.SpreadPercent);
        _rows.Add(row);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-26}{callers,8}{row.Rate,10:F0}{row.P50Ms,9:F2}{row.P99Ms,9:F2}{row.OfBare,9:F2}{row.OfDirect,11:F2}{row.SpreadPercent,7:F0}%"));
        return point;
    }
}
