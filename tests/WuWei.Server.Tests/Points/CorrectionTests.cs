using WuWei.Tests.Harness;

namespace WuWei.Tests.Points;

/// <summary>Corrections and rules: always two people.</summary>
public sealed class CorrectionTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _helper = null!;
    private Actor _staff = null!;
    private Actor _colleague = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _helper = await _world.ResidentAsync();
        _staff = await _world.StaffAsync(_world.Community);
        _colleague = await _world.StaffAsync(_world.Community);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_second_person_takes_back_what_an_award_paid_once()
    {
        var award = await PaidAsync();
        var correction = (await _staff.Points.ProposeReversalAsync(new() { AwardId = award.Id, Reason = "重复计分" })).Correction;
        Assert.Equal((-10, false), (correction.Points, correction.Decided));

        Assert.Equal("SECOND_PERSON_NEEDED", await Refusals.ReasonAsync(_staff.Points.DecideCorrectionAsync(
            new() { CorrectionId = correction.Id, Approve = true })));
        await _colleague.Points.DecideCorrectionAsync(new() { CorrectionId = correction.Id, Approve = true });

        Assert.Equal(0, (await _helper.Points.GetPointsAsync(new())).Balance);
        Assert.Equal("CORRECTION_DECIDED", await Refusals.ReasonAsync(_colleague.Points.DecideCorrectionAsync(
            new() { CorrectionId = correction.Id, Approve = true })));
        Assert.Equal("AWARD_NOT_PAID", await Refusals.ReasonAsync(_staff.Points.ProposeReversalAsync(
            new() { AwardId = award.Id, Reason = "再收回一次" })));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Two_reversals_of_one_award_take_it_back_once()
    {
        var award = await PaidAsync();
        var both = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            both.Add((await _staff.Points.ProposeReversalAsync(
                new() { AwardId = award.Id, Reason = "重复计分" })).Correction.Id);
        }

        var outcomes = await Races.Race.RunAsync(both.Select<string, Func<Task>>(id =>
            async () => await _colleague.Points.DecideCorrectionAsync(new() { CorrectionId = id, Approve = true })));

        Assert.Equal(["AWARD_NOT_PAID", Races.Race.Won], outcomes.Order(StringComparer.Ordinal));
        Assert.Equal(0, (await _helper.Points.GetPointsAsync(new())).Balance);
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Points_are_given_and_taken_by_two_people_and_never_below_zero()
    {
        Assert.Equal(30, await AdjustAsync(30));
        Assert.Equal(10, await AdjustAsync(-20));
        var tooMuch = (await _staff.Points.ProposeAdjustmentAsync(Adjustment(-11))).Correction;

        Assert.Equal("POINTS_TOO_FEW", await Refusals.ReasonAsync(_colleague.Points.DecideCorrectionAsync(
            new() { CorrectionId = tooMuch.Id, Approve = true })));
        await _colleague.Points.DecideCorrectionAsync(new() { CorrectionId = tooMuch.Id, Approve = false });

        Assert.Equal(10, (await _helper.Points.GetPointsAsync(new())).Balance);
        Assert.Equal(
            [(-11, true, false), (-20, true, true), (30, true, true)],
            (await _staff.Points.ListCorrectionsAsync(new() { UnitId = _world.Community.ToString() })).Corrections
                .Select(c => (c.Points, c.Decided, c.Approved)));
        await _server.AssertPointsAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    [InlineData(-1_001)]
    [InlineData(int.MinValue)]
    public async Task An_adjustment_has_its_range(int points) => Assert.Equal(
        "POINTS_RANGE", await Refusals.ReasonAsync(_staff.Points.ProposeAdjustmentAsync(Adjustment(points))));

    [Fact]
    public async Task Nobody_corrects_their_own_points()
    {
        var own = Adjustment(10);
        own.PersonId = _staff.PersonId.ToString();
        Assert.Equal("POINTS_OWN", await Refusals.ReasonAsync(_staff.Points.ProposeAdjustmentAsync(own)));

        own.PersonId = _colleague.PersonId.ToString();
        var correction = (await _staff.Points.ProposeAdjustmentAsync(own)).Correction;
        Assert.Equal("POINTS_OWN", await Refusals.ReasonAsync(_colleague.Points.DecideCorrectionAsync(
            new() { CorrectionId = correction.Id, Approve = true })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            (await _world.StaffAsync(_world.FarCommunity)).Points.DecideCorrectionAsync(
                new() { CorrectionId = correction.Id, Approve = true })));
    }

    [Fact]
    public async Task New_rules_need_a_second_person_and_pay_only_what_is_done_from_their_date_on()
    {
        var chief = await _world.StaffAsync(_world.District);
        var deputy = await _world.StaffAsync(_world.District);
        var rules = Assert.Single((await chief.Points.ListPointsRulesAsync(
            new() { UnitId = _world.Community.ToString() })).Rules).Clone();
        Assert.True(rules.Approved);
        rules.Acts.Single(a => a.Act == Wire.PointsAct.WishKeptByNeighbour).Points = 20;

        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(_staff.Points.ProposePointsRulesAsync(new() { Rules = rules })));
        var proposed = (await chief.Points.ProposePointsRulesAsync(new() { Rules = rules })).Rules;
        Assert.Equal((2, false), (proposed.Version, proposed.Approved));
        Assert.Equal(10, (await PaidAsync()).Points);
        Assert.Equal("SECOND_PERSON_NEEDED", await Refusals.ReasonAsync(
            chief.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Id })));

        var approved = (await deputy.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Id })).Rules;

        Assert.True(approved.ActiveFrom.ToDateTime() >= _server.Clock.Now);
        var paid = await PaidAsync();
        Assert.Equal((20, 2), (paid.Points, paid.RulesVersion));
        Assert.Equal("POINTS_RULES_APPROVED", await Refusals.ReasonAsync(
            deputy.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Id })));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Rules_of_the_past_cannot_be_made()
    {
        var chief = await _world.StaffAsync(_world.District);
        var deputy = await _world.StaffAsync(_world.District);
        var rules = (await chief.Points.ListPointsRulesAsync(new() { UnitId = _world.District.ToString() })).Rules[0].Clone();
        rules.ActiveFrom = new() { Seconds = 1 };
        var proposed = (await chief.Points.ProposePointsRulesAsync(new() { Rules = rules })).Rules;

        var approved = (await deputy.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Id })).Rules;

        Assert.Equal(_server.Clock.Now, approved.ActiveFrom.ToDateTime());
    }

    private async Task<long> AdjustAsync(int points)
    {
        var correction = (await _staff.Points.ProposeAdjustmentAsync(Adjustment(points))).Correction;
        await _colleague.Points.DecideCorrectionAsync(new() { CorrectionId = correction.Id, Approve = true });
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        return (await _helper.Points.GetPointsAsync(new())).Balance;
    }

    private Wire.ProposeAdjustmentRequest Adjustment(int points) => new()
    {
        PersonId = _helper.PersonId.ToString(),
        UnitId = _world.Community.ToString(),
        Points = points,
        Reason = "补登线下服务",
    };

    private async Task<Wire.PointsAward> PaidAsync()
    {
        var maker = await _world.ResidentAsync();
        var id = await maker.OpenAsync(_world.Request(), _staff);
        await _helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _helper.DeliverAsync(id);
        await maker.Wishes.ConfirmWishAsync(new() { WishId = id });
        return (await _helper.Points.ListPointsAsync(new())).Lines[0].Award;
    }
}
