using WuWei.ContentChecks;
using WuWei.Tests.Harness;
using WuWei.Tests.Inbox;

namespace WuWei.Tests.ContentChecks;

/// <summary>Appeals that nobody answers, and refusals that nobody appeals against.</summary>
public sealed class AppealClockTests : IAsyncLifetime
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _maker = null!;
    private Actor _street = null!;
    private Actor _district = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _maker = await _world.ResidentAsync();
        _street = await _world.StaffAsync(_world.Street);
        _district = await _world.StaffAsync(_world.District);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_appeal_goes_up_when_nobody_answered_for_a_week_and_whoever_waits_for_it_is_told()
    {
        var (wish, check) = await AppealedWishAsync();
        _server.Clock.Advance(Week - TimeSpan.FromSeconds(1));
        await _server.RunJobsAsync();
        Assert.Equal([check], await AppealsAsync(_street, _world.Street));
        Assert.DoesNotContain("CONTENT_APPEALED", await _maker.EventsAsync());
        Assert.DoesNotContain("CONTENT_APPEALED", await _district.EventsAsync());

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await using (var copy = await TestServer.StartAsync(_server.Database, _server.Clock))
        {
            await Task.WhenAll(_server.RunJobsAsync(), copy.RunJobsAsync());
        }

        await _server.RunJobsAsync();
        Assert.Empty(await AppealsAsync(_street, _world.Street));
        Assert.Equal([check], await AppealsAsync(_district, _world.District));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(DecideAsync(_street, check)));
        Assert.Contains("CONTENT_APPEALED", await _maker.EventsAsync());
        Assert.Contains("CONTENT_APPEALED", await _district.EventsAsync());
        Assert.Equal(2, await EntriesAsync("CONTENT_APPEALED"));

        // At the top they are reminded, and nobody decides by saying nothing.
        _server.Clock.Advance(Week);
        await _server.RunJobsAsync();
        Assert.Equal(3, await EntriesAsync("CONTENT_APPEALED"));
        Assert.Equal(Wire.WishStatus.PendingReview, await StatusAsync(wish));

        await DecideAsync(_district, check);
        Assert.Equal(Wire.WishStatus.Open, await StatusAsync(wish));
        _server.Clock.Advance(Week);
        await _server.RunJobsAsync();
        Assert.Equal(3, await EntriesAsync("CONTENT_APPEALED"));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Nobody_is_asked_any_more_about_a_wish_that_was_withdrawn()
    {
        var (wish, _) = await AppealedWishAsync();
        await _maker.Wishes.WithdrawWishAsync(new() { WishId = wish, Reason = "不用了" });
        _server.Clock.Advance(Week);
        await _server.RunJobsAsync();

        Assert.Empty(await AppealsAsync(_district, _world.District));
        Assert.Equal(1, await EntriesAsync("CONTENT_APPEALED"));
    }

    [Fact]
    public async Task Nobody_appeals_about_a_wish_that_was_withdrawn()
    {
        var (wish, check) = await RefusedWishAsync();
        Assert.NotNull((await MineAsync(check)).AppealUntil);
        await _maker.Wishes.WithdrawWishAsync(new() { WishId = wish, Reason = "不用了" });

        Assert.Equal("CONTENT_APPEAL_LATE", await Refusals.ReasonAsync(AppealAsync(check)));
        var mine = await MineAsync(check);
        Assert.Equal((Wire.ContentState.Refused, null), (mine.State, mine.AppealUntil));
        _server.Clock.Advance(Week);
        await _server.RunJobsAsync();
        Assert.Equal(0, await EntriesAsync("CONTENT_APPEALED"));
        Assert.Equal(0, await EntriesAsync("CONTENT_FINAL"));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Staff_decline_no_wish_about_which_others_are_to_decide_and_may_open_it()
    {
        var staff = await _world.StaffAsync(_world.Community);
        var (wish, check) = await AppealedWishAsync();
        Assert.Equal("CONTENT_APPEALED", await Refusals.ReasonAsync(
            staff.Wishes.RejectWishAsync(new() { WishId = wish, Reason = "就是广告" })));
        Assert.Equal([check], await AppealsAsync(_street, _world.Street));
        await staff.Wishes.ApproveWishAsync(new() { WishId = wish });
        Assert.Equal(Wire.WishStatus.Open, await StatusAsync(wish));
        Assert.Empty(await AppealsAsync(_street, _world.Street));

        var (other, _) = await RefusedWishAsync();
        await staff.Wishes.RejectWishAsync(new() { WishId = other, Reason = "就是广告" });
        Assert.Equal(Wire.WishStatus.Rejected, await StatusAsync(other));
    }

    [Theory]
    [InlineData("unit_id")]
    [InlineData("appeal_unit_id")]
    public async Task What_went_to_another_unit_meanwhile_is_read_anew(string unit)
    {
        var (_, check) = await AppealedWishAsync();
        var read = (await _server.Db.ReadAsync(
            db => db.FindCheckAsync(Guid.Parse(check)), CancellationToken.None))!;
        await _server.Database.ExecuteAsync(
            $"UPDATE content_check SET {unit} = @unit WHERE id = @id", ("unit", _world.FarCommunity), ("id", read.Id));

        Assert.False(await _server.Db.HousekeepAsync(
            db => db.MoveCheckAsync(read, read with { DueAt = read.DueAt + Week }), CancellationToken.None));
    }

    [Fact]
    public async Task An_appeal_about_a_name_goes_to_the_new_home_of_whose_it_is()
    {
        await _maker.Identity.UpdateMeAsync(new() { Name = "慕容白" });
        var check = await _world.RefuseWaitingAsync(Wire.ContentKind.Name);
        await _maker.ContentChecks.AppealContentAsync(new() { Id = check, Reason = "我就叫这个名字" });

        await _maker.Identity.UpdateMeAsync(new() { HomeUnitId = $"{_world.FarCommunity}" });

        Assert.Empty(await AppealsAsync(_street, _world.Street));
        Assert.Equal([check], await AppealsAsync(await _world.StaffAsync(_world.OtherStreet), _world.OtherStreet));
    }

    [Fact]
    public async Task What_nothing_waits_for_is_refused_and_that_is_all()
    {
        await _maker.Identity.UpdateMeAsync(new() { Name = "慕容白" });
        await _world.RefuseWaitingAsync(Wire.ContentKind.Name);
        _server.Clock.Advance(Week);
        await _server.RunJobsAsync();

        Assert.Equal((1, 0), (await EntriesAsync("CONTENT_REFUSED"), await EntriesAsync("CONTENT_FINAL")));
    }

    /// <summary>Of a category that nobody needs to review.</summary>
    private async Task<(string Wish, string Check)> RefusedWishAsync()
    {
        var request = _world.Request(category: "errands");
        request.Answers.Add("items", "两袋米");
        var wish = await _maker.MakeAsync(request);
        return (wish, await _world.RefuseWaitingAsync(Wire.ContentKind.Wish));
    }

    private async Task<(string Wish, string Check)> AppealedWishAsync()
    {
        var (wish, check) = await RefusedWishAsync();
        await AppealAsync(check);
        return (wish, check);
    }

    private AsyncUnaryCall<Wire.AppealContentResponse> AppealAsync(string check) =>
        _maker.ContentChecks.AppealContentAsync(new() { Id = check, Reason = "这不是广告" });

    private async Task<Wire.MyContent> MineAsync(string check) =>
        (await _maker.ContentChecks.ListMyContentAsync(new())).Contents.Single(c => c.Id == check);

    private static AsyncUnaryCall<Wire.DecideContentAppealResponse> DecideAsync(Actor staff, string id) =>
        staff.ContentChecks.DecideContentAppealAsync(new() { Id = id, Admit = true, Answer = "看过了" });

    private static async Task<IEnumerable<string>> AppealsAsync(Actor staff, Guid unit) =>
        (await staff.ContentChecks.ListContentAppealsAsync(new() { UnitId = $"{unit}" })).Appeals.Select(a => a.Id);

    private async Task<Wire.WishStatus> StatusAsync(string wish) =>
        (await _maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Status;

    private Task<long> EntriesAsync(string kind) => _server.Database.ScalarAsync<long>(
        $"SELECT COUNT(*) FROM journal_entry WHERE kind = '{kind}'");
}
