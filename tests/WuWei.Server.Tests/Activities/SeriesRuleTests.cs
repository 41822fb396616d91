using System.Globalization;
using WuWei.Activities;
using WuWei.Errors;

namespace WuWei.Tests.Activities;

public class SeriesRuleTests
{
    [Theory]
    [InlineData("FREQ=WEEKLY;BYDAY=TU,TH", "2026-01-06", "01-06 01-08 01-13 01-15")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;COUNT=3", "2026-01-06", "01-06 01-20 02-03")]
    [InlineData("FREQ=DAILY;UNTIL=20260108", "2026-01-06", "01-06 01-07 01-08")]
    [InlineData("FREQ=DAILY;BYDAY=SA,SU", "2026-01-10", "01-10 01-11 01-17 01-18")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", "01-31 03-31 05-31 07-31")]
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR,1MO", "2026-01-30", "01-30 02-02 02-27 03-02")]
    [InlineData("FREQ=MONTHLY", "2026-01-05", "01-05 02-05 03-05 04-05")]
    public void A_rule_gives_its_days(string rule, string first, string days) => Assert.Equal(
        days, string.Join(' ', SeriesRule.Read(rule, Day(first)).DaysAfter(Day(first).AddDays(-1)).Take(4)
            .Select(d => d.ToString("MM-dd", CultureInfo.InvariantCulture))));

    [Fact]
    public void Days_are_counted_from_the_first_on_wherever_one_looks() => Assert.Equal(
        [Day("2026-01-20")],
        SeriesRule.Of("FREQ=WEEKLY;COUNT=3", Day("2026-01-06")).DaysAfter(Day("2026-01-13")));

    [Theory]
    [InlineData("")]
    [InlineData("每周二")]
    [InlineData("FREQ=HOURLY")]
    [InlineData("FREQ=YEARLY")]
    [InlineData("INTERVAL=2")]
    [InlineData("FREQ=DAILY;FREQ=DAILY")]
    [InlineData("FREQ=DAILY;BYHOUR=8,9")]
    [InlineData("FREQ=DAILY;INTERVAL=0")]
    [InlineData("FREQ=DAILY;COUNT=3;UNTIL=20260301")]
    [InlineData("FREQ=DAILY;UNTIL=20260301T000000Z")]
    [InlineData("FREQ=WEEKLY;BYDAY=1TU")]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=6")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=--6")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=32")]
    [InlineData("FREQ=WEEKLY;BYDAY=")]
    [InlineData("FREQ=WEEKLY;BYSETPOS=1;BYDAY=TU")]
    // What it begins with is none of its days, or it has none.
    [InlineData("FREQ=WEEKLY;BYDAY=WE")]
    [InlineData("FREQ=DAILY;UNTIL=20260105")]
    [InlineData("FREQ=DAILY;INTERVAL=7;BYDAY=WE")]
    public void What_says_anything_else_is_refused(string rule) => Assert.Equal(
        "SERIES_RULE", Assert.Throws<RefusedException>(() => SeriesRule.Read(rule, Day("2026-01-06"))).Reason);

    [Fact]
    public void A_rule_that_is_too_long_is_refused() => Assert.Throws<RefusedException>(() => SeriesRule.Read(
        $"FREQ=WEEKLY;BYDAY={string.Join(',', Enumerable.Repeat("TU", 70))}", Day("2026-01-06")));

    private static DateTime Day(string day) => DateTime.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
