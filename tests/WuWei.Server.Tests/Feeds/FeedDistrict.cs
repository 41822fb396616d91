using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>A district whose journal is read.</summary>
public abstract class FeedDistrict : OwnDistrict
{
    protected Task<List<Wire.JournalEntry>> ReadAsync(TestPartner partner) =>
        Server.Journal().ReadAllAsync(partner.Headers);

    protected Following Following(TestPartner partner, long? after)
    {
        var request = new Wire.FollowRequest();
        if (after is { } number)
        {
            request.After = number;
        }

        return new Following(Server.Journal().Follow(request, partner.Headers));
    }

    /// <summary>A wish from made to kept.</summary>
    protected async Task<(string Wish, Actor Maker, Actor Helper)> KeptAsync(Actor? helper = null)
    {
        var (maker, staff) = (await World.ResidentAsync(), await World.StaffAsync(World.Community));
        helper ??= await World.ResidentAsync();
        var wish = await maker.MakeAsync(World.Request());
        Func<Task>[] steps =
        [
            async () => await staff.Wishes.ApproveWishAsync(new() { WishId = wish }), () => helper.ClaimAsync(wish),
            () => helper.DeliverAsync(wish), () => maker.ConfirmAsync(wish),
        ];
        foreach (var step in steps)
        {
            // What happens at the same moment is numbered in any order.
            Server.Clock.Advance(TimeSpan.FromSeconds(1));
            await step();
        }

        return (wish, maker, helper);
    }
}
