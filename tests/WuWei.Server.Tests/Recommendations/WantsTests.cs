using WuWei.Recommendations;

namespace WuWei.Tests.Recommendations;

/// <summary>What a request says of its caller, without a server.</summary>
public class WantsTests
{
    [Fact]
    public void Where_a_device_is_is_known_to_some_500_metres_only()
    {
        Assert.Equal((32_032_500, 118_748_000), HereOf(32_030_001, 118_744_999));
        Assert.Equal((-2_500, -4_000), HereOf(-1, -5_000));
        Assert.All(
            Enumerable.Range(0, 100),
            i => Assert.Equal(HereOf(32_030_000, 118_740_000), HereOf(32_030_000 + (i * 49), 118_743_999 - (i * 49))));
    }

    private static (int Latitude, int Longitude) HereOf(int latitude, int longitude) =>
        Wants.Read(new() { Here = new() { Latitude = latitude, Longitude = longitude, AccuracyMetres = 5 } }).Here is { } here
            ? (here.Latitude, here.Longitude)
            : default;
}
