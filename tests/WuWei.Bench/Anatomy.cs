using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Access;
using WuWei.Gateway;
using WuWei.Jobs;

namespace WuWei.Bench;

/// <summary>
/// What one call is made of: trips to the database, memory and processor time, beside those of a bare call and of the same
/// SQL sent directly. The server runs in this process for it, without its background work, so that each figure is the
/// call's own, client included.
/// </summary>
public static class Anatomy
{
    private const int WarmUpCalls = 300;
    private const int Calls = 1_000;

    /// <summary>What the database's driver calls its traces, and those of one trip.</summary>
    private const string Driver = "MySqlConnector";
    private const string Trip = "Execute";

    public static async Task RunAsync(BenchDistrict district, CancellationToken cancel)
    {
        var trips = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Driver,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            ActivityStarted = activity => trips += activity.OperationName == Trip ? 1 : 0,
        };
        ActivitySource.AddActivityListener(listener);

        await using var bareApp = await BareServer.StartAsync(cancel);
        var bare = BenchDistrict.Bare(bareApp.Urls.First());
        await using var app = GatewayHost.Build(
            [.. district.Settings.ServerEnvironment.Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}"), "--WUWEI_GRPC_PORT=0", "--WUWEI_PUBLIC_PORT=0"],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<ISmsSender, ConsoleSms>();
                builder.Services.Remove(builder.Services.Single(s => s.ServiceType == typeof(IHostedService)
                    && s.ImplementationFactory?.Method.ReturnType == typeof(Worker)));
            });
        await app.StartAsync(cancel);
        var calls = await district.CallsAsync(app.Urls.First(), bare, cancel);
        calls.Parallel = 1;

        Console.WriteLine(
            $"\n{"one call, client included",-28}{"trips",7}{"KB allocated",14}{"CPU us",8}{"| direct:",11}{"trips",7}{"KB",7}{"CPU us",8}");
        Print("bare", await Cost.OfAsync(bare.CallAsync, () => trips), null);
        foreach (var (name, call, direct) in calls.All)
        {
            Print(name, await Cost.OfAsync(call, () => trips), await Cost.OfAsync(direct, () => trips));
        }
    }

    private static void Print(string name, Cost call, Cost? direct)
    {
        var own = string.Create(
            CultureInfo.InvariantCulture, $"{name,-28}{call.Trips,7:F1}{call.Bytes / 1024,14:F1}{call.CpuUs,8:F0}");
        Console.WriteLine(direct is null ? own : string.Create(
            CultureInfo.InvariantCulture, $"{own}{"|",11}{direct.Trips,7:F1}{direct.Bytes / 1024,7:F1}{direct.CpuUs,8:F0}"));
    }

    /// <summary>Of one call, on the average of many.</summary>
    private sealed record Cost(double Trips, double Bytes, double CpuUs)
    {
        public static async Task<Cost> OfAsync(Func<int, Task> act, Func<int> trips)
        {
            for (var i = 0; i < WarmUpCalls; i++)
            {
                await act(0);
            }

            using var process = Process.GetCurrentProcess();
            var (bytes, made, cpu) = (GC.GetTotalAllocatedBytes(precise: true), trips(), process.TotalProcessorTime);
            for (var i = 0; i < Calls; i++)
            {
                await act(0);
            }

            process.Refresh();
            return new Cost(
                (trips() - made) / (double)Calls, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)Calls,
                (process.TotalProcessorTime - cpu).TotalMicroseconds / Calls);
        }
    }
}
