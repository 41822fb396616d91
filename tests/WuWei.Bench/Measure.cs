using System.Diagnostics;

namespace WuWei.Bench;

/// <summary>One point: how many a second, and how long each took.</summary>
public sealed record Point(double Rate, double P50Ms, double P99Ms, double SpreadPercent)
{
    /// <summary>Runs one closed loop per caller; the middle repeat counts.</summary>
    public static async Task<Point> TakeAsync(int callers, BenchSize size, Func<int, Task> act)
    {
        await LoopAsync(callers, size.WarmUp, act);
        var repeats = new List<Point>();
        for (var i = 0; i < size.Repeats; i++)
        {
            repeats.Add(await LoopAsync(callers, size.Measured, act));
        }

        var ordered = repeats.OrderBy(r => r.Rate).ToList();
        var middle = ordered[ordered.Count / 2];
        return middle with { SpreadPercent = 100 * (ordered[^1].Rate - ordered[0].Rate) / middle.Rate };
    }

    private static async Task<Point> LoopAsync(int callers, TimeSpan length, Func<int, Task> act)
    {
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var taken = new List<double>();
            while (watch.Elapsed < length)
            {
                var started = Stopwatch.GetTimestamp();
                await act(caller);
                taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return taken;
        })));
        var elapsed = watch.Elapsed.TotalSeconds;
        var all = times.SelectMany(t => t).Order().ToArray();
        return new Point(all.Length / elapsed, all[all.Length / 2], all[(int)(all.Length * 0.99)], 0);
    }
}

/// <summary>A row of the table, as `--out` writes it.</summary>
/// <param name="OfBare">Its rate as a part of the bare call's, for calls.</param>
/// <param name="OfDirect">Its rate as a part of the same SQL sent directly.</param>
public sealed record Row(
    string Name, int Callers, double Rate, double P50Ms, double P99Ms, double? OfBare, double? OfDirect,
    double SpreadPercent);
