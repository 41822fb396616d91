using WuWei.ContentChecks;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

/// <summary>Who sees the pictures of a wish, and which.</summary>
public sealed class WishPictureTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task A_picture_is_its_makers_and_the_staffs_until_it_passed()
    {
        var cast = await WishCast.CreateAsync(_world);
        var (wish, pictures) = await WithPicturesAsync(cast, 2);
        await cast.Staff.Wishes.ApproveWishAsync(new() { WishId = wish });

        Assert.Equal(pictures, await SeenAsync(cast.Maker, wish));
        Assert.Equal(pictures, await SeenAsync(cast.Staff, wish));
        Assert.Empty(await SeenAsync(cast.Other, wish));
        Assert.Empty(await SeenAsync(cast.Beneficiary, wish));

        await shared.Server.JudgeAsync(pictures[1], ContentState.Passed);
        await shared.Server.JudgeAsync(pictures[0], ContentState.Refused);

        Assert.Equal([pictures[1]], await SeenAsync(cast.Other, wish));
        Assert.Equal([pictures[1]], await SeenAsync(cast.Beneficiary, wish));
        Assert.Equal(
            [Wire.ContentState.Refused, Wire.ContentState.Passed],
            (await cast.Maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Pictures.Select(p => p.State));
    }

    [Fact]
    public async Task Each_attached_picture_waits_for_its_check()
    {
        var cast = await WishCast.CreateAsync(_world);
        var (_, pictures) = await WithPicturesAsync(cast, 2);

        foreach (var id in pictures)
        {
            Assert.Equal(1, await shared.Server.Database.ScalarAsync<long>(
                "SELECT COUNT(*) FROM content_check WHERE kind = 7 AND content_id = @id AND unit_id = @unit AND state = 1",
                ("id", Guid.Parse(id)), ("unit", _world.Community)));
        }
    }

    [Fact]
    public async Task Whoever_checks_is_given_a_link()
    {
        var cast = await WishCast.CreateAsync(_world);
        var (_, pictures) = await WithPicturesAsync(cast, 1);
        var owner = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetServices<IContentOwner>(shared.Server.Services).Single(o => o.Kind == ContentKind.Picture);

        var toCheck = await shared.Server.Db.ReadAsync(
            db => owner.ListContentAsync(db, [Guid.Parse(pictures[0]), Guid.NewGuid()]), CancellationToken.None);

        Assert.StartsWith("/pictures/", Assert.Single(toCheck).Picture, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_of_a_private_wish_are_seen_by_those_who_see_the_wish()
    {
        var cast = await WishCast.CreateAsync(_world) with { Visibility = Wire.WishVisibility.Private };
        var (wish, pictures) = await WithPicturesAsync(cast, 1);
        await shared.Server.JudgeAsync(pictures[0], ContentState.Passed);
        await cast.Staff.Wishes.ApproveWishAsync(new() { WishId = wish });

        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(cast.Offered.Wishes.GetWishAsync(new() { WishId = wish })));
        await cast.Staff.Wishes.CallAsync("OfferWish", wish, cast.Offered);
        Assert.Equal(pictures, await SeenAsync(cast.Offered, wish));
        Assert.Equal(pictures, await SeenAsync(cast.Beneficiary, wish));
    }

    [Fact]
    public async Task Pictures_of_a_sensitive_wish_are_seen_by_those_who_may_read_it()
    {
        var cast = await WishCast.CreateAsync(_world) with { Category = "rights" };
        var (wish, pictures) = await WithPicturesAsync(cast, 1);
        await shared.Server.JudgeAsync(pictures[0], ContentState.Passed);
        await cast.Staff.Wishes.ApproveWishAsync(new() { WishId = wish });

        Assert.Empty(await SeenAsync(cast.Other, wish));
        Assert.Equal(pictures, await SeenAsync(cast.Beneficiary, wish));
    }

    [Fact]
    public async Task Lists_have_the_first_thumbnail_that_may_be_seen()
    {
        var cast = await WishCast.CreateAsync(_world);
        var (wish, pictures) = await WithPicturesAsync(cast, 3);
        await cast.Staff.Wishes.ApproveWishAsync(new() { WishId = wish });
        foreach (var passed in pictures[1..])
        {
            await shared.Server.JudgeAsync(passed, ContentState.Passed);
        }

        var listed = (await FindOpenAsync(cast.Other, wish)).Pictures.Single();
        Assert.Equal((pictures[1], ""), (listed.Id, listed.LargeUrl));
        Assert.NotEmpty(listed.ThumbnailUrl);
        Assert.Equal(pictures[0], (await cast.Maker.Wishes.ListWishesAsync(new() { View = Wire.WishView.Mine })).Wishes
            .Single(w => w.Id == wish).Pictures.Single().Id);
    }

    [Fact]
    public async Task What_the_claimer_photographed_is_for_those_concerned()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WishStatus.Claimed);
        var picture = await cast.Claimer.UploadAsync();
        await cast.Claimer.Wishes.DeliverWishAsync(new() { WishId = wish, Note = "换好了，请看。", PictureIds = { picture } });

        Assert.Empty(await DeliveredAsync(cast.Maker));
        Assert.Equal([picture], await DeliveredAsync(cast.Claimer));
        Assert.Equal([picture], await DeliveredAsync(cast.Staff));

        await shared.Server.JudgeAsync(picture, ContentState.Passed);
        Assert.Equal([picture], await DeliveredAsync(cast.Maker));
        Assert.Empty(await DeliveredAsync(cast.Other));
        Assert.Equal([picture], (await cast.Maker.Wishes.GetWishJourneyAsync(new() { WishId = wish })).Steps
            .Single(s => s.Move == Wire.WishMove.Deliver).Pictures.Select(p => p.Id));
        Assert.Empty((await cast.Other.Wishes.GetWishJourneyAsync(new() { WishId = wish })).Steps.SelectMany(s => s.Pictures));

        async Task<IEnumerable<string>> DeliveredAsync(Actor who) =>
            (await who.Wishes.GetWishAsync(new() { WishId = wish })).Wish.DeliveryPictures.Select(p => p.Id);
    }

    [Fact]
    public async Task A_wish_that_is_made_again_shows_the_pictures_of_the_old_one_which_keeps_them()
    {
        var cast = await WishCast.CreateAsync(_world);
        var (first, pictures) = await WithPicturesAsync(cast, 2);
        await cast.Staff.Wishes.ApproveWishAsync(new() { WishId = first });
        await shared.Server.JudgeAsync(pictures[0], ContentState.Passed);

        var wish = first;
        for (var times = 0; times < 2; times++)
        {
            await cast.Maker.Wishes.WithdrawWishAsync(new() { WishId = wish, Reason = "过几天再说" });
            wish = (await cast.Maker.Wishes.RemakeWishAsync(new() { WishId = wish })).Wish.Id;
        }

        await cast.Staff.Wishes.ApproveWishAsync(new() { WishId = wish });
        Assert.Equal([pictures[0]], await SeenAsync(cast.Other, wish));
        Assert.Equal(pictures, await SeenAsync(cast.Maker, wish));
        Assert.Equal(pictures, await SeenAsync(cast.Maker, first));
        Assert.Equal(pictures[0], (await cast.Maker.Wishes.ListWishesAsync(new() { View = Wire.WishView.Mine })).Wishes
            .Single(w => w.Id == wish).Pictures.Single().Id);
    }

    [Fact]
    public async Task Pictures_of_a_wish_that_staff_make_pass_at_once()
    {
        var cast = await WishCast.CreateAsync(_world);
        var request = cast.Request();
        request.Origin = Wire.WishOrigin.Staff;
        request.PictureIds.Add(await cast.Staff.UploadAsync());

        var wish = await cast.Staff.MakeAsync(request);

        Assert.Equal(request.PictureIds, await SeenAsync(cast.Other, wish));
    }

    private static async Task<(string Wish, string[] Pictures)> WithPicturesAsync(WishCast cast, int count)
    {
        var request = cast.Request();
        for (var i = 0; i < count; i++)
        {
            request.PictureIds.Add(await cast.Maker.UploadAsync());
        }

        return (await cast.Maker.MakeAsync(request), [.. request.PictureIds]);
    }

    /// <summary>An open wish as a list shows it, on whichever page: other tests make wishes in the unit, too.</summary>
    private async Task<Wire.Wish> FindOpenAsync(Actor person, string wish)
    {
        for (var token = ""; ;)
        {
            var page = await person.Wishes.ListWishesAsync(new()
            {
                View = Wire.WishView.Unit,
                UnitId = $"{_world.Community}",
                Status = Wire.WishStatus.Open,
                PageToken = token,
            });
            if (page.Wishes.SingleOrDefault(w => w.Id == wish) is { } found)
            {
                return found;
            }

            token = page.NextPageToken;
            Assert.NotEmpty(token);
        }
    }

    private static async Task<IEnumerable<string>> SeenAsync(Actor who, string wish) =>
        (await who.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Pictures.Select(p => p.Id);
}
