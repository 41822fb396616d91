using System.Globalization;
using WuWei.Places;

namespace WuWei.Operator.Demo;

/// <summary>
/// Where the demo's communities are. Made up, by a fixed rule: those of a street lie around its middle, and the streets lie
/// to each other as on the map.
/// </summary>
public static class DemoPlaces
{
    private const int StreetCodeLength = 9;

    /// <summary>In millionths of a degree: between communities of a street, and from a community's middle to its wishes.</summary>
    private const int Apart = 2_500;
    private const int Wide = 4_000;

    /// <summary>Turning by it each time, no two come to lie in one direction.</summary>
    private const double GoldenAngle = 2.399963;

    private static readonly Dictionary<string, Point> Streets = new()
    {
        ["320105001"] = new(32_042_000, 118_752_000),
        ["320105002"] = new(32_003_000, 118_732_000),
        ["320105003"] = new(31_978_000, 118_714_000),
        ["320105004"] = new(32_022_000, 118_708_000),
        ["320105006"] = new(32_022_000, 118_732_000),
        ["320105007"] = new(32_016_000, 118_750_000),
    };

    /// <param name="unit">Code of a community, or of a grid in it.</param>
    public static Wire.Point Middle(string unit)
    {
        var street = Streets[unit[..StreetCodeLength]];
        var number = int.Parse(unit[StreetCodeLength..DemoStory.CommunityCodeLength], CultureInfo.InvariantCulture);
        var (turn, away) = (number * GoldenAngle, Apart * Math.Sqrt(number));
        return new()
        {
            Latitude = street.Latitude + (int)(away * Math.Sin(turn)),
            Longitude = street.Longitude + (int)(away * Math.Cos(turn)),
        };
    }

    /// <summary>Somewhere in the community, for each of its wishes elsewhere.</summary>
    public static Wire.Point Of(string unit, int number)
    {
        var point = Middle(unit);
        point.Latitude += (number * 7_919 % ((2 * Wide) + 1)) - Wide;
        point.Longitude += (number * 6_007 % ((2 * Wide) + 1)) - Wide;
        return point;
    }
}
