using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class WishPrivacyTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task A_private_wish_exists_only_for_those_it_concerns()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await PrivateAsync(cast);

        foreach (var insider in new[] { cast.Maker, cast.Beneficiary, cast.Staff })
        {
            Assert.Equal("楼道灯坏了", (await insider.Wishes.GetWishAsync(new() { WishId = id })).Wish.Title);
        }

        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(cast.Other.Wishes.GetWishAsync(new() { WishId = id })));
        Assert.Equal(
            "WISH_UNKNOWN", await Refusals.ReasonAsync(cast.Other.Wishes.GetWishJourneyAsync(new() { WishId = id })));
        Assert.Equal("WISH_UNKNOWN", await cast.Other.Wishes.CallAsync("ClaimWish", id, cast.Other).TryAsync());
    }

    [Fact]
    public async Task An_offer_opens_a_private_wish_for_one_claim()
    {
        var cast = await WishCast.CreateAsync(_world);
        var helper = await _world.ResidentAsync(_world.FarCommunity);
        var id = await PrivateAsync(cast);
        await cast.Staff.Wishes.OfferWishAsync(new() { WishId = id, Phone = helper.Phone });

        Assert.Equal("WISH_OFFERED", await cast.Staff.Wishes.CallAsync("OfferWish", id, helper).TryAsync());
        Assert.Equal([id], (await OfferedTo(helper)).Select(w => w.Id));
        await helper.ClaimAsync(id);
        Assert.Equal("楼道灯坏了", (await helper.Wishes.GetWishAsync(new() { WishId = id })).Wish.Title);
        Assert.Empty(await OfferedTo(helper));

        var key = Guid.NewGuid().ToString();
        var released = await helper.WishesWithKey(key).ReleaseWishAsync(new() { WishId = id, Reason = "来不了" });
        Assert.Equal(("", ""), (released.Wish.Title, released.Wish.Text));
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(helper.Wishes.GetWishAsync(new() { WishId = id })));
        Assert.Equal("WISH_UNKNOWN", await helper.Wishes.CallAsync("ClaimWish", id, helper).TryAsync());
        Assert.Empty((await helper.Wishes.ListWishesAsync(new() { View = Wire.WishView.ClaimedByMe })).Wishes);

        await cast.Staff.Wishes.CallAsync("OfferWish", id, helper);
        await helper.ClaimAsync(id);
    }

    [Fact]
    public async Task A_private_wish_that_is_offered_again_is_among_those_they_claimed()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await PrivateAsync(cast);
        await cast.Staff.Wishes.CallAsync("OfferWish", id, cast.Other);
        await cast.Other.ClaimAsync(id);
        await cast.Staff.Wishes.CallAsync("RevokeClaim", id, cast.Other);

        await cast.Staff.Wishes.CallAsync("OfferWish", id, cast.Other);

        var claimed = await cast.Other.Wishes.ListWishesAsync(new() { View = Wire.WishView.ClaimedByMe });
        Assert.Equal("楼道灯坏了", Assert.Single(claimed.Wishes).Title);
    }

    [Fact]
    public async Task The_answer_to_a_repeated_claim_is_not_a_way_back_to_a_private_wish()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await PrivateAsync(cast);
        await cast.Staff.Wishes.CallAsync("OfferWish", id, cast.Other);
        var key = Guid.NewGuid().ToString();
        var claim = new Wire.ClaimWishRequest { WishId = id, Kind = Wire.ClaimerKind.Neighbour };
        Assert.NotEqual("", (await cast.Other.WishesWithKey(key).ClaimWishAsync(claim)).Wish.Title);
        await cast.Staff.Wishes.CallAsync("RevokeClaim", id, cast.Other);

        var again = (await cast.Other.WishesWithKey(key).ClaimWishAsync(claim)).Wish;

        Assert.Equal(new Wire.Wish { Id = id, Status = Wire.WishStatus.Claimed }, again);
    }

    [Fact]
    public async Task An_offer_is_for_a_known_person_who_is_not_of_the_wish()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await PrivateAsync(cast);
        Task<string> Offer(Wire.OfferWishRequest request)
        {
            request.WishId = id;
            return Refusals.ReasonAsync(cast.Staff.Wishes.OfferWishAsync(request));
        }

        Assert.Equal("WISH_OWN", await Offer(new() { PersonId = cast.Maker.PersonId.ToString() }));
        Assert.Equal("WISH_OWN", await Offer(new() { Phone = cast.Beneficiary.Phone }));
        Assert.Equal("PERSON_UNKNOWN", await Offer(new() { Phone = "19900000000" }));
        Assert.Equal("PERSON_REQUIRED", await Offer(new()));
    }

    [Theory]
    [InlineData("rights", "matter", "工资")]
    [InlineData("counselling", "way", "电话")]
    public async Task A_sensitive_wish_tells_others_only_its_category_unit_and_effort(
        string category, string field, string answer)
    {
        var cast = await WishCast.CreateAsync(_world);
        var volunteer = await _world.WithRoleAsync(Calls.Role.Volunteer, _world.Community);
        var request = _world.Request(category: category);
        request.Answers.Add(field, answer);
        var id = await cast.Maker.OpenAsync(request, cast.Staff);

        await AssertHidden();
        await volunteer.ClaimAsync(id, ClaimerKind.Volunteer);
        await AssertHidden();
        foreach (var concerned in new[] { cast.Maker, cast.Staff, volunteer })
        {
            var seen = (await concerned.Wishes.GetWishAsync(new() { WishId = id })).Wish;
            Assert.Equal((request.Title, request.Text, answer), (seen.Title, seen.Text, seen.Answers[field]));
            Assert.NotEqual("", seen.MakerName);
        }

        async Task AssertHidden()
        {
            var seen = (await cast.Other.Wishes.GetWishAsync(new() { WishId = id })).Wish;
            var listed = (await cast.Other.Wishes.ListWishesAsync(new()
            {
                View = Wire.WishView.Unit,
                UnitId = request.UnitId,
                Status = seen.Status,
                CategoryId = request.CategoryId,
            })).Wishes.Single(w => w.Id == id);
            foreach (var wish in new[] { seen, listed })
            {
                Assert.Equal(("", "", "", ""), (wish.Title, wish.Text, wish.MakerName, wish.MakerId));
                Assert.Empty(wish.Answers);
                Assert.Equal((request.CategoryId, 30, true), (wish.CategoryId, wish.EffortMinutes, wish.Sensitive));
            }
        }
    }

    [Fact]
    public async Task A_sensitive_wish_is_sealed_in_the_database()
    {
        var maker = await _world.ResidentAsync();
        var request = _world.Request(category: "counselling");
        request.Answers.Add("way", "面谈");
        var id = await maker.MakeAsync(request);

        Assert.Equal(1, await shared.Server.Database.ScalarAsync<int>(
            """
            SELECT COUNT(*) FROM wish WHERE id = @id AND title IS NULL AND text IS NULL AND answers IS NULL
              AND LOCATE(@text, content) = 0 AND LOCATE(@phone, contact) = 0
            """, ("@id", Guid.Parse(id)), ("@text", request.Text), ("@phone", request.Contact.Phone)));
    }

    private static async Task<IReadOnlyList<Wire.Wish>> OfferedTo(Actor person) =>
        (await person.Wishes.ListWishesAsync(new() { View = Wire.WishView.OfferedToMe })).Wishes;

    private static async Task<string> PrivateAsync(WishCast cast)
    {
        var request = cast.Request();
        request.Visibility = Wire.WishVisibility.Private;
        return await cast.Maker.OpenAsync(request, cast.Staff);
    }
}
