using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public sealed class FollowUpTests : IAsyncLifetime
{
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
    public async Task A_low_rating_is_followed_up_and_those_concerned_read_what_came_of_it()
    {
        var id = await _cast.WishAsync(WishStatus.Kept);
        await _cast.Beneficiary.Wishes.RateWishAsync(new() { WishId = id, Rating = 1, Comment = "装了三天又坏了" });

        var open = Assert.Single(await ListAsync(_cast.Staff, _world.Community));
        Assert.Equal(
            (id, $"{_world.Community}", _cast.Request().Title, 1, "装了三天又坏了", false),
            (open.WishId, open.UnitId, open.WishTitle, open.Rating, open.Comment, open.Overdue));
        Assert.Equal(TimeSpan.FromHours(72), open.DueAt.ToDateTime() - open.OpenedAt.ToDateTime());
        Assert.Equal(1, await CountAsync());
        Assert.Equal(0, await CountAsAsync(_cast.Other));
        _server.Clock.Advance(TimeSpan.FromHours(72.1));
        Assert.True(Assert.Single(await ListAsync(_cast.Staff, _world.Community)).Overdue);

        await _cast.Staff.Wishes.CloseFollowUpAsync(
            new() { WishId = id, Outcome = Wire.FollowUpOutcome.HelpedAgain, Note = "师傅又上门换了一个" });
        Assert.Empty(await ListAsync(_cast.Staff, _world.Community));
        var closed = Assert.Single(await ListAsync(_cast.Staff, _world.Community, closed: true));
        Assert.Equal(
            (open.Id, Wire.FollowUpOutcome.HelpedAgain, "师傅又上门换了一个", "装了三天又坏了", false),
            (closed.Id, closed.Outcome, closed.Note, closed.Comment, closed.Overdue));
        Assert.Equal(_server.Clock.Now, closed.ClosedAt.ToDateTime());
        Assert.NotEmpty(closed.ClosedByName);
        Assert.Equal(0, await CountAsync());

        Assert.Equal("师傅又上门换了一个", await NoteAsync(_cast.Beneficiary));
        Assert.Equal("", await NoteAsync(_cast.Other));
        Assert.Equal("FOLLOW_UP_OPENED FOLLOW_UP_CLOSED", await _server.Database.ScalarAsync<string>(
            "SELECT GROUP_CONCAT(kind ORDER BY at SEPARATOR ' ') FROM journal_entry WHERE subject = 'follow_up'"));
        await _server.AssertSoundAsync();

        async Task<string> NoteAsync(Actor reader)
        {
            var step = (await reader.Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps[^1];
            Assert.Equal((Wire.WishMove.FollowUp, Wire.WishActor.Staff), (step.Move, step.Actor));
            return step.Note;
        }

        Task<long> CountAsync() => CountAsAsync(_cast.Staff);

        async Task<long> CountAsAsync(Actor reader) => (await reader.Wishes.CountWishesAsync(
            new() { UnitId = $"{_world.Community}" })).Counts.OpenFollowUps;
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    public async Task A_rating_with_the_confirmation_opens_one_if_it_is_low(int rating, int followUps)
    {
        var id = await _cast.WishAsync(WishStatus.Delivered);
        await _cast.Beneficiary.Wishes.ConfirmWishAsync(new() { WishId = id, Rating = rating, Comment = "一般" });

        Assert.Equal(Enumerable.Repeat("一般", followUps), (await ListAsync(_cast.Staff, _world.Community))
            .Select(f => f.Comment));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task It_is_closed_once_with_an_outcome_and_not_by_the_claimer()
    {
        var staff = await _world.WithRoleAsync(Role.Staff, _world.Community, home: _world.Community);
        var id = await _cast.WishAsync(WishStatus.Open);
        await staff.ClaimAsync(id);
        await staff.DeliverAsync(id);
        await _cast.Beneficiary.ConfirmAsync(id, rating: 1);

        Assert.Equal("WISH_OWN_CLAIM", await staff.Wishes.CallAsync("CloseFollowUp", id, _cast.Other).TryAsync());
        foreach (var outcome in new[] { Wire.FollowUpOutcome.Unspecified, Wire.FollowUpOutcome.Overturned })
        {
            Assert.Equal("FOLLOW_UP_OUTCOME", await Refusals.ReasonAsync(_cast.Staff.Wishes.CloseFollowUpAsync(
                new() { WishId = id, Outcome = outcome, Note = "谈过了" })));
        }

        await _cast.Staff.Wishes.CallAsync("CloseFollowUp", id, _cast.Other);
        Assert.Equal(
            "FOLLOW_UP_NONE", await _cast.SecondStaff.Wishes.CallAsync("CloseFollowUp", id, _cast.Other).TryAsync());
        var content = await _cast.WishAsync(WishStatus.Kept);
        Assert.Equal(
            "FOLLOW_UP_NONE", await _cast.Staff.Wishes.CallAsync("CloseFollowUp", content, _cast.Other).TryAsync());
    }

    [Fact]
    public async Task Staff_and_auditors_list_those_of_their_subtree()
    {
        await _cast.WishAsync(WishStatus.Kept, ratedLow: true);
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.Community);
        var street = await _world.StaffAsync(_world.Street);
        var next = await _world.StaffAsync(_world.NextCommunity);

        Assert.Single(await ListAsync(auditor, _world.Community));
        Assert.Single(await ListAsync(street, _world.Street));
        Assert.Empty(await ListAsync(street, _world.NextCommunity));
        Assert.Empty(await ListAsync(next, _world.NextCommunity));
        foreach (var stranger in new[] { next, _cast.Maker, _cast.Beneficiary, _cast.Claimer, _cast.Other })
        {
            Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
                stranger.Wishes.ListFollowUpsAsync(new() { UnitId = $"{_world.Community}" })));
        }
    }

    [Fact]
    public async Task Pages_go_from_the_longest_due_to_the_last_and_miss_none()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            // Some at the same moment: then the id decides.
            _server.Clock.Advance(TimeSpan.FromMinutes(i % 2));
            ids.Add(await _cast.WishAsync(WishStatus.Kept, ratedLow: true));
        }

        var district = await _world.StaffAsync(_world.District);
        var seen = new List<Wire.FollowUp>();
        var request = new Wire.ListFollowUpsRequest { UnitId = $"{_world.District}", PageSize = 2 };
        do
        {
            var page = await district.Wishes.ListFollowUpsAsync(request);
            Assert.InRange(page.FollowUps.Count, 1, 2);
            seen.AddRange(page.FollowUps);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(ids.Order(), seen.Select(f => f.WishId).Order());
        Assert.Equal(seen.OrderBy(f => f.DueAt).ThenBy(f => f.Id, StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task Staff_see_the_contact_of_a_kept_wish_only_while_a_follow_up_is_open()
    {
        var id = await _cast.WishAsync(WishStatus.Kept);
        Task<string?> Reveal(Actor by) => by.Wishes.CallAsync("RevealContact", id, _cast.Other).TryAsync();
        Assert.Equal("WISH_WRONG_STATUS", await Reveal(_cast.Staff));

        await _cast.Beneficiary.Wishes.CallAsync("RateWish", id, _cast.Other);
        Assert.Null(await Reveal(_cast.Staff));
        Assert.Equal("WISH_WRONG_STATUS", await Reveal(_cast.Claimer));

        await _cast.Staff.Wishes.CallAsync("CloseFollowUp", id, _cast.Other);
        Assert.Equal("WISH_WRONG_STATUS", await Reveal(_cast.Staff));
    }

    private static async Task<IReadOnlyList<Wire.FollowUp>> ListAsync(Actor reader, Guid unit, bool closed = false) =>
        (await reader.Wishes.ListFollowUpsAsync(new() { UnitId = $"{unit}", Closed = closed })).FollowUps;
}
