using WuWei.Tests.Harness;

namespace WuWei.Tests.Wishes;

public class WishLoopTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task A_wish_is_made_reviewed_claimed_delivered_and_kept()
    {
        var maker = await _world.ResidentAsync();
        var neighbour = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.Community);

        var id = await maker.OpenAsync(_world.Request(), staff);
        await neighbour.ClaimAsync(id);
        await neighbour.DeliverAsync(id);
        await maker.ConfirmAsync(id, rating: 5);

        var wish = (await maker.Wishes.GetWishAsync(new() { WishId = id })).Wish;
        Assert.Equal(Wire.WishStatus.Kept, wish.Status);
        Assert.Equal(5, wish.Rating);
        var journey = (await maker.Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps;
        Assert.Equal(
            [Wire.WishMove.Make, Wire.WishMove.Approve, Wire.WishMove.Claim, Wire.WishMove.Deliver, Wire.WishMove.Confirm],
            journey.Select(s => s.Move));
        Assert.Equal([1, 2, 3, 4, 5], journey.Select(s => s.Number));
    }
}
