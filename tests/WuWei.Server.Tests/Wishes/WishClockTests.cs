using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

/// <summary>Category misc: reviewed in 12 hours, up after 48 and 72, urged after 120, delivered in 7 days.</summary>
public sealed class WishClockTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _cast = await WishCast.CreateAsync(await World.CreateAsync(_server));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_wish_nobody_reviews_is_urged_and_overdue_until_somebody_does()
    {
        var id = await _cast.WishAsync(WishStatus.PendingReview);
        await AfterAsync(id, hours: 11.9, "PendingReview ");
        await AfterAsync(id, hours: 0.1, "PendingReview overdue Remind");
        Assert.Equal(1, (await CountsAsync()).Overdue);
        await AfterAsync(id, hours: 12, "PendingReview overdue Remind Remind");
        await _cast.Staff.Wishes.CallAsync("ApproveWish", id, _cast.Other);
        Assert.Equal(0, (await CountsAsync()).Overdue);
        await AfterAsync(id, hours: 0, "Open Remind Remind Approve");
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task An_open_wish_climbs_to_the_district_and_is_then_urged()
    {
        var id = await _cast.WishAsync(WishStatus.Open);
        await AfterAsync(id, hours: 47.9, "Open Approve");
        await AfterAsync(id, hours: 0.1, "Open overdue Approve Escalate");
        await AfterAsync(id, hours: 72, "Open overdue Approve Escalate Escalate");
        await AfterAsync(id, hours: 120, "Open overdue Approve Escalate Escalate Remind");

        var world = _cast.World;
        var stranger = (await _cast.Other.Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps;
        Assert.Equal(
            new[] { world.Community, world.Community, world.Street, world.District, world.District }
                .Select(u => u.ToString()),
            stranger.Select(s => s.AudienceUnitId));
        Assert.All(stranger.Skip(2), s => Assert.Equal(Wire.WishActor.Clock, s.Actor));
        Assert.Equal("WISH_AT_TOP", await _cast.Staff.Wishes.CallAsync("EscalateWish", id, _cast.Other).TryAsync());
    }

    [Fact]
    public async Task An_open_wish_is_noticed_three_days_before_its_deadline_and_expires_then()
    {
        var request = _cast.Request();
        request.DeadlineAt = Timestamp.FromDateTime(_server.Clock.Now.AddHours(96));
        var id = await _cast.Maker.OpenAsync(request, _cast.Staff);
        await AfterAsync(id, hours: 24, "Open Approve Notice");
        await AfterAsync(id, hours: 24, "Open overdue Approve Notice Escalate");
        await AfterAsync(id, hours: 47.9, "Open overdue Approve Notice Escalate");
        await AfterAsync(id, hours: 0.1, "Expired Approve Notice Escalate Expire");

        var again = (await _cast.Maker.Wishes.RemakeWishAsync(new() { WishId = id })).Wish;
        Assert.Equal(_server.Clock.Now.AddHours(96), again.DeadlineAt.ToDateTime());
        Assert.Equal((request.Title, Wire.WishStatus.PendingReview), (again.Title, again.Status));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_claim_past_its_delivery_day_is_reminded_and_a_day_later_handed_over()
    {
        var id = await _cast.WishAsync(WishStatus.Claimed);
        await AfterAsync(id, hours: 7 * 24, "Claimed overdue Approve Claim Remind");
        await AfterAsync(id, hours: 24, "Claimed overdue Approve Claim Remind HandOver");
        await _cast.Claimer.DeliverAsync(id);
        await AfterAsync(id, hours: 0, "Delivered Approve Claim Remind HandOver Deliver");
    }

    [Fact]
    public async Task A_delivery_nobody_answers_is_urged_on_day_five_and_confirmed_on_day_seven_counted_apart()
    {
        var id = await _cast.WishAsync(WishStatus.Delivered);
        await AfterAsync(id, hours: 5 * 24, "Delivered Approve Claim Deliver Remind");
        await AfterAsync(id, hours: 47.9, "Delivered Approve Claim Deliver Remind");
        await AfterAsync(id, hours: 0.1, "Kept Approve Claim Deliver Remind AutoConfirm");

        var (wish, _) = await _cast.AllOfAsync(id);
        Assert.Equal((true, 0), (wish.AutoConfirmed, wish.Rating));
        var counts = await CountsAsync();
        Assert.Equal((0, 1, 0), (counts.Kept, counts.KeptByAutoConfirmation, counts.KeptByKind.Sum(k => k.Kept)));
        Assert.False(counts.HasMedianHoursToKeep);
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Two_servers_that_run_the_clock_at_once_make_each_move_once()
    {
        await using var second = await TestServer.StartAsync(_server.Database, _server.Clock);
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await _cast.WishAsync(WishStatus.Open));
        }

        _server.Clock.Advance(TimeSpan.FromHours(48));
        await Task.WhenAll(_server.RunJobsAsync(), second.RunJobsAsync());

        foreach (var id in ids)
        {
            await AfterAsync(id, hours: 0, "Open overdue Approve Escalate");
        }

        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Changed_rules_hold_for_the_next_clock_and_a_longer_time_for_the_running_one()
    {
        var waiting = await _cast.WishAsync(WishStatus.PendingReview);
        var world = _cast.World;
        var district = await world.StaffAsync(world.District);
        var categories = await district.Categories.ListCategoriesAsync(new() { UnitId = $"{world.District}" });
        var rules = categories.Categories.Single(c => c.Code == "misc");
        rules.ReviewHours = 24;
        rules.EscalationHours[0] = 6;
        await district.Categories.UpdateCategoryAsync(new() { Category = rules });

        await AfterAsync(waiting, hours: 12, "PendingReview ");
        await AfterAsync(waiting, hours: 12, "PendingReview overdue Remind");
        await _cast.Staff.Wishes.CallAsync("ApproveWish", waiting, _cast.Other);
        await AfterAsync(waiting, hours: 6, "Open overdue Remind Approve Escalate");
    }

    /// <summary>After these hours and a round of jobs: the state, whether overdue, and the moves so far.</summary>
    private async Task AfterAsync(string id, double hours, string expected)
    {
        _server.Clock.Advance(TimeSpan.FromHours(hours));
        await _server.RunJobsAsync();
        var (wish, journey) = await _cast.AllOfAsync(id);
        var moves = string.Join(' ', journey.Steps.Skip(1).Select(s => s.Move));
        Assert.Equal(expected, $"{wish.Status} {(wish.Overdue ? "overdue " : "")}{moves}");
    }

    private async Task<Wire.WishCounts> CountsAsync() =>
        (await _cast.Other.Wishes.CountWishesAsync(new() { UnitId = $"{_cast.World.District}" })).Counts;
}
