using System.Globalization;

namespace WuWei.Bench;

/// <summary>What size itself costs: the same calls on a hundredth of the data, in turn with those on all of it.</summary>
public static class Scale
{
    private const string Database = "wuwei_bench_small";
    private const int Callers = 32;
    private const int Repeats = 5;

    /// <summary>So few that a small district's wishes to claim and confirm suffice.</summary>
    private const int CallsEach = 14;
    private const int ReadsEach = 300;

    public static async Task RunAsync(BenchCalls large, BareCalls bare, CancellationToken cancel)
    {
        await using var district = await BenchDistrict.LoadAsync(Database, BenchSize.Small, cancel);
        await using var server = await district.Settings.StartServerAsync(cancel);
        var small = await district.CallsAsync(district.Settings.Address, bare, cancel);
        large.Parallel = small.Parallel = Callers;

        Console.WriteLine($"\ncost of a call among {BenchSize.Full.Wishes} wishes, as a multiple of that among {BenchSize.Small.Wishes}, {Callers} callers");
        foreach (var ((name, call, _), (_, smallCall, _)) in large.All.Zip(small.All))
        {
            var each = BenchCalls.Writes(name) ? CallsEach : ReadsEach;
            var (largeSeries, smallSeries) = (new Series(name, Callers), new Series(name, Callers));
            await Slice.OfAsync(Callers, callsEach: 3, call);
            await Slice.OfAsync(Callers, callsEach: 3, smallCall);
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                largeSeries.Add(await Slice.OfAsync(Callers, each, call));
                smallSeries.Add(await Slice.OfAsync(Callers, each, smallCall));
            }

            var ofLarge = smallSeries.ToRow(direct: largeSeries);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-26}{ofLarge.OfDirect,8:F2} ({ofLarge.OfDirectLow:F2} to {ofLarge.OfDirectHigh:F2})"));
        }
    }
}
