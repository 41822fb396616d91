using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

/// <summary>Following wishes.</summary>
public class WatchTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task Whoever_may_see_a_wish_follows_it_and_everybody_sees_how_many_do()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Open);
        Assert.Equal(1, (await WatchAsync(cast.Other, id)).Followers);
        var seen = await WatchAsync(cast.Offered, id);
        Assert.Equal((2, true), (seen.Followers, seen.Watched));
        Assert.Equal("WISH_WATCHED", await Refusals.ReasonAsync(cast.Other.Watches.WatchWishAsync(new() { WishId = id })));

        var read = (await cast.Staff.Wishes.GetWishAsync(new() { WishId = id })).Wish;
        Assert.Equal((2, false), (read.Followers, read.Watched));
        Assert.Equal([id], (await ListAsync(cast.Other)).Select(w => w.Id));

        await cast.Other.Watches.UnwatchWishAsync(new() { WishId = id });
        Assert.Equal("WATCH_NONE", await Refusals.ReasonAsync(cast.Other.Watches.UnwatchWishAsync(new() { WishId = id })));
        Assert.Empty(await ListAsync(cast.Other));
        Assert.Equal(1, (await cast.Other.Wishes.GetWishAsync(new() { WishId = id })).Wish.Followers);
    }

    [Fact]
    public async Task What_one_may_not_see_any_more_is_followed_by_nobody_who_could_tell()
    {
        var cast = await WishCast.CreateAsync(_world) with { Visibility = Wire.WishVisibility.Private };
        var id = await cast.WishAsync(WishStatus.Open);
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(cast.Other.Watches.WatchWishAsync(new() { WishId = id })));
        await cast.Staff.Wishes.CallAsync("OfferWish", id, cast.Other);
        var key = $"{Guid.NewGuid()}";
        await cast.Other.WithKey(key).Watches.WatchWishAsync(new() { WishId = id });
        await cast.Other.ClaimAsync(id);
        Assert.Equal([id], (await ListAsync(cast.Other)).Select(w => w.Id));

        await cast.Staff.Wishes.RevokeClaimAsync(new() { WishId = id, Reason = "一直没有联系" });

        Assert.Empty(await ListAsync(cast.Other));
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(
            cast.Other.WithKey(key).Watches.WatchWishAsync(new() { WishId = id })));
        await cast.Other.Watches.UnwatchWishAsync(new() { WishId = id });
    }

    [Fact]
    public async Task A_wish_that_has_ended_is_not_followed()
    {
        var cast = await WishCast.CreateAsync(_world);
        var id = await cast.WishAsync(WishStatus.Kept);

        Assert.Equal("WISH_ENDED", await Refusals.ReasonAsync(cast.Other.Watches.WatchWishAsync(new() { WishId = id })));
    }

    [Fact]
    public async Task What_somebody_follows_is_listed_a_page_at_a_time()
    {
        var cast = await WishCast.CreateAsync(_world);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await cast.WishAsync(WishStatus.Open));
            await WatchAsync(cast.Other, ids[^1]);
        }

        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await cast.Other.Watches.ListWatchedAsync(new() { PageSize = 2, PageToken = token });
            seen.AddRange(page.Wishes.Select(w => w.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(ids.Order(), seen.Order());
    }

    private static async Task<Wire.Wish> WatchAsync(Actor person, string id) =>
        (await person.Watches.WatchWishAsync(new() { WishId = id })).Wish;

    private static async Task<IReadOnlyList<Wire.Wish>> ListAsync(Actor person) =>
        (await person.Watches.ListWatchedAsync(new())).Wishes;
}
