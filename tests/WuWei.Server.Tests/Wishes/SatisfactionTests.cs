using WuWei.Calls;
using WuWei.Errors;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class SatisfactionTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task Who_confirms_for_somebody_else_does_not_rate_and_the_beneficiary_still_can_once()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Delivered);
        foreach (var other in new[] { cast.Maker, cast.Staff })
        {
            Assert.Equal("RATING_NOT_YOURS", await Refusals.ReasonAsync(other.Wishes.ConfirmWishAsync(
                new() { WishId = id, Rating = 5, Verification = Wire.Verification.Visit })));
        }

        await cast.Maker.ConfirmAsync(id);
        Assert.Equal((Wire.WishStatus.Kept, 0), await ShownAsync(cast, id));
        await cast.Beneficiary.Wishes.RateWishAsync(new() { WishId = id, Rating = 4, Comment = "师傅很细心" });

        Assert.Equal((Wire.WishStatus.Kept, 4), await ShownAsync(cast, id));
        var step = (await cast.AllOfAsync(id)).Journey.Steps[^1];
        Assert.Equal(
            (Wire.WishMove.Rate, Wire.WishActor.Beneficiary, "师傅很细心"), (step.Move, step.Actor, step.Note));
        Assert.Equal("WISH_RATED", await cast.Beneficiary.Wishes.CallAsync("RateWish", id, cast.Other).TryAsync());
        Assert.Equal((Wire.WishStatus.Kept, 4), await ShownAsync(cast, id));
    }

    [Fact]
    public async Task Who_made_a_wish_of_their_own_rates_it_with_the_confirmation_or_later()
    {
        var cast = await WishCast.CreateAsync(_world);
        var atOnce = await DeliveredAsync(cast.Maker, cast, _world.Community);
        await cast.Maker.ConfirmAsync(atOnce, rating: 5);
        Assert.Equal("WISH_RATED", await cast.Maker.Wishes.CallAsync("RateWish", atOnce, cast.Other).TryAsync());

        var later = await DeliveredAsync(cast.Maker, cast, _world.Community);
        await cast.Staff.Wishes.CallAsync("ConfirmWish", later, cast.Other);
        await cast.Maker.Wishes.RateWishAsync(new() { WishId = later, Rating = 3 });
        Assert.Equal((Wire.WishStatus.Kept, 3), await ShownAsync(cast, later));
    }

    [Fact]
    public async Task A_wish_that_staff_made_for_nobody_in_particular_is_rated_by_nobody()
    {
        var cast = await WishCast.CreateAsync(_world);
        var request = _world.Request();
        request.Origin = Wire.WishOrigin.Staff;
        var id = await cast.Staff.MakeAsync(request);
        await cast.Claimer.ClaimAsync(id);
        await cast.Claimer.DeliverAsync(id);
        Assert.Equal("RATING_NOT_YOURS", await Refusals.ReasonAsync(cast.Staff.Wishes.ConfirmWishAsync(
            new() { WishId = id, Rating = 5, Verification = Wire.Verification.Visit })));
        await cast.Staff.Wishes.CallAsync("ConfirmWish", id, cast.Other);

        foreach (var anybody in new[] { cast.Staff, cast.Maker, cast.Claimer })
        {
            Assert.Equal("NOT_PERMITTED", await anybody.Wishes.CallAsync("RateWish", id, cast.Other).TryAsync());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-1)]
    public async Task A_rating_is_one_to_five(int rating)
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Delivered);
        if (rating != 0)
        {
            Assert.Equal("RATING_RANGE", await Refusals.ReasonAsync(
                cast.Beneficiary.Wishes.ConfirmWishAsync(new() { WishId = id, Rating = rating })));
        }

        await cast.Maker.ConfirmAsync(id);
        Assert.Equal("RATING_RANGE", await Refusals.ReasonAsync(
            cast.Beneficiary.Wishes.RateWishAsync(new() { WishId = id, Rating = rating })));
    }

    [Fact]
    public void A_wish_is_rated_within_ninety_days()
    {
        var kept = new Wish { Status = WishStatus.Kept, KeptAt = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc) };
        var end = kept.KeptAt.Value.AddDays(90);

        Assert.Equal(1, kept.Rated(1, end).Rating);
        Assert.Equal(
            "RATING_TOO_LATE", Assert.Throws<RefusedException>(() => kept.Rated(1, end.AddTicks(10))).Reason);
    }

    [Fact]
    public async Task What_the_clock_confirmed_can_be_rated_and_stays_counted_apart()
    {
        await using var server = await TestServer.StartAsync();
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var id = await cast.WishAsync(WishStatus.Delivered);
        server.Clock.Advance(TimeSpan.FromDays(5));
        await server.RunJobsAsync();
        server.Clock.Advance(TimeSpan.FromDays(2));
        await server.RunJobsAsync();
        await cast.Beneficiary.Wishes.RateWishAsync(new() { WishId = id, Rating = 5 });

        var counts = await CountsAsync(cast.Other, cast.World.District);
        Assert.Equal((0, 1, 1), (counts.Kept, counts.KeptByAutoConfirmation, counts.Satisfaction.Ratings));
        Assert.True((await cast.AllOfAsync(id)).Wish.AutoConfirmed);
        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_wish_kept_again_after_an_overturn_is_rated_again_and_only_that_counts()
    {
        await using var server = await TestServer.StartAsync(settings: "Wishes:RatingsMin=1");
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var id = await cast.WishAsync(WishStatus.Kept, overturnProposed: true, ratedLow: true);
        Assert.Equal((1, 2), await SatisfactionAsync(cast.Claimer));
        await cast.Staff.Wishes.CallAsync("OverturnWish", id, cast.Other);

        Assert.Equal((Wire.WishStatus.Open, 0), await ShownAsync(cast, id));
        Assert.Equal((0, null), await SatisfactionAsync(cast.Claimer));
        var counts = await CountsAsync(cast.Other, cast.World.District);
        Assert.Equal((0, false, 0), (
            counts.Satisfaction.Ratings, counts.Satisfaction.HasAverage, counts.OpenFollowUps));
        var closed = Assert.Single((await cast.Staff.Wishes.ListFollowUpsAsync(
            new() { UnitId = $"{cast.World.Community}", Closed = true })).FollowUps);
        Assert.Equal((Wire.FollowUpOutcome.Overturned, "有理由"), (closed.Outcome, closed.Note));

        await cast.Other.ClaimAsync(id);
        await cast.Other.DeliverAsync(id);
        await cast.Maker.ConfirmAsync(id);
        await cast.Beneficiary.Wishes.RateWishAsync(new() { WishId = id, Rating = 5 });
        Assert.Equal((0, null), await SatisfactionAsync(cast.Claimer));
        Assert.Equal((1, 5), await SatisfactionAsync(cast.Other));
        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task Averages_are_of_a_unit_and_of_a_claimer_in_it_and_few_ratings_have_none()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var cast = await WishCast.CreateAsync(world);
        var claimer = await world.WithRoleAsync(Role.Volunteer, world.District);
        foreach (var rating in new[] { 5, 4, 5, 3 })
        {
            await RateAsync(world.Community, rating);
        }

        Assert.Equal((4, null), await SatisfactionAsync(claimer));
        Assert.False((await CountsAsync(cast.Other, world.Street)).Satisfaction.HasAverage);
        await RateAsync(world.NextCommunity, 1);

        // 18 points in 5 ratings; one of them in the next community.
        Assert.Equal((5, 3.6), await SatisfactionAsync(claimer));
        var street = (await CountsAsync(cast.Other, world.Street)).Satisfaction;
        Assert.Equal((5, 3.6), (street.Ratings, street.Average));
        Assert.Equal(4, (await CountsAsync(cast.Other, world.Community)).Satisfaction.Ratings);
        Assert.Equal(0, (await CountsAsync(cast.Other, world.OtherStreet)).Satisfaction.Ratings);

        var streetStaff = await world.StaffAsync(world.Street);
        var auditor = await world.WithRoleAsync(Role.Auditor, world.Community);
        Assert.Equal((5, 3.6), await SatisfactionAsync(streetStaff, claimer, world.Street));
        Assert.Equal((4, null), await SatisfactionAsync(auditor, claimer, world.Community));
        Assert.Equal((0, null), await SatisfactionAsync(await world.StaffAsync(world.FarCommunity), claimer,
            world.FarCommunity));
        foreach (var (stranger, unit) in new[] { (auditor, world.Street), (cast.Other, world.Community) })
        {
            Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(stranger.Wishes.GetSatisfactionAsync(
                new() { PersonId = $"{claimer.PersonId}", UnitId = $"{unit}" })));
        }

        async Task RateAsync(Guid unit, int rating)
        {
            var id = await DeliveredAsync(cast.Maker, cast with { Claimer = claimer }, unit, ClaimerKind.Volunteer);
            await cast.Maker.ConfirmAsync(id, rating);
        }
    }

    [Fact]
    public async Task Staff_see_who_claimed_and_nobody_else_does()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Claimed);

        Assert.Equal($"{cast.Claimer.PersonId}", (await cast.AllOfAsync(id)).Wish.Claim.ClaimerId);
        foreach (var other in new[] { cast.Maker, cast.Claimer, cast.Other })
        {
            Assert.Equal("", (await other.Wishes.GetWishAsync(new() { WishId = id })).Wish.Claim.ClaimerId);
        }
    }

    private static async Task<string> DeliveredAsync(
        Actor maker, WishCast cast, Guid unit, ClaimerKind kind = ClaimerKind.Neighbour)
    {
        var staff = await cast.World.StaffAsync(unit);
        var id = await maker.OpenAsync(cast.World.Request(unit), staff);
        await cast.Claimer.ClaimAsync(id, kind);
        await cast.Claimer.DeliverAsync(id);
        return id;
    }

    private static async Task<(Wire.WishStatus Status, int Rating)> ShownAsync(WishCast cast, string id)
    {
        var wish = (await cast.AllOfAsync(id)).Wish;
        return (wish.Status, wish.Rating);
    }

    private static async Task<Wire.WishCounts> CountsAsync(Actor reader, Guid unit) =>
        (await reader.Wishes.CountWishesAsync(new() { UnitId = $"{unit}" })).Counts;

    private static async Task<(long Ratings, double? Average)> SatisfactionAsync(
        Actor reader, Actor? claimer = null, Guid? unit = null)
    {
        var satisfaction = (await reader.Wishes.GetSatisfactionAsync(
            new() { PersonId = $"{claimer?.PersonId}", UnitId = $"{unit}" })).Satisfaction;
        return (satisfaction.Ratings, satisfaction.HasAverage ? satisfaction.Average : null);
    }
}
