using WuWei.Tests.Harness;

namespace WuWei.Tests.Threads;

/// <summary>A number over several messages is hidden alike from everybody, wherever they begin to read.</summary>
public sealed class MaskedMessagesTests : IAsyncLifetime
{
    private const string FirstHalf = "我的电话是1391234";
    private const string SecondHalf = "5678，晚上打";
    private const string Hidden = "［电话已隐藏］，晚上打";

    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;
    private string _thread = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
        var wish = await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed);
        _thread = (await wish.ThreadAsync(_cast.Claimer)).Id;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task It_is_hidden_on_pages_of_every_size_and_from_staff_and_stays_so_when_its_beginning_is_hidden()
    {
        var begins = await _cast.Claimer.SayAsync(_server, _world, _thread, FirstHalf);
        for (var i = 0; i < 8; i++)
        {
            await _cast.Maker.SayAsync(_server, _world, _thread, "好的");
        }

        await _cast.Claimer.SayAsync(_server, _world, _thread, SecondHalf);
        await AssertHiddenAsync();

        await _cast.Staff.Threads.DecideThreadReportAsync(new()
        {
            ReportId = await AssertHiddenFromStaffAsync(),
            Outcome = Wire.ReportOutcome.MessageHidden,
            MessageId = begins,
            Answer = "已经隐藏。",
        });
        await AssertHiddenAsync();
        await AssertHiddenFromStaffAsync();

        await _cast.Maker.Threads.AgreeToShowContactsAsync(new() { ThreadId = _thread });
        await _cast.Claimer.Threads.AgreeToShowContactsAsync(new() { ThreadId = _thread });
        Assert.Equal(SecondHalf, (await _cast.Maker.MessagesAsync(_thread))[0].Text);
    }

    [Fact]
    public async Task It_is_hidden_when_its_author_wrote_something_in_between()
    {
        foreach (var text in new[] { FirstHalf, "好的", SecondHalf })
        {
            await _cast.Claimer.SayAsync(_server, _world, _thread, text);
        }

        await AssertHiddenAsync();
    }

    [Fact]
    public async Task Whoever_checks_messages_reads_no_number_in_halves()
    {
        await _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = _thread, Text = FirstHalf });
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _cast.Maker.Threads.SendMessageAsync(new() { ThreadId = _thread, Text = "12345678" });
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = _thread, Text = SecondHalf });
        await _world.CheckContentAsync();

        Assert.Equal([FirstHalf, "12345678", Hidden], (await _cast.Staff.ContentChecks.ListContentReviewsAsync(
            new() { UnitId = $"{_world.Community}", Kind = Wire.ContentKind.Message })).Reviews.Select(r => r.Text));
    }

    private async Task AssertHiddenAsync()
    {
        foreach (var size in new[] { 1, 4, 50 })
        {
            var page = await _cast.Maker.Threads.ListMessagesAsync(new() { ThreadId = _thread, PageSize = size });
            Assert.Equal((Hidden, true), (page.Messages[0].Text, page.Messages[0].Masked));
        }
    }

    private async Task<string> AssertHiddenFromStaffAsync()
    {
        var report = (await _cast.Maker.ReportAsync(_thread)).Id;
        foreach (var size in new[] { 1, 50 })
        {
            var page = await _cast.Staff.Threads.RevealReportedThreadAsync(new() { ReportId = report, PageSize = size });
            Assert.Equal((Hidden, true), (page.Messages[0].Text, page.Messages[0].Masked));
        }

        return report;
    }
}
