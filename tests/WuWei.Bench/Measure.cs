using System.Diagnostics;

namespace WuWei.Bench;

/// <summary>One measurement: how many calls a second, and how long each took.</summary>
public sealed record Slice(double Rate, double P50Ms, double P99Ms)
{
    /// <summary>One closed loop per caller, for so long.</summary>
    public static Task<Slice> OfAsync(int callers, TimeSpan length, Func<int, Task> act)
    {
        var watch = Stopwatch.StartNew();
        return LoopAsync(callers, act, _ => watch.Elapsed < length);
    }

    /// <summary>One closed loop per caller, so many calls each.</summary>
    public static Task<Slice> OfAsync(int callers, int callsEach, Func<int, Task> act) =>
        LoopAsync(callers, act, done => done < callsEach);

    private static async Task<Slice> LoopAsync(int callers, Func<int, Task> act, Func<int, bool> goesOn)
    {
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var taken = new List<double>();
            while (goesOn(taken.Count))
            {
                var started = Stopwatch.GetTimestamp();
                await act(caller);
                taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return taken;
        })));
        var elapsed = watch.Elapsed.TotalSeconds;
        var all = times.SelectMany(t => t).Order().ToArray();
        return new Slice(all.Length / elapsed, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }
}

/// <summary>
/// Repeated measurements of one thing. What is compared is measured in turn, and each repeat gives a ratio of its own: the
/// machine drifts, but hardly between two neighbouring slices.
/// </summary>
public sealed class Series(string name, int callers)
{
    private readonly List<Slice> _slices = [];

    public void Add(Slice slice) => _slices.Add(slice);

    public Row ToRow(Series? bare = null, Series? direct = null)
    {
        var middle = _slices.OrderBy(s => s.Rate).ElementAt(_slices.Count / 2);
        var ratios = direct is null ? [] : RatiosTo(direct);
        return new Row(
            name, callers, middle.Rate, middle.P50Ms, middle.P99Ms,
            bare is null ? null : Middle(RatiosTo(bare)),
            direct is null ? null : Middle(ratios),
            direct is null ? null : ratios.Min(), direct is null ? null : ratios.Max(),
            100 * (_slices.Max(s => s.Rate) - _slices.Min(s => s.Rate)) / middle.Rate);
    }

    private double[] RatiosTo(Series other) => [.. _slices.Zip(other._slices, (own, its) => own.Rate / its.Rate)];

    private static double Middle(double[] ratios) => ratios.Order().ElementAt(ratios.Length / 2);
}

/// <summary>A row of the table, as `--out` writes it.</summary>
/// <param name="OfBare">Its rate as a part of the bare call's.</param>
/// <param name="OfDirect">Its rate as a part of the same SQL sent directly; low and high are those of single repeats.</param>
/// <param name="SpreadPercent">Between the fastest and the slowest repeat.</param>
public sealed record Row(
    string Name, int Callers, double Rate, double P50Ms, double P99Ms, double? OfBare, double? OfDirect,
    double? OfDirectLow, double? OfDirectHigh, double SpreadPercent);
