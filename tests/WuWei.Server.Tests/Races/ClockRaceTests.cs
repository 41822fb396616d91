using WuWei.Tests.Harness;

namespace WuWei.Tests.Races;

/// <summary>People against the clock, which both copies of the server strike at the same moment.</summary>
public class ClockRaceTests(TwoCopies copies) : IClassFixture<TwoCopies>
{
    private const int Wishes = 8;

    [Fact]
    public async Task A_wish_goes_up_one_level_at_a_time_whoever_sends_it()
    {
        var (maker, _, staff) = await PeopleAsync();
        var ids = await EachAsync(() => maker.OpenAsync(copies.World.Request(), staff));
        copies.First.Clock.Advance(RulesOf("misc").HoursAt(0) * TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));

        var outcomes = await RaceTheClockAsync(
            ids, async id => await staff.Wishes.EscalateWishAsync(new() { WishId = id, Reason = "社区办不了" }));

        Assert.All(outcomes, o => Assert.Equal(Race.Won, o));
        foreach (var id in ids)
        {
            var moves = await Race.AssertOnePathAsync(staff, id);
            var levels = moves.Count(m => m == Wire.WishMove.Escalate);
            var audience = (await staff.Wishes.GetWishAsync(new() { WishId = id })).Wish.AudienceUnitId;
            // Staff before the clock: its hours start anew, and it has nothing to do. After it: one more level.
            Assert.Equal(
                levels switch
                {
                    1 => copies.World.Street.ToString(),
                    2 => copies.World.District.ToString(),
                    _ => "one or two levels",
                },
                audience);
        }

        await copies.AssertSoundAsync();
    }

    [Fact]
    public async Task A_delivery_is_either_disputed_or_confirmed_by_the_clock()
    {
        var (maker, neighbour, staff) = await PeopleAsync();
        var ids = await EachAsync(async () =>
        {
            var id = await maker.OpenAsync(copies.World.Request(), staff);
            await neighbour.ClaimAsync(id);
            await neighbour.DeliverAsync(id);
            return id;
        });
        copies.First.Clock.Advance(TimeSpan.FromDays(6));
        await copies.First.RunJobsAsync();
        copies.First.Clock.Advance(TimeSpan.FromDays(1));

        var outcomes = await RaceTheClockAsync(
            ids, async id => await maker.Wishes.DisputeWishAsync(new() { WishId = id, Reason = "没有修好" }));

        foreach (var (id, outcome) in ids.Zip(outcomes))
        {
            var moves = await Race.AssertOnePathAsync(staff, id);
            Assert.Equal(
                outcome == Race.Won ? Wire.WishMove.Dispute : Wire.WishMove.AutoConfirm,
                Assert.Single(moves, m => m is Wire.WishMove.Dispute or Wire.WishMove.AutoConfirm));
            Assert.Contains(outcome, new[] { Race.Won, "WISH_WRONG_STATUS" });
        }

        await copies.AssertSoundAsync();
    }

    [Fact]
    public async Task An_open_wish_at_its_last_moment_is_either_claimed_or_expires()
    {
        var (maker, neighbour, staff) = await PeopleAsync();
        var request = copies.World.Request();
        request.DeadlineAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(
            copies.First.Clock.Now + TimeSpan.FromDays(2));
        var ids = await EachAsync(() => maker.OpenAsync(request, staff), count: 5);
        copies.First.Clock.Advance(TimeSpan.FromDays(2));
        await copies.First.Database.ExecuteAsync("UPDATE wish SET clock_at = deadline_at WHERE status = 2");

        var outcomes = await RaceTheClockAsync(ids, async id => await neighbour.ClaimAsync(id));

        foreach (var (id, outcome) in ids.Zip(outcomes))
        {
            var moves = await Race.AssertOnePathAsync(staff, id);
            Assert.Equal(
                outcome == Race.Won ? Wire.WishMove.Claim : Wire.WishMove.Expire,
                Assert.Single(moves, m => m is Wire.WishMove.Claim or Wire.WishMove.Expire));
            Assert.Contains(outcome, new[] { Race.Won, "WISH_WRONG_STATUS" });
        }

        await copies.AssertSoundAsync();
    }

    private WuWei.Wishes.CategoryRules RulesOf(string category) => copies.World.Category(category).Rules!;

    /// <summary>Through both copies: half of the calls each, and the jobs of each.</summary>
    private async Task<string[]> RaceTheClockAsync(IReadOnlyList<string> ids, Func<string, Task> call)
    {
        IEnumerable<Func<Task>> clocks = [copies.First.RunJobsAsync, copies.Second.RunJobsAsync];
        return (await Race.RunAsync([.. clocks, .. ids.Select(id => (Func<Task>)(() => call(id)))]))[2..];
    }

    private async Task<(Actor Maker, Actor Neighbour, Actor Staff)> PeopleAsync() => (
        await copies.World.ResidentAsync(),
        (await copies.World.ResidentAsync()).At(copies.Second),
        (await copies.World.StaffAsync(copies.World.Community)).At(copies.Second));

    private static async Task<List<string>> EachAsync(Func<Task<string>> make, int count = Wishes)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await make());
        }

        return ids;
    }
}
