using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Points;

/// <summary>What is paid for a wish, over the wire.</summary>
public sealed class PaymentTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _maker = null!;
    private Actor _helper = null!;
    private Actor _staff = null!;
    private Actor _colleague = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _maker = await _world.ResidentAsync();
        _helper = await _world.ResidentAsync();
        _staff = await _world.StaffAsync(_world.Community);
        _colleague = await _world.StaffAsync(_world.Community);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertPointsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_kept_wish_pays_its_claimer_once_and_says_how()
    {
        var id = await DeliveredAsync(_maker);
        Assert.Equal((0, 0), await BalanceAsync(_helper));
        var key = Guid.NewGuid().ToString();
        for (var i = 0; i < 2; i++)
        {
            await _maker.WishesWithKey(key).ConfirmWishAsync(new() { WishId = id });
        }

        Assert.Equal((10, 0), await BalanceAsync(_helper));
        Assert.Equal((0, 0), await BalanceAsync(_maker));
        var line = Assert.Single(await LinesAsync(_helper));
        Assert.Equal((10, Wire.TransferKind.Award), (line.Points, line.Kind));
        var award = (await _helper.Points.ExplainAwardAsync(new() { AwardId = line.Award.Id })).Award;
        Assert.Equal(line.Award, award);
        Assert.Equal(
            (Wire.PointsAct.WishKeptByNeighbour, id, _world.Community.ToString(), Wire.AwardState.Posted, 1, 10, 100, 0),
            (award.Act, award.SubjectId, award.UnitId, award.State, award.RulesVersion, award.BasePoints,
                award.Percent, award.MeetingsBefore));
        Assert.Equal((60, 200), (award.DayLeft, award.WeekLeft));
    }

    [Fact]
    public async Task A_rating_pays_besides()
    {
        await KeepAsync(_maker, rating: 5);

        Assert.Equal((12, 0), await BalanceAsync(_helper));
        Assert.Equal(
            [(Wire.PointsAct.WishRated5, 2), (Wire.PointsAct.WishKeptByNeighbour, 10)],
            (await LinesAsync(_helper)).Select(l => (l.Award.Act, l.Points)).OrderBy(l => l.Points));
    }

    [Fact]
    public async Task A_rating_that_comes_later_pays_then()
    {
        var id = await DeliveredAsync(_maker);
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();
        _server.Clock.Advance(TimeSpan.FromDays(3));
        await _server.RunJobsAsync();
        Assert.Equal((5, 0), await BalanceAsync(_helper));

        await _maker.Wishes.RateWishAsync(new() { WishId = id, Rating = 4 });

        Assert.Equal((6, 0), await BalanceAsync(_helper));
    }

    [Fact]
    public async Task An_overturned_wish_takes_back_all_it_paid_and_may_pay_again()
    {
        var id = await KeepAsync(_maker, rating: 5);
        await _staff.Wishes.ProposeOverturnAsync(new() { WishId = id, Reason = "有人投诉" });
        await _colleague.Wishes.OverturnWishAsync(new() { WishId = id, Reason = "情况属实" });

        Assert.Equal((0, 0), await BalanceAsync(_helper));
        Assert.Equal([-10, -2, 2, 10], (await LinesAsync(_helper)).Select(l => l.Points).Order());
        Assert.All(
            (await LinesAsync(_helper)).Where(l => l.Award is not null),
            l => Assert.Equal(Wire.AwardState.Reversed, l.Award.State));

        await _helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(2));
        await _helper.DeliverAsync(id);
        await _maker.Wishes.ConfirmWishAsync(new() { WishId = id });
        Assert.Equal((10, 0), await BalanceAsync(_helper));
    }

    [Fact]
    public async Task The_same_two_people_earn_less_each_time_and_are_looked_at_in_the_end()
    {
        for (var i = 0; i < 6; i++)
        {
            await KeepAsync(_maker);
            _server.Clock.Advance(TimeSpan.FromDays(1));
        }

        var awards = (await LinesAsync(_helper)).Select(l => l.Award).Reverse().ToList();
        Assert.Equal([10, 10, 5, 5, 2, 0], awards.Select(a => a.Points));
        Assert.Equal(
            [
                Wire.AwardState.Posted, Wire.AwardState.Posted, Wire.AwardState.Posted, Wire.AwardState.Posted,
                Wire.AwardState.Held, Wire.AwardState.Nothing,
            ],
            awards.Select(a => a.State));
        Assert.Equal([Wire.Suspicion.PairKeepsMeeting], awards[4].HeldFor);
        Assert.Equal((30, 2), await BalanceAsync(_helper));
    }

    [Fact]
    public async Task A_day_pays_no_more_than_its_cap()
    {
        for (var i = 0; i < 7; i++)
        {
            await KeepAsync(await _world.ResidentAsync());
        }

        Assert.Equal((60, 0), await BalanceAsync(_helper));
        var last = (await LinesAsync(_helper))[0].Award;
        Assert.Equal((Wire.AwardState.Nothing, 0L), (last.State, last.DayLeft));

        _server.Clock.Advance(TimeSpan.FromDays(1));
        await KeepAsync(await _world.ResidentAsync());
        Assert.Equal((70, 0), await BalanceAsync(_helper));
    }

    [Fact]
    public async Task What_is_kept_in_seconds_waits_for_staff_who_pay_it()
    {
        var award = await HeldAsync();
        Assert.Equal([Wire.Suspicion.KeptInSeconds], award.HeldFor);
        Assert.Equal((0, 10), await BalanceAsync(_helper));
        var held = Assert.Single((await _staff.Points.ListHeldAwardsAsync(new() { UnitId = _world.Community.ToString() })).Awards);
        Assert.Equal((award.Id, $"{_helper.Name[..1]}**"), (held.Award.Id, held.AccountName));

        await _staff.Points.DecideHeldAwardAsync(new() { AwardId = award.Id, Pay = true, Reason = "电话核实过" });

        Assert.Equal((10, 0), await BalanceAsync(_helper));
        Assert.Empty((await _staff.Points.ListHeldAwardsAsync(new() { UnitId = _world.Community.ToString() })).Awards);
        Assert.Equal("AWARD_NOT_HELD", await Refusals.ReasonAsync(_colleague.Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = false, Reason = "不属实" })));
    }

    [Fact]
    public async Task What_looks_odd_is_held_with_its_rating()
    {
        var id = await _maker.OpenAsync(_world.Request(), _staff);
        await _helper.ClaimAsync(id);
        await _helper.DeliverAsync(id);
        await _maker.Wishes.ConfirmWishAsync(new() { WishId = id, Rating = 5 });

        Assert.Equal((0, 12), await BalanceAsync(_helper));
    }

    [Fact]
    public async Task What_is_held_may_be_voided_and_the_person_sees_it()
    {
        var award = await HeldAsync();

        await _staff.Points.DecideHeldAwardAsync(new() { AwardId = award.Id, Pay = false, Reason = "互相刷分" });

        Assert.Equal((0, 0), await BalanceAsync(_helper));
        Assert.Equal(Wire.AwardState.Voided, Assert.Single(await LinesAsync(_helper)).Award.State);
    }

    [Fact]
    public async Task An_overturned_wish_voids_what_is_still_held()
    {
        var award = await HeldAsync();
        await _staff.Wishes.ProposeOverturnAsync(new() { WishId = award.SubjectId, Reason = "有人投诉" });
        await _colleague.Wishes.OverturnWishAsync(new() { WishId = award.SubjectId, Reason = "情况属实" });

        Assert.Equal((0, 0), await BalanceAsync(_helper));
        Assert.Equal(Wire.AwardState.Voided, Assert.Single(await LinesAsync(_helper)).Award.State);
    }

    [Fact]
    public async Task Nobody_decides_on_what_is_their_own()
    {
        await _world.GrantAsync(_maker, WuWei.Calls.Role.Staff, _world.Community);
        var award = await HeldAsync();

        Assert.Equal("AWARD_OWN", await Refusals.ReasonAsync(_maker.Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = true, Reason = "我证明" })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(_helper.Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = true, Reason = "我证明" })));
        var far = await _world.StaffAsync(_world.FarCommunity);
        Assert.Equal("AWARD_UNKNOWN", await Refusals.ReasonAsync(far.Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = true, Reason = "不归我管" })));
        Assert.Equal("AWARD_UNKNOWN", await Refusals.ReasonAsync(
            (await _world.ResidentAsync()).Points.ExplainAwardAsync(new() { AwardId = award.Id })));
    }

    [Fact]
    public async Task A_statement_is_paged_without_a_gap()
    {
        for (var i = 0; i < 5; i++)
        {
            await KeepAsync(await _world.ResidentAsync(), rating: 5);
        }

        var all = await LinesAsync(_helper);
        var paged = new List<Wire.PointsLine>();
        for (var token = ""; ;)
        {
            var page = await _helper.Points.ListPointsAsync(new() { PageSize = 3, PageToken = token });
            paged.AddRange(page.Lines);
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                break;
            }
        }

        Assert.Equal(10, all.Count);
        Assert.Equal(all, paged);
    }

    [Fact]
    public async Task Points_expire_after_their_months_the_oldest_first()
    {
        // Years pass in seconds, and nobody shall have to sign in again.
        await _server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");
        await KeepAsync(_maker);
        _server.Clock.Advance(TimeSpan.FromDays(200));
        await KeepAsync(await _world.ResidentAsync());
        await _server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");
        Assert.Equal((20, 0), await BalanceAsync(_helper));

        _server.Clock.Advance(TimeSpan.FromDays(540));
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();

        Assert.Equal((10, 0), await BalanceAsync(_helper));
        var line = (await LinesAsync(_helper))[0];
        Assert.Equal((-10, Wire.TransferKind.Expiry), (line.Points, line.Kind));

        _server.Clock.Advance(TimeSpan.FromDays(200));
        await _server.RunJobsAsync();
        Assert.Equal((0, 0), await BalanceAsync(_helper));
    }

    /// <summary>Kept so fast that it looks odd.</summary>
    private async Task<Wire.PointsAward> HeldAsync()
    {
        var id = await _maker.OpenAsync(_world.Request(), _staff);
        await _helper.ClaimAsync(id);
        await _helper.DeliverAsync(id);
        await _maker.Wishes.ConfirmWishAsync(new() { WishId = id });
        return (await LinesAsync(_helper))[0].Award;
    }

    private async Task<string> KeepAsync(Actor maker, int rating = 0)
    {
        var id = await DeliveredAsync(maker);
        await maker.Wishes.ConfirmWishAsync(new() { WishId = id, Rating = rating });
        return id;
    }

    private async Task<string> DeliveredAsync(Actor maker)
    {
        var id = await maker.OpenAsync(_world.Request(), _staff);
        await _helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _helper.DeliverAsync(id);
        return id;
    }

    private static async Task<(long Balance, long Held)> BalanceAsync(Actor actor)
    {
        var points = await actor.Points.GetPointsAsync(new());
        return (points.Balance, points.Held);
    }

    private static async Task<IReadOnlyList<Wire.PointsLine>> LinesAsync(Actor actor) =>
        (await actor.Points.ListPointsAsync(new() { PageSize = 50 })).Lines;
}
