using WuWei.Boards;
using WuWei.Time;

namespace WuWei.Tests.Boards;

public class BoardSpanTests
{
    [Theory]
    [InlineData("2026-06-01", BoardPeriod.Day, "2026-06-01", "2026-06-02")]
    [InlineData("2026-06-01", BoardPeriod.Week, "2026-06-01", "2026-06-08")]
    [InlineData("2026-05-31", BoardPeriod.Week, "2026-05-25", "2026-06-01")]
    [InlineData("2027-01-03", BoardPeriod.Week, "2026-12-28", "2027-01-04")]
    [InlineData("2028-02-29", BoardPeriod.Month, "2028-02-01", "2028-03-01")]
    [InlineData("2026-12-31", BoardPeriod.Month, "2026-12-01", "2027-01-01")]
    [InlineData("2026-03-31", BoardPeriod.Quarter, "2026-01-01", "2026-04-01")]
    [InlineData("2026-04-01", BoardPeriod.Quarter, "2026-04-01", "2026-07-01")]
    [InlineData("2026-12-31", BoardPeriod.Quarter, "2026-10-01", "2027-01-01")]
    [InlineData("2026-12-31", BoardPeriod.Year, "2026-01-01", "2027-01-01")]
    public void A_day_is_in_its_period(string day, BoardPeriod period, string startsOn, string endsOn) => Assert.Equal(
        new BoardSpan(period, DateTime.Parse(startsOn), DateTime.Parse(endsOn)), BoardSpan.Of(period, DateTime.Parse(day)));

    [Theory]
    [InlineData("2026-12-31T15:59:59Z", "2026-01-01")]
    [InlineData("2026-12-31T16:00:00Z", "2027-01-01")]
    public void A_year_begins_at_midnight_in_China(string utc, string startsOn) => Assert.Equal(
        DateTime.Parse(startsOn),
        BoardSpan.Of(BoardPeriod.Year, Clock.Day(DateTimeOffset.Parse(utc).UtcDateTime)).StartsOn);

    [Fact]
    public void A_period_is_settled_from_the_day_after_its_last()
    {
        var week = BoardSpan.Of(BoardPeriod.Week, new DateTime(2026, 6, 7));

        Assert.False(week.IsSettled(new DateTime(2026, 6, 7)));
        Assert.True(week.IsSettled(new DateTime(2026, 6, 8)));
    }

    [Fact]
    public void A_rank_is_exact_however_many_points()
    {
        var first = new DateTime(2026, 6, 1, 2, 0, 0, DateTimeKind.Utc);
        Score[] best =
        [
            new(BoardRank.PointsMax, first), new(BoardRank.PointsMax, first.AddSeconds(1)),
            new(BoardRank.PointsMax - 1, first), new(2, first.AddYears(30)), new(1, first), new(1, first.AddSeconds(1)),
        ];

        Assert.Equal(best, best.Reverse().OrderBy(BoardRank.Number));
        Assert.Equal(best.Select(s => s.Points), best.Select(s => BoardRank.Points(BoardRank.Number(s))));
        Assert.Distinct(best.Select(BoardRank.Number));
    }
}
