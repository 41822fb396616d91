using WuWei.Points;

namespace WuWei.Tests.Points;

public class AwardAmountTests
{
    private static readonly PointsRulesBody Rules = DefaultRules.Body with
    {
        DayMax = 25,
        WeekMax = 40,
        PairPercents = [100, 50, 0],
        HeldWithinSeconds = 60,
        HeldFromMeeting = 3,
    };

    [Theory]
    [InlineData(0, 0, 0, 10)]
    [InlineData(20, 20, 0, 5)]
    [InlineData(25, 25, 0, 0)]
    [InlineData(60, 60, 0, 0)]
    [InlineData(0, 38, 0, 2)]
    [InlineData(0, 0, 1, 5)]
    [InlineData(0, 0, 2, 0)]
    [InlineData(0, 0, 9, 0)]
    [InlineData(22, 22, 1, 3)]
    public void Caps_and_decay_leave(long today, long thisWeek, int meetings, int amount) =>
        Assert.Equal(amount, Of(TimeSpan.FromDays(1), new Earned(today, thisWeek, meetings)).Amount);

    [Theory]
    [InlineData(59, 0, Suspicion.KeptInSeconds)]
    [InlineData(60, 0, Suspicion.None)]
    [InlineData(3_600, 1, Suspicion.None)]
    [InlineData(59, 1, Suspicion.KeptInSeconds)]
    public void What_is_kept_in_seconds_looks_odd(int seconds, int meetings, Suspicion suspicion) =>
        Assert.Equal(suspicion, Of(TimeSpan.FromSeconds(seconds), new Earned(0, 0, meetings)).Suspicion);

    [Theory]
    [InlineData(1, 1, Suspicion.None)]
    [InlineData(2, 1, Suspicion.Returned)]
    [InlineData(2, 0, Suspicion.None)]
    public void Each_serving_the_other_over_and_over_looks_odd(int meetings, int returned, Suspicion suspicion)
    {
        var rules = Rules with { PairPercents = [100], HeldFromMeeting = 10, HeldFromReturn = 3 };
        var amount = AwardAmount.Of(rules, Earning(TimeSpan.FromDays(1)), new(0, 0, meetings, returned));

        Assert.Equal(suspicion, amount.Suspicion);
    }

    [Theory]
    [InlineData(1, true, Suspicion.None)]
    [InlineData(2, true, Suspicion.MakerKeepsMeeting)]
    [InlineData(2, false, Suspicion.None)]
    public void One_asking_for_person_after_person_looks_odd_unless_it_is_their_work(
        int others, bool forOther, Suspicion suspicion) => Assert.Equal(
        suspicion,
        AwardAmount.Of(
            Rules with { HeldFromOther = 3 }, Earning(TimeSpan.FromDays(1)) with { MadeForOther = forOther },
            new(0, 0, 0, Others: others)).Suspicion);

    [Fact]
    public void What_is_worth_nothing_is_not_held() =>
        Assert.Equal(Suspicion.None, Of(TimeSpan.Zero, new Earned(25, 25, 5)).Suspicion);

    [Fact]
    public void The_same_two_people_meeting_over_and_over_looks_odd()
    {
        var often = Rules with { PairPercents = [100] };

        Assert.Equal(Suspicion.None, AwardAmount.Of(often, Earning(TimeSpan.FromDays(1)), new(0, 0, 1)).Suspicion);
        Assert.Equal(
            Suspicion.PairKeepsMeeting,
            AwardAmount.Of(often, Earning(TimeSpan.FromDays(1)), new(0, 0, 2)).Suspicion);
    }

    [Fact]
    public void Rules_name_every_act_once_and_keep_their_ranges()
    {
        Assert.Same(DefaultRules.Body, DefaultRules.Body.Checked());
        foreach (var wrong in new[]
        {
            Rules with { Acts = [.. Rules.Acts.Skip(1)] },
            Rules with { Acts = [.. Rules.Acts, Rules.Acts[0]] },
            Rules with { Acts = [.. Rules.Acts.Skip(1), new ActPoints(default, 1)] },
            Rules with { Acts = [.. Rules.Acts.Skip(1), Rules.Acts[0] with { Points = 1_001 }] },
            Rules with { Acts = [.. Rules.Acts.Skip(1), Rules.Acts[0] with { Points = -1 }] },
            Rules with { WeekMax = Rules.DayMax - 1 },
            Rules with { PairPercents = [] },
            Rules with { PairPercents = [101] },
            Rules with { ValidMonths = 0 },
            Rules with { HeldFromMeeting = 1 },
        })
        {
            Assert.Equal("POINTS_RULES_INVALID", Assert.Throws<WuWei.Errors.RefusedException>(wrong.Checked).Reason);
        }
    }

    [Fact]
    public void Districts_that_were_there_before_have_the_same_rules_as_new_ones()
    {
        var body = Migration("V0007__points.sql").Split('\'').Single(
            t => t.StartsWith("{\"acts\"", StringComparison.Ordinal));
        var migrated = body;
        foreach (var (file, old, added) in new[]
        {
            ("V0013__attendance.sql", Act("WishRated5", 2), Act("HoursServed", 3)),
            ("V0015__invitations.sql", Act("HoursServed", 3), Act("InviteeServed", 5)),
        })
        {
            var (from, to) = ($"{old}]", $"{old},{added}]");
            Assert.Contains($"'{from}', '{to}'", Migration(file), StringComparison.Ordinal);
            migrated = migrated.Replace(from, to, StringComparison.Ordinal);
        }

        Assert.Equal(
            PointsRuleStore.ToJson(DefaultRules.Body), PointsRuleStore.ToJson(PointsRuleStore.FromJson(migrated)));

        static string Act(string name, int points) => $"{{\"act\":\"{name}\",\"points\":{points}}}";

        static string Migration(string name)
        {
            using var text = new StreamReader(typeof(PointsRules).Assembly.GetManifestResourceStream(name)!);
            return text.ReadToEnd();
        }
    }

    [Fact]
    public void The_rules_of_a_day_are_the_newest_that_were_active_then()
    {
        var district = Guid.NewGuid();
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var book = new PointsRuleBook([Version(1, start), Version(3, start.AddDays(20)), Version(2, start.AddDays(10))]);

        int[] days = [0, 9, 10, 365];
        Assert.Equal([1, 1, 2, 3], days.Select(d => book.At(district, start.AddDays(d)).Version));
        Assert.Throws<InvalidOperationException>(() => book.At(district, start.AddTicks(-1)));

        PointsRules Version(int version, DateTime from) =>
            new(Guid.NewGuid(), district, version, from, null, start, null, start, Rules);
    }

    private static AwardAmount Of(TimeSpan taken, Earned earned) =>
        AwardAmount.Of(Rules, Earning(taken), earned);

    private static Earning Earning(TimeSpan taken) => new(
        PointsAct.WishKeptByNeighbour, Guid.NewGuid(), AccountKind.Person, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(),
        Guid.NewGuid(), taken, Suspicion.None);
}
