using WuWei.Access;
using WuWei.Calls;

namespace WuWei.Tests.Partners;

/// <summary>What a partner's call remembers of the units it got something of.</summary>
public class ReachTests
{
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();

    [Fact]
    public void It_is_out_of_reach_as_soon_as_one_of_several_units_is()
    {
        var call = CallOf(One, Other);
        call.DemandReach([One]);
        call.DemandReach([Other]);

        Assert.True(call.IsInReachOf(PartnerOf(One, Other), Alone));
        Assert.False(call.IsInReachOf(PartnerOf(One), Alone));
        Assert.False(call.IsInReachOf(PartnerOf(Other), Alone));
    }

    [Fact]
    public void It_goes_by_the_tree_as_it_is()
    {
        var street = Guid.NewGuid();
        var call = CallOf(street);
        call.DemandReach([One, street]);

        Assert.True(call.IsInReachOf(PartnerOf(street), unit => [unit, Other, street]));
        Assert.False(call.IsInReachOf(PartnerOf(street), unit => [unit, Other]));
        Assert.False(call.IsInReachOf(PartnerOf(street), _ => []));
    }

    [Fact]
    public void More_than_a_hundred_units_are_a_bug()
    {
        var units = Enumerable.Range(0, 101).Select(_ => Guid.NewGuid()).ToArray();
        var call = CallOf(units);
        foreach (var unit in units[..100])
        {
            call.DemandReach([unit]);
            call.DemandReach([unit]);
        }

        Assert.Throws<InvalidOperationException>(() => call.DemandReach([units[100]]));
    }

    private static IReadOnlyList<Guid> Alone(Guid unit) => [unit];

    private static Call CallOf(params Guid[] units)
    {
        var partner = PartnerOf(units);
        return new Call(
            Permissions.ByRpc["wuwei.v1.BoardService/WatchBoard"], Caller.Of(partner), source: "", Channel.Unknown,
            key: null, DateTime.UnixEpoch)
        {
            Partner = partner,
        };
    }

    private static Partner PartnerOf(params Guid[] units) => new(
        Guid.Empty, "hotline", "热线", "看排行", [], units.ToHashSet(), new HashSet<Guid>(), 100, DateTime.UnixEpoch, null,
        null);
}
