using WuWei.Places;

namespace WuWei.Tests.Places;

public class Wgs84Tests
{
    /// <summary>Pairs that other programs of the same shift are tested with: in Shanghai, Shenzhen and Beijing.</summary>
    [Theory]
    [InlineData(31.1774276, 121.5272106, 31.175304, 121.531542)]
    [InlineData(22.543847, 113.912316, 22.540796, 113.917176)]
    [InlineData(39.911954, 116.377817, 39.913345, 116.384047)]
    public void A_point_lies_where_maps_of_China_show_it(double latitude, double longitude, double shownNorth, double shownEast)
    {
        var shown = new Wgs84(latitude, longitude).ToPoint();

        Assert.Equal(Math.Round(shownNorth * 1e6), shown.Latitude);
        Assert.Equal(Math.Round(shownEast * 1e6), shown.Longitude);
    }

    [Fact]
    public void There_and_back_is_the_same_place()
    {
        for (var north = Point.SouthEnd; north < Point.NorthEnd; north += 1_234_567)
        {
            for (var east = Point.WestEnd; east < Point.EastEnd; east += 1_234_567)
            {
                var real = Wgs84.Of(new Point(north, east));

                Assert.InRange(real.ToPoint().MetresTo(new Point(north, east)), 0, 1);
                Assert.InRange(
                    new Point((int)(real.Latitude * 1e6), (int)(real.Longitude * 1e6)).MetresTo(new Point(north, east)), 1, 1_500);
            }
        }
    }
}
