using WuWei.Activities;
using WuWei.Errors;
using WuWei.Places;

namespace WuWei.Recommendations;

/// <summary>What somebody asks recommendations for, checked. It is used for one answer and never stored.</summary>
/// <param name="MinutesFree">0: any.</param>
/// <param name="Ages">A bit, or 0; <paramref name="Times"/> are <see cref="Bits"/> of <see cref="TimeOfWeek"/>.</param>
/// <param name="Here">Roughly where their device is.</param>
public sealed record Wants(int MinutesFree, bool RemoteOnly, int Ages, int Times, Position? Here, int Count)
{
    public const int CountMax = 20;

    private const int TimesMax = 8;

    public static Wants Read(Wire.RecommendForMeRequest request)
    {
        var faults = new Faults();
        var age = request.Age == Wire.AgeBand.Unspecified ? 0 : Bits.Bit(faults.Enum<AgeBand>("age", (int)request.Age));
        if (request.Times.Count > TimesMax)
        {
            faults.Add("times", "太多了。");
        }

        var times = request.Times.Take(TimesMax).Select(time => faults.Enum<TimeOfWeek>("times", (int)time)).ToList();
        var wants = new Wants(
            faults.Range("minutes_free", request.MinutesFree, 0, 1_440), request.RemoteOnly, age, Bits.Of(times),
            Roughly(request.Here, faults), CountOf(request.Count, faults));
        ThrowIfAny(faults);
        return wants;
    }

    public static int CountOf(int asked, Faults faults) =>
        faults.Range("count", asked == 0 ? CountMax : asked, 1, CountMax);

    public static void ThrowIfAny(Faults faults) =>
        faults.ThrowIfAny("RECOMMENDATION_INVALID", "有些内容没有填对，请检查。");

    /// <summary>The middle of the cell that it is in: nearer than that nobody needs to be known.</summary>
    private static Position? Roughly(Wire.Position? here, Faults faults)
    {
        if (here is null)
        {
            return null;
        }

        var middle = GridCell.Of(new Point(
            faults.Range("here.latitude", here.Latitude, -90_000_000, 90_000_000),
            faults.Range("here.longitude", here.Longitude, -180_000_000, 180_000_000))).Middle;
        return new Position(middle.Latitude, middle.Longitude, AccuracyMetres: 0);
    }
}
