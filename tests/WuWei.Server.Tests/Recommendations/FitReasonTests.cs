using WuWei.Recommendations;

namespace WuWei.Tests.Recommendations;

/// <summary>The weights of what speaks for something, without a server.</summary>
public class FitReasonTests
{
    private static readonly FitReason[] Each =
        [.. Enum.GetValues<FitKind>().Select(kind => new FitReason(kind, kind == FitKind.Near ? 1_000 : 3))];

    [Fact]
    public void One_more_reason_always_puts_something_higher()
    {
        // All sets of reasons there are.
        for (var set = 0; set < 1 << Each.Length; set++)
        {
            FitReason[] some = [.. Each.Where((_, i) => (set & (1 << i)) != 0)];
            Assert.All(Each.Except(some), more => Assert.True(Weight([.. some, more]) > Weight(some)));
        }
    }

    [Fact]
    public void What_is_tagged_for_an_age_goes_before_everything_that_is_not()
    {
        FitKind[] ofActivities =
        [
            FitKind.Skill, FitKind.SameCommunity, FitKind.Near, FitKind.Remote, FitKind.Brief, FitKind.FreeTime,
            FitKind.FewOthers,
        ];
        FitKind[] ofWishes =
        [
            FitKind.Offered, FitKind.KeptSimilar, FitKind.SameCommunity, FitKind.Remote, FitKind.Brief, FitKind.Waiting,
        ];

        Assert.All(new[] { ofActivities, ofWishes }, kinds => Assert.True(
            Weight([.. Each.Where(r => kinds.Contains(r.Kind))]) < Weight([new(FitKind.AgeBand)])));
    }

    [Theory]
    [InlineData(0, 1_000, 15)]
    [InlineData(1_000, 1_000, 15)]
    [InlineData(1_001, 3_000, 10)]
    [InlineData(3_000, 3_000, 10)]
    [InlineData(4_999, 5_000, 5)]
    [InlineData(5_001, null, null)]
    public void Distances_are_known_in_three_steps_only(int metres, int? step, int? weight)
    {
        var near = FitReason.Near(metres);

        Assert.Equal((step, weight), (near?.Number, near?.Weight));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 1)]
    [InlineData(30, 30)]
    [InlineData(31, null)]
    public void Half_an_hour_is_brief_and_more_is_not(int minutes, int? brief) =>
        Assert.Equal(brief, FitReason.Brief(minutes)?.Number);

    private static int Weight(FitReason[] reasons) => reasons.Sum(r => r.Weight);
}
