using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace WuWei.Bench;

/// <summary>Loads, starts the servers, measures, prints.</summary>
public sealed class BenchRun(BenchSize size)
{
    private const string Database = "wuwei_bench";
    public const int CallersMax = 64;
    private static readonly int[] CallersAt = [1, 32, CallersMax];
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    private readonly List<Row> _rows = [];

    /// <param name="publicOnly">Nothing but the public door's rows.</param>
    public async Task RunAsync(FileInfo? output, bool publicOnly, CancellationToken cancel)
    {
        await using var district = await BenchDistrict.LoadAsync(Database, size, cancel);
        await using var bareServer = Child.Start(
            typeof(BenchRun).Assembly.Location, new Dictionary<string, string>(), "--bare-server");
        var bare = BenchDistrict.Bare(await bareServer.Output.ReadLineAsync(cancel)
            ?? throw new InvalidOperationException("The bare server did not start."));
        // The client is compiled before anything is timed.
        await Slice.OfAsync(1, size.WarmUp, bare.CallAsync);

        var calls = await district.CallsAsync(district.Settings.Address, bare, cancel);
        var started = Stopwatch.StartNew();
        await using var server = await district.Settings.StartServerAsync(cancel);
        await calls.All[0].Call(0);
        var startSeconds = started.Elapsed.TotalSeconds;

        // First: later the same people have earned all they may in a day, and no board moves.
        using (var live = new LiveBoard(district, calls, server))
        {
            await live.RunAsync(cancel);
        }

        using var encodings = new Encodings(district.World, district.Settings);
        Console.WriteLine(
            $"\nEach: {size.WarmUp.TotalSeconds} s of warm-up, then {size.Repeats} repeats of {size.Measured.TotalSeconds} s in turn with "
            + "the bare call and the direct SQL; for GetBoard a bare call with an answer of its size, for GetMyRank the two commands "
            + "of Redis, for GrpcWeb and Json GetWish by gRPC (aims: 0.8 and 0.9). The middle repeat is shown; spread is between the fastest and the slowest.");
        Console.WriteLine($"{"",-26}{"callers",8}{"calls/s",10}{"p50 ms",9}{"p99 ms",9}{"of bare",9}{"of direct",20}{"spread",8}");
        foreach (var callers in CallersAt)
        {
            calls.Parallel = callers;
            var allBare = new Series("Bare", callers);
            foreach (var (name, call, direct) in publicOnly ? [] : calls.All)
            {
                await CompareAsync(name, callers, bare.CallAsync, direct, call, allBare);
            }

            await CompareAsync("GrpcWeb", callers, bare.CallAsync, encodings.Grpc, encodings.GrpcWeb, allBare);
            await CompareAsync("Json", callers, bare.CallAsync, encodings.Grpc, encodings.Json, allBare);

            Report(allBare.ToRow());
        }

        var residentMb = server.ResidentBytes() / (1 << 20);
        Console.WriteLine($"\nstart to first call: {startSeconds:F2} s");
        Console.WriteLine($"resident memory of the server after the load: {residentMb} MB");
        if (!publicOnly)
        {
            await Anatomy.RunAsync(district, cancel);
        }

        if (size == BenchSize.Full && !publicOnly)
        {
            await Scale.RunAsync(calls, bare, cancel);
        }

        if (output is not null)
        {
            await File.WriteAllTextAsync(output.FullName, JsonSerializer.Serialize(_rows, Json), cancel);
        }
    }

    public static async Task AnatomyAsync(CancellationToken cancel)
    {
        await using var district = await BenchDistrict.LoadAsync(Database, BenchSize.Quick, cancel);
        await Anatomy.RunAsync(district, cancel);
    }

    public static async Task BoardsAsync(CancellationToken cancel)
    {
        await using var district = await BenchDistrict.LoadAsync(Database, BenchSize.Full with { Fuel = 0 }, cancel);
        await district.RebuildBoardsAsync(cancel);
    }

    /// <summary>Bare call, direct SQL and call in turn, over and over.</summary>
    private async Task CompareAsync(
        string name, int callers, Func<int, Task> bare, Func<int, Task> direct, Func<int, Task> call, Series allBare)
    {
        var (bareSeries, directSeries, callSeries) = (
            new Series("Bare", callers), new Series($"{name} direct", callers), new Series(name, callers));
        await Slice.OfAsync(callers, size.WarmUp, direct);
        await Slice.OfAsync(callers, size.WarmUp, call);
        for (var repeat = 0; repeat < size.Repeats; repeat++)
        {
            var bareSlice = await Slice.OfAsync(callers, size.Measured / 4, bare);
            bareSeries.Add(bareSlice);
            allBare.Add(bareSlice);
            directSeries.Add(await Slice.OfAsync(callers, size.Measured, direct));
            callSeries.Add(await Slice.OfAsync(callers, size.Measured, call));
        }

        Report(directSeries.ToRow());
        Report(callSeries.ToRow(bareSeries, directSeries));
    }

    private void Report(Row row)
    {
        _rows.Add(row);
        var direct = row.OfDirect is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $"{row.OfDirect:F2} ({row.OfDirectLow:F2} to {row.OfDirectHigh:F2})");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{row.Name,-26}{row.Callers,8}{row.Rate,10:F0}{row.P50Ms,9:F2}{row.P99Ms,9:F2}{row.OfBare,9:F2}{direct,20}{row.SpreadPercent,7:F0}%"));
    }
}
