using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Threads;

/// <summary>Reports, by which alone staff read a thread.</summary>
public sealed class ThreadReportTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: ["Threads:RevealsMax=3", "Threads:ReportsMax=2"]);
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Staff_read_it_while_a_report_is_open_and_hide_a_message()
    {
        var (_, thread) = await TalkAsync("你烦不烦，打我13912345678说。");
        await _cast.Maker.SayAsync(_server, _world, thread, "请好好说话。");
        var bad = (await _cast.Maker.MessagesAsync(thread))[1].Id;
        var report = await _cast.Maker.ReportAsync(thread, bad);
        Assert.Equal("THREAD_REPORTED", await Refusals.ReasonAsync(
            _cast.Maker.Threads.ReportMessageAsync(new() { ThreadId = thread, Reason = "再说一次" })));

        var listed = Assert.Single((await _cast.Staff.Threads.ListThreadReportsAsync(
            new() { UnitId = $"{_world.Community}" })).Reports);
        Assert.Equal((report.Id, bad, "说话不文明"), (listed.Id, listed.MessageId, listed.Reason));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var seen = await _cast.Staff.Threads.RevealReportedThreadAsync(new() { ReportId = report.Id });
        // Numbers stay hidden from staff, too.
        Assert.Equal(["请好好说话。", "你烦不烦，打我［电话已隐藏］说。"], seen.Messages.Select(m => m.Text));

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _cast.Staff.Threads.DecideThreadReportAsync(new()
        {
            ReportId = report.Id,
            Outcome = Wire.ReportOutcome.MessageHidden,
            Answer = "已经隐藏，并提醒了对方。",
        });
        foreach (var reader in new[] { _cast.Maker, _cast.Beneficiary, _cast.Claimer })
        {
            var hidden = (await reader.MessagesAsync(thread)).Single(m => m.Id == bad);
            Assert.Equal(("", true), (hidden.Text, hidden.Hidden));
        }

        var told = (await _cast.Maker.Threads.GetThreadAsync(new() { ThreadId = thread })).Thread.Report;
        Assert.Equal((Wire.ReportOutcome.MessageHidden, "已经隐藏，并提醒了对方。"), (told.Outcome, told.Answer));
        Assert.Null((await _cast.Claimer.Threads.GetThreadAsync(new() { ThreadId = thread })).Thread.Report);
        Assert.Equal("REPORT_DECIDED", await Refusals.ReasonAsync(
            _cast.Staff.Threads.RevealReportedThreadAsync(new() { ReportId = report.Id })));
        Assert.Equal("REPORT_DECIDED", await Refusals.ReasonAsync(_cast.Staff.Threads.DecideThreadReportAsync(
            new() { ReportId = report.Id, Outcome = Wire.ReportOutcome.NoAction, Answer = "再想想" })));
        Assert.Equal("THREAD_REPORTED,THREAD_REVEALED,THREAD_REPORT_DECIDED", await _server.Database.ScalarAsync<string>(
            "SELECT GROUP_CONCAT(kind ORDER BY at, id) FROM journal_entry WHERE kind LIKE 'THREAD_RE%'"));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_revoked_claim_closes_the_thread_at_once()
    {
        var (wish, thread) = await TalkAsync("先转我两百块。");
        var report = await _cast.Beneficiary.ReportAsync(thread);
        var revoked = new Wire.DecideThreadReportRequest
        {
            ReportId = report.Id,
            Outcome = Wire.ReportOutcome.ClaimRevoked,
            Answer = "已收回认领。",
        };
        Assert.Equal("CLAIM_NOT_REVOKED", await Refusals.ReasonAsync(_cast.Staff.Threads.DecideThreadReportAsync(revoked)));

        await _cast.Staff.Wishes.RevokeClaimAsync(new() { WishId = wish, Reason = "索要钱财" });
        await _cast.Staff.Threads.DecideThreadReportAsync(revoked);

        Assert.Equal("THREAD_UNKNOWN", await Refusals.ReasonAsync(
            _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread, Text = "为什么？" })));
        Assert.Equal("THREAD_CLOSED", await Refusals.ReasonAsync(
            _cast.Maker.Threads.SendMessageAsync(new() { ThreadId = thread, Text = "谢谢处理" })));
    }

    [Fact]
    public async Task Only_staff_of_the_wishs_unit_see_a_report_and_none_of_their_own()
    {
        var helper = await _world.ResidentAsync();
        await _world.GrantAsync(helper, Role.Staff, _world.Community);
        _cast = _cast with { Claimer = helper };
        var (_, thread) = await TalkAsync("明天来。");
        var report = (await _cast.Maker.ReportAsync(thread)).Id;
        var elsewhere = await _world.StaffAsync(_world.NextCommunity);
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.Community);

        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            elsewhere.Threads.ListThreadReportsAsync(new() { UnitId = $"{_world.Community}" })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            auditor.Threads.ListThreadReportsAsync(new() { UnitId = $"{_world.Community}" })));
        Assert.Equal("REPORT_UNKNOWN", await Refusals.ReasonAsync(
            elsewhere.Threads.RevealReportedThreadAsync(new() { ReportId = report })));
        Assert.Equal("THREAD_OWN", await Refusals.ReasonAsync(
            helper.Threads.RevealReportedThreadAsync(new() { ReportId = report })));
        Assert.Empty((await helper.Threads.ListThreadReportsAsync(new() { UnitId = $"{_world.Community}" })).Reports);
        var street = await _world.StaffAsync(_world.Street);
        Assert.Single((await street.Threads.ListThreadReportsAsync(new() { UnitId = $"{_world.Street}" })).Reports);
        Assert.Equal("MESSAGE_REQUIRED", await Refusals.ReasonAsync(street.Threads.DecideThreadReportAsync(
            new() { ReportId = report, Outcome = Wire.ReportOutcome.MessageHidden, Answer = "隐藏" })));
        Assert.Equal("MESSAGE_UNKNOWN", await Refusals.ReasonAsync(street.Threads.DecideThreadReportAsync(new()
        {
            ReportId = report,
            Outcome = Wire.ReportOutcome.MessageHidden,
            MessageId = $"{Guid.NewGuid()}",
            Answer = "隐藏",
        })));
        Assert.Equal("REPORT_OUTCOME", await Refusals.ReasonAsync(street.Threads.DecideThreadReportAsync(
            new() { ReportId = report, Answer = "不知道" })));
    }

    [Fact]
    public async Task Reading_for_a_report_has_an_end_and_the_end_is_noted()
    {
        var (_, thread) = await TalkAsync("明天来。");
        var report = (await _cast.Maker.ReportAsync(thread)).Id;
        var key = $"{Guid.NewGuid()}";
        for (var i = 0; i < 3; i++)
        {
            // The same intent counts once.
            await _cast.Staff.WithKey(key).Threads.RevealReportedThreadAsync(new() { ReportId = report });
        }

        await _cast.Staff.Threads.RevealReportedThreadAsync(new() { ReportId = report });
        await _cast.Staff.Threads.RevealReportedThreadAsync(new() { ReportId = report });
        Assert.Equal("THREADS_TOO_MANY", await Refusals.ReasonAsync(
            _cast.Staff.Threads.RevealReportedThreadAsync(new() { ReportId = report })));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM security_event WHERE kind = 'THREAD_QUOTA_SPENT' AND person_id = @id",
            ("@id", _cast.Staff.PersonId)));
        Assert.Equal(3, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'THREAD_REVEALED'"));
    }

    [Fact]
    public async Task Reporting_has_an_end_too()
    {
        var (_, thread) = await TalkAsync("明天来。");
        for (var i = 0; i < 2; i++)
        {
            var report = await _cast.Maker.ReportAsync(thread);
            await _cast.Staff.Threads.DecideThreadReportAsync(
                new() { ReportId = report.Id, Outcome = Wire.ReportOutcome.NoAction, Answer = "没有问题" });
        }

        Assert.Equal("REPORTS_TOO_MANY", await Refusals.ReasonAsync(
            _cast.Maker.Threads.ReportMessageAsync(new() { ThreadId = thread, Reason = "又来了" })));
        Assert.Equal(2, (await _cast.Staff.Threads.ListThreadReportsAsync(
            new() { UnitId = $"{_world.Community}", Decided = true })).Reports.Count);
    }

    private async Task<(string Wish, string Thread)> TalkAsync(string text)
    {
        var wish = await _cast.WishAsync(WishStatus.Claimed);
        var thread = (await wish.ThreadAsync(_cast.Claimer)).Id;
        await _cast.Claimer.SayAsync(_server, _world, thread, text);
        return (wish, thread);
    }
}
