using WuWei.Boards;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Points;

/// <summary>What was paid before a circle or a made-up person showed comes back and waits, once, for the same decision.</summary>
public sealed class CalledBackTests : IAsyncLifetime
{
    private const int Points = 10;

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _second = null!;
    private Actor _one = null!;
    private Actor _two = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        _second = await _world.StaffAsync(_world.Community);
        (_one, _two) = (await _world.ResidentAsync(), await _world.ResidentAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertPointsAsync();
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_circle_calls_back_what_the_same_two_earned_with_each_other()
    {
        var (first, again) = await CircleAsync();

        var (early, late) = (await AwardAsync(first), await AwardAsync(again));
        Assert.Equal((Wire.AwardState.Held, true), (early.State, early.CalledBack));
        Assert.Equal((Wire.AwardState.Held, false), (late.State, late.CalledBack));
        Assert.Contains(Wire.Suspicion.Circle, early.HeldFor);
        Assert.Equal((0, early.Points + late.Points), await BalanceAsync());
        var back = (await _one.Points.ListPointsAsync(new())).Lines.Single(l => l.Kind == Wire.TransferKind.Reversal);
        Assert.Equal(-early.Points, back.Points);
        var waiting = await _staff.Points.ListHeldAwardsAsync(new() { UnitId = $"{_world.Community}", PageSize = 50 });
        Assert.Superset(
            new HashSet<string> { early.Id, late.Id }, waiting.Awards.Select(a => a.Award.Id).ToHashSet());
        Assert.Empty(await RankedAsync());
    }

    [Fact]
    public async Task Paid_again_it_is_on_the_boards_again_and_can_still_be_taken_back()
    {
        var (first, _) = await CircleAsync();
        var early = await AwardAsync(first);

        Assert.Equal(Wire.AwardState.Posted, (await DecideAsync(early.Id, pay: true)).State);

        Assert.Equal(Points, (await BalanceAsync()).Balance);
        Assert.Equal([Points], await RankedAsync());
        Assert.Equal("AWARD_NOT_HELD", await Refusals.ReasonAsync(
            _staff.Points.DecideHeldAwardAsync(new() { AwardId = early.Id, Pay = true, Reason = "又一次" })));
        await OverturnAsync(first);
        Assert.Equal(Wire.AwardState.Reversed, (await AwardAsync(first)).State);
        Assert.Equal(0, (await BalanceAsync()).Balance);
        Assert.Empty(await RankedAsync());
    }

    [Fact]
    public async Task Voided_it_stays_back()
    {
        var (first, _) = await CircleAsync();
        var early = await AwardAsync(first);

        Assert.Equal(Wire.AwardState.Voided, (await DecideAsync(early.Id, pay: false)).State);

        Assert.Equal(Wire.AwardState.Voided, (await AwardAsync(first)).State);
        Assert.Equal(0, (await BalanceAsync()).Balance);
        Assert.Equal("AWARD_NOT_PAID", await Refusals.ReasonAsync(
            _staff.Points.ProposeReversalAsync(new() { AwardId = early.Id, Reason = "多发了" })));
    }

    [Fact]
    public async Task An_overturned_wish_voids_what_waits()
    {
        var (first, _) = await CircleAsync();

        await OverturnAsync(first);

        Assert.Equal(Wire.AwardState.Voided, (await AwardAsync(first)).State);
        Assert.Equal(0, (await BalanceAsync()).Balance);
    }

    [Fact]
    public async Task Whatever_a_person_decided_is_not_called_back_again()
    {
        var (first, _) = await CircleAsync();
        await DecideAsync((await AwardAsync(first)).Id, pay: true);

        await KeepAsync(_two, _one);

        Assert.Equal(Wire.AwardState.Posted, (await AwardAsync(first)).State);
        Assert.Equal(Points, (await BalanceAsync()).Balance);
    }

    [Fact]
    public async Task Points_that_are_spent_come_back_all_the_same()
    {
        var third = await _world.ResidentAsync();
        await KeepAsync(_two, _one);
        var spent = await _staff.Points.ProposeAdjustmentAsync(
            new() { PersonId = $"{_one.PersonId}", UnitId = $"{_world.Community}", Points = -Points, Reason = "兑换" });
        await _second.Points.DecideCorrectionAsync(new() { CorrectionId = spent.Correction.Id, Approve = true });
        Assert.Equal(0, (await BalanceAsync()).Balance);

        await KeepAsync(third, _two);
        await KeepAsync(_one, third);
        await KeepAsync(_two, _one);

        Assert.Equal(-Points, (await BalanceAsync()).Balance);
    }

    [Fact]
    public async Task Who_keeps_asking_for_others_shows_all_that_their_helper_earned_so()
    {
        var wishes = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            wishes.Add(await KeepAsync(_two, _one, World.NewPhone()));
        }

        var awards = await Task.WhenAll(wishes.Select(AwardAsync));
        Assert.All(awards, a => Assert.Equal(Wire.AwardState.Held, a.State));
        Assert.Equal([true, true, false], awards.Select(a => a.CalledBack));
        Assert.All(awards, a => Assert.Equal([Wire.Suspicion.MakerKeepsMeeting], a.HeldFor));
        Assert.Equal(0, (await BalanceAsync()).Balance);
    }

    /// <summary>The first serves the second, and again after both have gone round with a third.</summary>
    private async Task<(string First, string Again)> CircleAsync()
    {
        var third = await _world.ResidentAsync();
        var first = await KeepAsync(_two, _one);
        Assert.Equal(Wire.AwardState.Posted, (await AwardAsync(first)).State);
        await KeepAsync(third, _two);
        await KeepAsync(_one, third);
        return (first, await KeepAsync(_two, _one));
    }

    private async Task<string> KeepAsync(Actor maker, Actor helper, string? beneficiary = null)
    {
        var request = _world.Request();
        if (beneficiary is not null)
        {
            request.Origin = Wire.WishOrigin.Family;
            request.Beneficiary = new() { Name = "李奶奶", Phone = beneficiary, Consent = Wire.Consent.InPerson };
        }

        var id = await maker.OpenAsync(request, _staff);
        await helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(25));
        await helper.DeliverAsync(id);
        await maker.Wishes.ConfirmWishAsync(new() { WishId = id });
        return id;
    }

    private async Task OverturnAsync(string wish)
    {
        await _staff.Wishes.ProposeOverturnAsync(new() { WishId = wish, Reason = "没有做" });
        await _second.Wishes.OverturnWishAsync(new() { WishId = wish, Reason = "没有做" });
    }

    private async Task<Wire.PointsAward> DecideAsync(string award, bool pay) => (await _staff.Points.DecideHeldAwardAsync(
        new() { AwardId = award, Pay = pay, Reason = "核实过了" })).Award;

    private async Task<Wire.PointsAward> AwardAsync(string wish) =>
        (await _one.Points.ListPointsAsync(new() { PageSize = 50 })).Lines.First(l => l.Award?.SubjectId == wish).Award;

    private async Task<(long Balance, long Held)> BalanceAsync()
    {
        var points = await _one.Points.GetPointsAsync(new());
        return (points.Balance, points.Held);
    }

    /// <summary>The first person's points on the board of all time, read anew: a place is kept for a while.</summary>
    private async Task<List<long>> RankedAsync()
    {
        await _server.RunJobsAsync();
        await Task.Delay(KeptRanks.AgeMax);
        var ranks = await _one.Boards.GetMyRankAsync(new()
        {
            Boards =
            {
                new Wire.BoardChoice
                {
                    Subject = Wire.BoardSubject.Person,
                    UnitId = $"{_world.Community}",
                    Period = Wire.BoardPeriod.AllTime,
                },
            },
        });
        return [.. ranks.Ranks.Where(r => r.Rank > 0).Select(r => r.Points)];
    }
}
