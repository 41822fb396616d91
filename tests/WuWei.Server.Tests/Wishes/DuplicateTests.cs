using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

/// <summary>What is suggested while somebody writes, and making one of two.</summary>
public sealed class DuplicateTests : IAsyncLifetime
{
    private static readonly Wire.Point Here = new() { Latitude = 32_003_000, Longitude = 118_732_000 };

    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_is_like_it_is_suggested_until_it_has_ended()
    {
        var alike = await OpenAsync("二楼楼道灯不亮", "三单元楼道里的灯坏了好几天，老人晚上上楼看不见台阶。");
        await OpenAsync("水龙头漏水", "厨房水龙头一直滴水，关不紧，自己不会修。");
        await _cast.Maker.MakeAsync(Said("楼道灯坏了", "三单元二楼的灯不亮。"));

        var found = Assert.Single(await SuggestAsync(_cast.Other));
        Assert.Equal((alike, ""), (found.Wish.Id, found.Wish.Text));
        Assert.InRange(found.Score, WishLikeness.ScoreMin, 100);

        await _cast.Claimer.ClaimAsync(alike);
        Assert.Equal([alike], (await SuggestAsync(_cast.Other)).Select(l => l.Wish.Id));
        await _cast.Claimer.DeliverAsync(alike);
        await _cast.Maker.ConfirmAsync(alike);
        Assert.Empty(await SuggestAsync(_cast.Other));
        Assert.Equal(0, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM wish_mark WHERE wish_id = @id", ("@id", Guid.Parse(alike))));
        // The maker's own wish, which waits for review, is suggested to them alone.
        Assert.Single(await SuggestAsync(_cast.Maker));
    }

    [Fact]
    public async Task Wishes_from_before_there_were_marks_are_marked_by_and_by()
    {
        var old = await OpenAsync("楼道灯坏了", "三单元二楼的灯不亮，晚上上楼看不清台阶。");
        await (_cast with { Visibility = Wire.WishVisibility.Private }).WishAsync(WishStatus.Open);
        await _cast.WishAsync(WishStatus.Kept);
        await _server.Database.ExecuteAsync("DELETE FROM wish_mark");
        // As they are when the schema is brought up to date, and many that are gone.
        await _server.Database.ExecuteAsync("INSERT INTO wish_to_mark SELECT id FROM wish");
        await _server.Database.ExecuteAsync("INSERT INTO wish_to_mark SELECT id FROM journal_entry LIMIT 250");
        Assert.Empty(await SuggestAsync(_cast.Other));

        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        await Task.WhenAll(_server.RunJobsAsync(), copy.RunJobsAsync());

        Assert.Equal([old], (await SuggestAsync(_cast.Other)).Select(l => l.Wish.Id));
        Assert.Equal(0, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM wish_to_mark"));
        Assert.Equal(1, await _server.Database.ScalarAsync<long>("SELECT COUNT(DISTINCT wish_id) FROM wish_mark"));
    }

    [Theory]
    [InlineData(Wire.WishVisibility.Private, "misc")]
    [InlineData(Wire.WishVisibility.Public, "rights")]
    public async Task What_others_may_not_read_leaves_no_mark_and_is_suggested_to_its_maker_only(
        Wire.WishVisibility visibility, string category)
    {
        var cast = _cast with { Visibility = visibility, Category = category };
        await cast.WishAsync(WishStatus.Open);

        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM wish_mark"));
        foreach (var other in new[] { _cast.Other, _cast.Staff, _cast.Claimer })
        {
            Assert.Empty(await SuggestAsync(other));
        }

        Assert.Equal("楼道灯坏了", Assert.Single(await SuggestAsync(_cast.Maker)).Wish.Title);
    }

    [Fact]
    public async Task It_is_looked_for_in_the_community_and_around_the_point()
    {
        var grid = Said("楼道灯坏了", "三单元二楼的灯不亮。");
        grid.UnitId = $"{_world.Grid}";
        var inGrid = await _cast.Maker.OpenAsync(grid, _cast.Staff);
        var far = Said("楼道灯坏了", "二楼的灯不亮了，看不清。");
        far.UnitId = $"{_world.FarCommunity}";
        far.Point = Here;
        var beyond = await _cast.Maker.OpenAsync(far, await _world.StaffAsync(_world.FarCommunity));
        var reader = await _world.ResidentAsync();

        Assert.Equal([inGrid], (await SuggestAsync(reader)).Select(l => l.Wish.Id));
        var around = await SuggestAsync(reader, new() { Latitude = Here.Latitude + 4_000, Longitude = Here.Longitude });
        Assert.Equal([.. new[] { inGrid, beyond }.Order()], around.Select(l => l.Wish.Id).Order());
        Assert.Equal([inGrid], (await SuggestAsync(reader, new() { Latitude = 32_200_000, Longitude = Here.Longitude }))
            .Select(l => l.Wish.Id));
    }

    [Fact]
    public async Task No_more_than_five_are_suggested_and_the_work_is_bounded()
    {
        for (var i = 0; i < 8; i++)
        {
            await OpenAsync($"楼道灯坏了{i}", "三单元二楼的灯不亮，晚上上楼看不清台阶。");
        }

        var found = await SuggestAsync(_cast.Other);
        Assert.Equal(5, found.Count);
        Assert.Equal(found.Select(l => l.Score).OrderDescending(), found.Select(l => l.Score));
        Assert.DoesNotContain(found, l => l.Wish.Watched);
        await _cast.Other.Watches.WatchWishAsync(new() { WishId = found[1].Wish.Id });
        Assert.Equal([false, true, false, false, false], (await SuggestAsync(_cast.Other)).Select(l => l.Wish.Watched));
        await _cast.Other.Watches.SuggestDuplicatesAsync(new()
        {
            UnitId = $"{_world.Community}",
            Title = string.Concat(Enumerable.Repeat("灯𠀀", 20)),
            Text = string.Concat(Enumerable.Range(0, 2_500).Select(i => (char)(0x4E00 + i))),
        });
        foreach (var (title, text) in new[]
        {
            ("", "x"), (new string('灯', 41), ""), ("灯坏了", new string('灯', 2_501)), ("灯\0坏", ""),
        })
        {
            Assert.Equal("DUPLICATES_INVALID", await Refusals.ReasonAsync(_cast.Other.Watches.SuggestDuplicatesAsync(
                new() { UnitId = $"{_world.Community}", Title = title, Text = text })));
        }

        Assert.Equal("UNIT_UNKNOWN", await Refusals.ReasonAsync(_cast.Other.Watches.SuggestDuplicatesAsync(
            new() { UnitId = $"{Guid.NewGuid()}", Title = "灯坏了" })));
        Assert.Equal("PLACE_OUTSIDE", await Refusals.ReasonAsync(_cast.Other.Watches.SuggestDuplicatesAsync(
            new() { UnitId = $"{_world.Community}", Title = "灯坏了", Point = new() })));
    }

    [Fact]
    public async Task A_merged_wish_ends_leads_to_the_other_and_its_people_follow_that()
    {
        var (duplicate, into) = (await _cast.WishAsync(WishStatus.Open), await _cast.WishAsync(WishStatus.Claimed));
        foreach (var follower in new[] { _cast.Other, _cast.Offered })
        {
            await follower.Watches.WatchWishAsync(new() { WishId = duplicate });
        }

        await _cast.Other.Watches.WatchWishAsync(new() { WishId = into });

        var merged = (await MergeAsync(_cast.Staff, duplicate, into)).Wish;

        Assert.Equal((Wire.WishStatus.Withdrawn, into), (merged.Status, merged.MergedInto));
        Assert.Equal("WISH_MERGED", await Refusals.ReasonAsync(
            _cast.Maker.Wishes.RemakeWishAsync(new() { WishId = duplicate })));
        // Its maker, its beneficiary and its two followers, of whom one followed the other already.
        Assert.Equal(4, (await _cast.Other.Wishes.GetWishAsync(new() { WishId = into })).Wish.Followers);
        foreach (var reader in new[] { _cast.Maker, _cast.Beneficiary, _cast.Other, _cast.Staff })
        {
            Assert.Equal(into, (await reader.Wishes.GetWishAsync(new() { WishId = duplicate })).Wish.MergedInto);
        }

        Assert.Equal([into], (await _cast.Offered.Watches.ListWatchedAsync(new())).Wishes.Select(w => w.Id));
        Assert.Equal("WISH_ENDED", await Refusals.ReasonAsync(
            _cast.Claimer.Watches.WatchWishAsync(new() { WishId = duplicate })));
        var step = (await _cast.Maker.Wishes.GetWishJourneyAsync(new() { WishId = duplicate })).Steps[^1];
        Assert.Equal((Wire.WishMove.Merge, "同一件事"), (step.Move, step.Note));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            """
            SELECT COUNT(*) FROM journal_entry
            WHERE kind = 'WISH_MERGE' AND subject_id = @id AND JSON_UNQUOTE(JSON_EXTRACT(detail, '$.mergedInto')) = @into
            """, ("@id", Guid.Parse(duplicate)), ("@into", into)));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            """
            SELECT COUNT(*) FROM journal_entry
            WHERE kind = 'WATCH_MERGED' AND subject_id = @into AND JSON_UNQUOTE(JSON_EXTRACT(detail, '$.from')) = @id
            """, ("@into", Guid.Parse(into)), ("@id", duplicate)));
        await _server.AssertSoundAsync();
        await _server.Database.AssertJournalTellsTheStepsAsync();
    }

    [Theory]
    [InlineData(Wire.WishVisibility.Private, "misc")]
    [InlineData(Wire.WishVisibility.Public, "rights")]
    public async Task What_others_may_not_read_is_merged_without_telling_them(Wire.WishVisibility visibility, string category)
    {
        var hidden = await (_cast with { Visibility = visibility, Category = category }).WishAsync(WishStatus.Open);
        var into = await _cast.WishAsync(WishStatus.Open);
        if (visibility == Wire.WishVisibility.Public)
        {
            await _cast.Other.Watches.WatchWishAsync(new() { WishId = hidden });
        }

        await MergeAsync(_cast.Staff, hidden, into);

        Assert.Equal(into, (await _cast.Maker.Wishes.GetWishAsync(new() { WishId = hidden })).Wish.MergedInto);
        if (visibility == Wire.WishVisibility.Public)
        {
            Assert.Equal("", (await _cast.Other.Wishes.GetWishAsync(new() { WishId = hidden })).Wish.MergedInto);
        }
        else
        {
            Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(
                _cast.Other.Wishes.GetWishAsync(new() { WishId = hidden })));
        }

        Assert.Empty((await _cast.Other.Watches.ListWatchedAsync(new())).Wishes);
        Assert.Equal(0, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'WATCH_MERGED' AND detail LIKE CONCAT('%', @id, '%')",
            ("@id", hidden)));
    }

    [Fact]
    public async Task A_wish_is_merged_only_into_one_that_goes_on_by_staff_of_both()
    {
        var open = await _cast.WishAsync(WishStatus.Open);
        var secret = await (_cast with { Visibility = Wire.WishVisibility.Private }).WishAsync(WishStatus.Open);
        var far = _world.Request(_world.FarCommunity);
        var farStaff = await _world.StaffAsync(_world.FarCommunity);
        var elsewhere = await _cast.Maker.OpenAsync(far, farStaff);

        Assert.Equal("MERGE_SELF", await ReasonAsync(_cast.Staff, open, open));
        Assert.Equal("MERGE_TARGET_PRIVATE", await ReasonAsync(_cast.Staff, open, secret));
        foreach (var status in new[] { WishStatus.PendingReview, WishStatus.Kept, WishStatus.Rejected, WishStatus.Withdrawn })
        {
            Assert.Equal("MERGE_TARGET_ENDED", await ReasonAsync(_cast.Staff, open, await _cast.WishAsync(status)));
        }

        Assert.Equal("WISH_WRONG_STATUS", await ReasonAsync(_cast.Staff, await _cast.WishAsync(WishStatus.Claimed), open));
        Assert.Equal("NOT_PERMITTED", await ReasonAsync(_cast.Staff, open, elsewhere));
        Assert.Equal("NOT_PERMITTED", await ReasonAsync(farStaff, open, elsewhere));
        Assert.Equal("NOT_PERMITTED", await ReasonAsync(_cast.Maker, open, elsewhere));
        Assert.Equal("WISH_UNKNOWN", await ReasonAsync(_cast.Staff, open, $"{Guid.NewGuid()}"));
        await MergeAsync(await _world.StaffAsync(_world.District), elsewhere, open);
        await MergeAsync(_cast.Staff, await _cast.WishAsync(WishStatus.PendingReview), open);
        await _server.AssertSoundAsync();
    }

    private static AsyncUnaryCall<Wire.MergeWishResponse> MergeAsync(Actor staff, string id, string into) =>
        staff.Watches.MergeWishAsync(new() { WishId = id, IntoWishId = into, Reason = "同一件事" });

    private static Task<string> ReasonAsync(Actor staff, string id, string into) =>
        Refusals.ReasonAsync(MergeAsync(staff, id, into));

    private Wire.MakeWishRequest Said(string title, string text)
    {
        var request = _world.Request();
        (request.Title, request.Text) = (title, text);
        return request;
    }

    private Task<string> OpenAsync(string title, string text) => _cast.Maker.OpenAsync(Said(title, text), _cast.Staff);

    private async Task<IReadOnlyList<Wire.LikeWish>> SuggestAsync(Actor person, Wire.Point? point = null) =>
        (await person.Watches.SuggestDuplicatesAsync(new()
        {
            UnitId = $"{_world.Community}",
            Title = "楼道灯坏了",
            Text = "二楼的灯不亮，晚上看不清台阶。",
            Point = point,
        })).Wishes;
}
