using Microsoft.Extensions.DependencyInjection;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Registry;

/// <summary>A wish claimed for an organisation: who may, which unit is credited, and who is paid.</summary>
public sealed class ClaimForTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _maker = null!;
    private Actor _founder = null!;
    private Actor _staff = null!;
    private Actor _colleague = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _maker = await _world.ResidentAsync();
        _founder = await _world.ResidentAsync(_world.FarCommunity);
        _staff = await _world.StaffAsync(_world.Community);
        _colleague = await _world.StaffAsync(_world.Community);
    }

    public async ValueTask DisposeAsync()
    {
        var audit = _server.Services.GetRequiredService<PointsAudit>();
        var report = await audit.RunAsync(_ => { }, CancellationToken.None);
        Assert.Empty(report.Faults);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_member_claims_for_it_and_its_scope_gets_the_credit()
    {
        var id = await ListedAsync();
        var wish = await OpenAsync();

        var claim = (await _founder.ClaimForAsync(wish, id)).Claim;

        Assert.Equal(
            (id, "安居物业公司", _world.Community.ToString(), Wire.ClaimerKind.OrganisationMember),
            (claim.OrganisationId, claim.OrganisationName, claim.CreditedUnitId, claim.Kind));
        Assert.Equal(
            claim.OrganisationName,
            (await _maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Claim.OrganisationName);
        Assert.Equal(
            claim.OrganisationName,
            Assert.Single((await _founder.Wishes.ListWishesAsync(
                new() { View = Wire.WishView.ClaimedByMe })).Wishes).Claim.OrganisationName);
        await _founder.Wishes.ReleaseWishAsync(new() { WishId = wish, Reason = "来不及" });
        var neighbour = await _world.ResidentAsync();
        await neighbour.ClaimAsync(wish);
        Assert.Empty((await _maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Claim.OrganisationId);
    }

    [Fact]
    public async Task Only_who_may_act_claims_for_it_and_only_as_its_member()
    {
        var id = await ListedAsync();
        var (helper, wish) = (await _world.ResidentAsync(), await OpenAsync());
        Assert.Equal("ORGANISATION_NOT_YOURS", await ReasonAsync(helper, wish, id));
        await _founder.AddMemberAsync(id, helper);
        Assert.Equal("ORGANISATION_NOT_YOURS", await ReasonAsync(helper, wish, id));
        var deputy = await _world.ResidentAsync();
        var member = await _founder.AddMemberAsync(id, deputy, mayAct: true);
        await _founder.Registry.EndMemberAsync(new() { OrganisationId = id, MemberId = member.Id });
        Assert.Equal("ORGANISATION_NOT_YOURS", await ReasonAsync(deputy, wish, id));
        await _founder.AddMemberAsync(id, deputy, mayAct: true, endsOn: _world.Today);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("ORGANISATION_NOT_YOURS", await ReasonAsync(deputy, wish, id));
        Assert.Equal("CLAIMER_KIND", await Refusals.ReasonAsync(_founder.Wishes.ClaimWishAsync(
            new() { WishId = wish, OrganisationId = id, Kind = Wire.ClaimerKind.Neighbour })));
    }

    [Fact]
    public async Task What_is_suspended_lapsed_or_serves_elsewhere_is_not_claimed_for()
    {
        var wish = await OpenAsync();
        var far = await _founder.ListedAsync(_world.FarCommunity, await _world.StaffAsync(_world.FarCommunity));
        Assert.Equal("ORGANISATION_OUT_OF_SCOPE", await ReasonAsync(_founder, wish, far));
        await _founder.Registry.ApplyForScopeAsync(new() { OrganisationId = far, UnitId = $"{_world.Community}" });
        Assert.Equal("ORGANISATION_OUT_OF_SCOPE", await ReasonAsync(_founder, wish, far));
        await _staff.Registry.DecideScopeAsync(
            new() { OrganisationId = far, UnitId = $"{_world.Community}", Approve = true, Until = _world.Today });

        var applied = await _founder.RegisterAsync(_world.Community);
        Assert.Equal("ORGANISATION_NOT_LISTED", await ReasonAsync(_founder, wish, applied));
        var lapsing = await _founder.ListedAsync(_world.Community, _staff, until: _world.Today);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("ORGANISATION_NOT_LISTED", await ReasonAsync(_founder, wish, lapsing));
        Assert.Equal("ORGANISATION_OUT_OF_SCOPE", await ReasonAsync(_founder, wish, far));
        await _staff.Registry.RenewOrganisationAsync(
            new() { OrganisationId = lapsing, ListedUntil = RegistrySteps.LastDay });
        await _staff.Registry.SuspendOrganisationAsync(
            new() { OrganisationId = lapsing, Reason = RegistrySteps.Reason });
        Assert.Equal("ORGANISATION_NOT_LISTED", await ReasonAsync(_founder, wish, lapsing));
    }

    [Fact]
    public async Task A_kept_wish_pays_both_and_its_overturn_takes_back_from_both()
    {
        var id = await ListedAsync();
        var wish = await KeptAsync(id, rating: 5);

        Assert.Equal((12, 0), await BalanceAsync(_founder));
        Assert.Equal((12, 0), await BalanceAsync(_founder, id));
        var lines = (await _founder.Points.ListPointsAsync(new() { OrganisationId = id })).Lines;
        Assert.Equal(2, lines.Count);
        Assert.Equal((600, 2_000), (lines.Max(l => l.Award.DayLeft), lines.Max(l => l.Award.WeekLeft)));
        Assert.Equal(
            lines[0].Award,
            (await _founder.Points.ExplainAwardAsync(new() { AwardId = lines[0].Award.Id })).Award);
        Assert.Equal("ORGANISATION_UNKNOWN", await Refusals.ReasonAsync(
            _maker.Points.GetPointsAsync(new() { OrganisationId = id })));
        Assert.Equal("AWARD_UNKNOWN", await Refusals.ReasonAsync(
            _maker.Points.ExplainAwardAsync(new() { AwardId = lines[0].Award.Id })));

        await _staff.Wishes.ProposeOverturnAsync(new() { WishId = wish, Reason = "有人投诉" });
        await _colleague.Wishes.OverturnWishAsync(new() { WishId = wish, Reason = "情况属实" });

        Assert.Equal((0, 0), await BalanceAsync(_founder));
        Assert.Equal((0, 0), await BalanceAsync(_founder, id));
    }

    [Fact]
    public async Task What_is_held_is_held_for_both_and_decided_on_for_each()
    {
        var id = await ListedAsync();
        await KeptAsync(id, rating: 0, taken: TimeSpan.Zero);
        Assert.Equal([(0, 10), (0, 10)], new[] { await BalanceAsync(_founder), await BalanceAsync(_founder, id) });
        var held = (await _staff.Points.ListHeldAwardsAsync(new() { UnitId = $"{_world.Community}" })).Awards;
        var award = Assert.Single(held, h => h.AccountName == "安居物业公司").Award;
        await _founder.AddMemberAsync(id, _colleague);
        Assert.Equal("AWARD_OWN", await Refusals.ReasonAsync(_colleague.Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = true, Reason = "我证明" })));

        await _staff.Points.DecideHeldAwardAsync(new() { AwardId = award.Id, Pay = true, Reason = "电话核实过" });

        Assert.Equal([(0, 10), (10, 0)], new[] { await BalanceAsync(_founder), await BalanceAsync(_founder, id) });
    }

    [Fact]
    public async Task Its_points_are_adjusted_by_two_people_who_are_not_in_it()
    {
        var id = await ListedAsync();
        var adjustment = new Wire.ProposeAdjustmentRequest
        {
            OrganisationId = id,
            UnitId = $"{_world.Community}",
            Points = 30,
            Reason = "补登线下服务",
        };
        var correction = (await _staff.Points.ProposeAdjustmentAsync(adjustment)).Correction;
        await _founder.AddMemberAsync(id, _colleague);
        var decision = new Wire.DecideCorrectionRequest { CorrectionId = correction.Id, Approve = true };
        Assert.Equal("POINTS_OWN", await Refusals.ReasonAsync(_colleague.Points.ProposeAdjustmentAsync(adjustment)));
        Assert.Equal("POINTS_OWN", await Refusals.ReasonAsync(_colleague.Points.DecideCorrectionAsync(decision)));

        await (await _world.StaffAsync(_world.Community)).Points.DecideCorrectionAsync(decision);

        Assert.Equal((30, 0), await BalanceAsync(_founder, id));
        adjustment.OrganisationId = $"{Guid.NewGuid()}";
        Assert.Equal(
            "ORGANISATION_UNKNOWN", await Refusals.ReasonAsync(_staff.Points.ProposeAdjustmentAsync(adjustment)));
    }

    [Fact]
    public async Task Many_members_are_paid_at_once_and_so_is_their_organisation()
    {
        var id = await ListedAsync();
        var wishes = new List<(Actor Maker, string Wish)>();
        for (var i = 0; i < 8; i++)
        {
            var (maker, member) = (await _world.ResidentAsync(), await _world.ResidentAsync());
            await _founder.AddMemberAsync(id, member, mayAct: true);
            var wish = await maker.OpenAsync(_world.Request(), _staff);
            await member.ClaimForAsync(wish, id);
            wishes.Add((maker, wish));
            _server.Clock.Advance(TimeSpan.FromMinutes(10));
            await member.DeliverAsync(wish);
        }

        await Task.WhenAll(wishes.Select(w => w.Maker.ConfirmAsync(w.Wish)));

        Assert.Equal((80, 0), await BalanceAsync(_founder, id));
    }

    private Task<string> ListedAsync() => _founder.ListedAsync(_world.Community, _staff);

    private Task<string> OpenAsync() => _maker.OpenAsync(_world.Request(), _staff);

    private async Task<string> KeptAsync(string organisation, int rating, TimeSpan? taken = null)
    {
        var wish = await OpenAsync();
        await _founder.ClaimForAsync(wish, organisation);
        _server.Clock.Advance(taken ?? TimeSpan.FromHours(1));
        await _founder.DeliverAsync(wish);
        await _maker.ConfirmAsync(wish, rating);
        return wish;
    }

    private static Task<string> ReasonAsync(Actor claimer, string wish, string organisation) =>
        Refusals.ReasonAsync(claimer.Wishes.ClaimWishAsync(new()
        {
            WishId = wish,
            Kind = Wire.ClaimerKind.OrganisationMember,
            OrganisationId = organisation,
        }));

    private static async Task<(long Balance, long Held)> BalanceAsync(Actor actor, string organisation = "")
    {
        var points = await actor.Points.GetPointsAsync(new() { OrganisationId = organisation });
        return (points.Balance, points.Held);
    }
}
