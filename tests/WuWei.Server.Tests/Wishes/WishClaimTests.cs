using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class WishClaimTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Theory]
    [InlineData(Role.PartyMember, ClaimerKind.PartyMember)]
    [InlineData(Role.Volunteer, ClaimerKind.Volunteer)]
    [InlineData(Role.OrganisationMember, ClaimerKind.OrganisationMember)]
    public async Task Each_role_claims_for_the_unit_it_is_held_for(Role role, ClaimerKind kind)
    {
        var claimer = await _world.WithRoleAsync(role, _world.Street);
        var id = await OpenAsync();

        var wish = (await claimer.Wishes.ClaimWishAsync(new() { WishId = id, Kind = (Wire.ClaimerKind)kind })).Wish;

        Assert.Equal((Wire.ClaimerKind)kind, wish.Claim.Kind);
        Assert.Equal(_world.Street.ToString(), wish.Claim.CreditedUnitId);
        Assert.True(wish.Claim.Mine);
        Assert.Equal(role == Role.PartyMember, wish.Claim.PartyBadge);
        Assert.Equal(wish.Claim.ClaimedAt.ToDateTime().AddDays(7), wish.Claim.DueAt.ToDateTime());
        var step = (await claimer.Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps[^1];
        Assert.Equal((Wire.ClaimerKind)kind, step.ClaimerKind);
    }

    [Fact]
    public async Task A_neighbour_claims_for_their_home()
    {
        var neighbour = await _world.ResidentAsync(_world.Grid);
        var id = await OpenAsync();
        await neighbour.ClaimAsync(id);

        var claim = (await neighbour.Wishes.GetWishAsync(new() { WishId = id })).Wish.Claim;
        Assert.Equal(_world.Grid.ToString(), claim.CreditedUnitId);
        Assert.Equal(Wire.ClaimerKind.Neighbour, claim.Kind);
    }

    [Fact]
    public async Task A_claim_needs_a_kind_that_is_held_here_and_taken_by_the_category()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await OpenAsync();
        var childcare = _world.Request(category: "childcare");
        childcare.Answers.Add("child_age", "6");
        childcare.Answers.Add("period", "放学后");
        var noNeighbours = await cast.Maker.OpenAsync(childcare, cast.Staff);

        Assert.Equal("CLAIMER_KIND", await Try(cast.Other, id, Wire.ClaimerKind.Unspecified));
        Assert.Equal("CLAIMER_KIND", await Try(cast.Other, id, (Wire.ClaimerKind)9));
        Assert.Equal("CLAIMER_KIND_NOT_HELD", await Try(cast.Other, id, Wire.ClaimerKind.Volunteer));
        Assert.Equal("CLAIMER_KIND_NOT_ALLOWED", await Try(cast.Other, noNeighbours, Wire.ClaimerKind.Neighbour));
        var elsewhere = await _world.WithRoleAsync(Role.Volunteer, _world.OtherStreet);
        Assert.Equal("CLAIMER_KIND_NOT_HELD", await Try(elsewhere, id, Wire.ClaimerKind.Volunteer));
    }

    [Fact]
    public async Task The_audience_grows_when_the_wish_goes_up()
    {
        var cast = await WishCast.CreateAsync(_world);
        var nextDoor = await _world.ResidentAsync(_world.NextCommunity);
        var id = await cast.WishAsync(WishStatus.Open);

        Assert.Equal("CLAIMER_KIND_NOT_HELD", await Try(nextDoor, id, Wire.ClaimerKind.Neighbour));
        await cast.Staff.Wishes.CallAsync("EscalateWish", id, cast.Other);
        Assert.Null(await Try(nextDoor, id, Wire.ClaimerKind.Neighbour));
    }

    [Fact]
    public async Task Nobody_claims_what_they_made_or_what_is_made_for_them_whoever_made_it()
    {
        var cast = await WishCast.CreateAsync(_world);
        var request = cast.Request();
        request.Origin = Wire.WishOrigin.Staff;
        await _world.GrantAsync(cast.Staff, Role.Volunteer, _world.Community);
        var id = await cast.Staff.MakeAsync(request);

        Assert.Equal("WISH_OWN", await Try(cast.Staff, id, Wire.ClaimerKind.Volunteer));
        Assert.Equal("WISH_OWN", await Try(cast.Beneficiary, id, Wire.ClaimerKind.Neighbour));
    }

    [Fact]
    public async Task A_claimed_wish_is_refused_as_claimed()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Claimed);

        Assert.Equal("WISH_ALREADY_CLAIMED", await Try(cast.Other, id, Wire.ClaimerKind.Neighbour));
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_claims()
    {
        var id = await OpenAsync();
        var crowd = new List<Actor>();
        for (var i = 0; i < 12; i++)
        {
            crowd.Add(await _world.ResidentAsync());
        }

        var reasons = await Task.WhenAll(crowd.Select(c => Task.Run(() => Try(c, id, Wire.ClaimerKind.Neighbour))));

        Assert.Single(reasons, r => r is null);
        Assert.Equal(11, reasons.Count(r => r == "WISH_ALREADY_CLAIMED"));
    }

    [Fact]
    public async Task One_person_holds_five_claims_until_they_deliver_or_give_back_or_a_dispute_returns_one()
    {
        var cast = await WishCast.CreateAsync(_world);
        var held = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            held.Add(await cast.WishAsync(WishStatus.Claimed));
        }

        var more = await cast.WishAsync(WishStatus.Open);
        Task<string?> One() => Try(cast.Claimer, more, Wire.ClaimerKind.Neighbour);

        Assert.Equal("CLAIMS_TOO_MANY", await One());
        await cast.Claimer.DeliverAsync(held[0]);
        Assert.Null(await One());
        await cast.Claimer.Wishes.CallAsync("ReleaseWish", more, cast.Other);
        Assert.Null(await One());
        await cast.Staff.Wishes.CallAsync("RevokeClaim", more, cast.Other);
        await cast.Maker.Wishes.CallAsync("DisputeWish", held[0], cast.Other);
        Assert.Equal("CLAIMS_TOO_MANY", await One());
    }

    [Fact]
    public async Task A_wish_given_back_is_open_again_without_a_trace_of_the_claim_but_in_its_journey()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Claimed);
        await cast.Claimer.Wishes.ReleaseWishAsync(new() { WishId = id, Reason = "临时出差" });

        var (wish, journey) = await cast.AllOfAsync(id);
        Assert.Equal(Wire.WishStatus.Open, wish.Status);
        Assert.Null(wish.Claim);
        Assert.Equal("临时出差", journey.Steps[^1].Note);
        Assert.Equal(Wire.WishActor.Claimer, journey.Steps[^1].Actor);
    }

    [Fact]
    public async Task A_delivery_says_when_and_where_and_neither_before_the_claim_nor_in_the_future()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Claimed);
        var now = shared.Server.Clock.Now;
        Wire.DeliverWishRequest At(DateTime at) => new()
        {
            WishId = id,
            Note = "修好了",
            Place = "三单元",
            DoneAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(at),
        };

        Assert.Equal(
            "WISH_DONE_AT", await Refusals.ReasonAsync(cast.Claimer.Wishes.DeliverWishAsync(At(now.AddSeconds(1)))));
        Assert.Equal(
            "WISH_DONE_AT", await Refusals.ReasonAsync(cast.Claimer.Wishes.DeliverWishAsync(At(now.AddDays(-1)))));
        var delivered = (await cast.Claimer.Wishes.DeliverWishAsync(At(now))).Wish;

        Assert.Equal("修好了", delivered.DeliveryNote);
        var step = (await cast.AllOfAsync(id)).Journey.Steps[^1];
        Assert.Equal(("三单元", now), (step.Place, step.DoneAt.ToDateTime()));
        var stranger = await _world.ResidentAsync();
        var seen = (await stranger.Wishes.GetWishAsync(new() { WishId = id })).Wish;
        var told = (await stranger.Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps[^1];
        Assert.Equal(("", "", "", ""), (seen.DeliveryNote, told.Note, told.Place, told.ActorName));
    }

    private async Task<string> OpenAsync() =>
        await (await _world.ResidentAsync()).OpenAsync(_world.Request(), await _world.StaffAsync(_world.Community));

    private static async Task<string?> Try(Actor claimer, string id, Wire.ClaimerKind kind) =>
        await claimer.Wishes.CallAsync("ClaimWish", id, claimer, kind).TryAsync();
}
