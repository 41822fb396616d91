using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class WishOutcomeTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task A_beneficiary_with_an_account_confirms_as_beneficiary()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Delivered);
        Assert.True((await cast.Beneficiary.Wishes.GetWishAsync(new() { WishId = id })).Wish.Mine);
        await cast.Beneficiary.ConfirmAsync(id, rating: 3);

        var (wish, journey) = await cast.AllOfAsync(id);
        Assert.Equal((Wire.WishStatus.Kept, 3, false), (wish.Status, wish.Rating, wish.AutoConfirmed));
        Assert.Equal(Wire.WishActor.Beneficiary, journey.Steps[^1].Actor);
    }

    [Fact]
    public async Task Staff_confirm_on_behalf_only_with_how_they_verified_it()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Delivered);
        Task<string> Refused() => Refusals.ReasonAsync(
            cast.Staff.Wishes.ConfirmWishAsync(new() { WishId = id }));
        Assert.Equal("VERIFICATION_REQUIRED", await Refused());

        await cast.Staff.Wishes.ConfirmWishAsync(
            new() { WishId = id, Verification = Wire.Verification.PhoneCall });
        var step = (await cast.AllOfAsync(id)).Journey.Steps[^1];
        Assert.Equal((Wire.WishActor.Staff, Wire.Verification.PhoneCall), (step.Actor, step.Verification));
    }

    [Fact]
    public async Task Staff_do_not_confirm_what_they_claimed_themselves()
    {
        var cast = await WishCast.CreateAsync(_world);
        var staff = await _world.WithRoleAsync(Calls.Role.Staff, _world.Community, home: _world.Community);
        var id = await cast.WishAsync(WishStatus.Open);
        await staff.ClaimAsync(id);
        await staff.DeliverAsync(id);

        Assert.Equal("WISH_OWN_CLAIM", await staff.Wishes.CallAsync("ConfirmWish", id, cast.Other).TryAsync());
    }

    [Fact]
    public async Task A_disputed_wish_is_its_claimers_again_and_can_be_delivered_anew()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Delivered);
        await cast.Beneficiary.Wishes.CallAsync("DisputeWish", id, cast.Other);

        var (wish, _) = await cast.AllOfAsync(id);
        Assert.Equal((Wire.WishStatus.Claimed, ""), (wish.Status, wish.DeliveryNote));
        Assert.Null(wish.DeliveredAt);
        await cast.Claimer.DeliverAsync(id);
        await cast.Maker.ConfirmAsync(id);
    }

    [Fact]
    public async Task An_overturn_needs_two_people()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Kept);
        await cast.Staff.Wishes.CallAsync("ProposeOverturn", id, cast.Other);

        Assert.Equal(
            "OVERTURN_PROPOSED", await cast.SecondStaff.Wishes.CallAsync("ProposeOverturn", id, cast.Other).TryAsync());
        Assert.Equal(
            "SECOND_PERSON_NEEDED", await cast.Staff.Wishes.CallAsync("OverturnWish", id, cast.Other).TryAsync());
        await cast.SecondStaff.Wishes.CallAsync("OverturnWish", id, cast.Other);

        var (wish, _) = await cast.AllOfAsync(id);
        Assert.Equal((Wire.WishStatus.Open, 0), (wish.Status, wish.Rating));
        Assert.Null(wish.Claim);
        Assert.Null(wish.KeptAt);
        // Nothing of the old proposal is left for the next time it is kept.
        await cast.Claimer.ClaimAsync(id);
        await cast.Claimer.DeliverAsync(id);
        await cast.Maker.ConfirmAsync(id);
        Assert.Equal(
            "OVERTURN_NOT_PROPOSED", await cast.Staff.Wishes.CallAsync("OverturnWish", id, cast.Other).TryAsync());
    }

    [Fact]
    public async Task Each_move_counts_where_the_wish_is_and_no_longer_where_it_was()
    {
        await using var server = await TestServer.StartAsync();
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var id = await cast.Maker.MakeAsync(cast.Request());
        var told = new List<string> { await Counted() };
        foreach (var rpc in new[]
        {
            "ApproveWish", "ClaimWish", "DeliverWish", "DisputeWish", "DeliverWish", "ConfirmWish", "ProposeOverturn",
        })
        {
            await cast.WhoMay(rpc).Wishes.CallAsync(rpc, id, cast.Other);
            told.Add($"{rpc}: {await Counted()}");
        }

        await cast.SecondStaff.Wishes.CallAsync("OverturnWish", id, cast.Other);
        told.Add($"OverturnWish: {await Counted()}");
        await cast.Maker.Wishes.CallAsync("WithdrawWish", id, cast.Other);
        told.Add($"WithdrawWish: {await Counted()}");

        Assert.Equal(
            """
            pending 1, open 0, claimed 0, delivered 0, kept 0, withdrawn 0
            ApproveWish: pending 0, open 1, claimed 0, delivered 0, kept 0, withdrawn 0
            ClaimWish: pending 0, open 0, claimed 1, delivered 0, kept 0, withdrawn 0
            DeliverWish: pending 0, open 0, claimed 0, delivered 1, kept 0, withdrawn 0
            DisputeWish: pending 0, open 0, claimed 1, delivered 0, kept 0, withdrawn 0
            DeliverWish: pending 0, open 0, claimed 0, delivered 1, kept 0, withdrawn 0
            ConfirmWish: pending 0, open 0, claimed 0, delivered 0, kept 1, withdrawn 0
            ProposeOverturn: pending 0, open 0, claimed 0, delivered 0, kept 1, withdrawn 0
            OverturnWish: pending 0, open 1, claimed 0, delivered 0, kept 0, withdrawn 0
            WithdrawWish: pending 0, open 0, claimed 0, delivered 0, kept 0, withdrawn 1
            """, string.Join('\n', told));
        await server.AssertSoundAsync();

        async Task<string> Counted()
        {
            var c = (await cast.Other.Wishes.CountWishesAsync(new() { UnitId = $"{cast.World.District}" })).Counts;
            Assert.Equal(1, c.Made);
            return $"pending {c.PendingReview}, open {c.Open}, claimed {c.Claimed}, delivered {c.Delivered}, "
                + $"kept {c.Kept}, withdrawn {c.Withdrawn}";
        }
    }
}
