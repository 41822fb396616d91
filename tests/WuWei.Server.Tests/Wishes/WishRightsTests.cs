using WuWei.Tests.Harness;

namespace WuWei.Tests.Wishes;

/// <summary>Beside the table of Access/rights.txt.</summary>
public class WishRightsTests(SharedServer shared)
{
    [Fact]
    public async Task Nobody_reviews_their_own_wish()
    {
        var world = shared.World;
        var staff = await world.StaffAsync(world.Community);
        var id = await staff.MakeAsync(world.Request());

        Assert.Equal("WISH_OWN", await staff.Wishes.CallAsync("ApproveWish", id, staff).TryAsync());
    }

    [Fact]
    public async Task What_does_not_exist_is_missing_and_what_is_no_id_is_invalid()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        foreach (var rpc in WishCalls.All)
        {
            var caller = cast.WhoMay(rpc).Wishes;
            Assert.Equal(
                "WISH_UNKNOWN", await caller.CallAsync(rpc, Guid.CreateVersion7().ToString(), cast.Other).TryAsync());
            Assert.Equal("ID_FORMAT", await caller.CallAsync(rpc, "0198-not-an-id", cast.Other).TryAsync());
        }
    }
}
