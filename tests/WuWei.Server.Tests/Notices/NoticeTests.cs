using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Tests.Inbox;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Tests.Notices;

public sealed class NoticeTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _district = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _district = await _world.StaffAsync(_world.District);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Whoever_lives_in_the_audience_or_below_has_it_at_once_and_nobody_else()
    {
        var (here, below) = (await _world.ResidentAsync(), await _world.ResidentAsync(_world.Grid));
        var next = await _world.ResidentAsync(_world.NextCommunity);
        var request = NoticeScenes.Request(_world.District);
        request.AudienceUnitIds.Add($"{_world.Community}");

        var notice = await _district.PublishAsync(request);

        foreach (var resident in new[] { here, below })
        {
            Assert.Equal(1, await resident.UnreadAsync());
            var item = Assert.Single(await resident.InboxAsync());
            Assert.Equal(("notice", notice.Id, "明天停水", false), (item.Subject, item.SubjectId, item.Text, item.Read));
            Assert.Equal("", Assert.Single((await resident.Notices.ListNoticesAsync(new())).Notices).Text);
        }

        Assert.Empty(await next.InboxAsync());
        Assert.Equal(0, await next.UnreadAsync());
        Assert.Equal("NOTICE_UNKNOWN", await Refusals.ReasonAsync(next.Notices.GetNoticeAsync(new() { NoticeId = notice.Id })));

        // Who moves there has it, too.
        await next.Identity.UpdateMeAsync(new() { HomeUnitId = $"{_world.Community}" });
        _server.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1, await next.UnreadAsync());
    }

    [Fact]
    public async Task It_appears_at_its_time_and_disappears_at_its_end()
    {
        var resident = await _world.ResidentAsync();
        var request = NoticeScenes.Request(_world.Community);
        request.PublishAt = Timestamp.FromDateTime(_server.Clock.Now.AddHours(2));
        request.ExpiresAt = Timestamp.FromDateTime(_server.Clock.Now.AddHours(5));
        var notice = await _district.PublishAsync(request);
        Assert.Equal(Wire.NoticeState.Scheduled, notice.State);
        Assert.Empty(await resident.InboxAsync());
        Assert.Equal("NOTICE_UNKNOWN", await Refusals.ReasonAsync(
            resident.Notices.GetNoticeAsync(new() { NoticeId = notice.Id })));

        _server.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await resident.UnreadAsync());

        _server.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, await resident.UnreadAsync());
        Assert.Empty(await resident.InboxAsync());
        var listed = Assert.Single((await _district.Notices.ListNoticesAsync(new() { UnitId = $"{_world.Community}" })).Notices);
        Assert.Equal(Wire.NoticeState.Expired, listed.State);
        Assert.Equal("NOTICE_OVER", await Refusals.ReasonAsync(
            _district.Notices.WithdrawNoticeAsync(new() { NoticeId = notice.Id })));
    }

    [Fact]
    public async Task What_is_taken_back_is_gone_everywhere_and_its_messages_stay()
    {
        var resident = await _world.ResidentAsync();
        var request = NoticeScenes.Request(_world.Community);
        request.Important = true;
        var notice = await _district.PublishAsync(request);
        await _server.Services.RunAsync<WuWei.Notices.NoticePushJob>();
        var withdrawn = await _district.Notices.WithdrawNoticeAsync(new() { NoticeId = notice.Id });
        Assert.Equal(Wire.NoticeState.Withdrawn, withdrawn.Notice.State);
        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        await _server.RunJobsAsync();

        Assert.Empty(await resident.InboxAsync());
        Assert.Empty(_server.Sms.Notices);
        var push = (await _district.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id })).Push;
        Assert.Equal((1, 0), (push.LeftOut, push.Sent));
    }

    [Fact]
    public async Task Reading_is_counted_once_and_where_people_live()
    {
        var (a, b) = (await _world.ResidentAsync(_world.Grid), await _world.ResidentAsync(_world.NextCommunity));
        var c = await _world.ResidentAsync(_world.NextCommunity);
        var notice = await _district.PublishAsync(NoticeScenes.Request(_world.Street));
        await a.Notices.GetNoticeAsync(new() { NoticeId = notice.Id });
        var read = await a.Notices.GetNoticeAsync(new() { NoticeId = notice.Id });
        Assert.True(read.Notice.Read);
        await b.Inbox.MarkReadAsync(new() { Ids = { notice.Id } });
        // Staff who look do not count.
        Assert.False((await _district.Notices.GetNoticeAsync(new() { NoticeId = notice.Id })).Notice.Read);

        var counts = await _district.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id });
        Assert.Equal((3, 2), (counts.People, counts.Read));
        Assert.Equal(
            new[] { ($"{_world.Community}", 1, 1), ($"{_world.NextCommunity}", 2, 1) }.Order(),
            counts.Units.Select(u => (u.UnitId, u.People, u.Read)).Order());

        // Staff of a part see that part, and nobody else's.
        var next = await _world.StaffAsync(_world.NextCommunity);
        var own = await next.Notices.CountNoticeReadsAsync(
            new() { NoticeId = notice.Id, UnitId = $"{_world.NextCommunity}" });
        Assert.Equal((2, 1), (own.People, own.Read));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            next.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id })));

        var unread = await next.Notices.ListNoticeUnreadAsync(
            new() { NoticeId = notice.Id, UnitId = $"{_world.NextCommunity}" });
        var left = Assert.Single(unread.People);
        Assert.Equal(($"{c.PersonId}", true), (left.PersonId, left.HasPhone));
        Assert.EndsWith("**", left.ShownName);
        Assert.Equal("UNIT_NOT_HOME", await Refusals.ReasonAsync(_district.Notices.ListNoticeUnreadAsync(
            new() { NoticeId = notice.Id, UnitId = $"{_world.Street}" })));
    }

    [Fact]
    public async Task The_phone_of_who_has_not_read_it_is_shown_so_often_and_each_time_noted()
    {
        var resident = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.Community);
        var notice = await staff.PublishAsync(NoticeScenes.Request(_world.Community));
        var request = new Wire.RevealNoticePhoneRequest
        {
            NoticeId = notice.Id,
            PersonId = $"{resident.PersonId}",
            Reason = "通知停水",
        };

        Assert.Equal(resident.Phone, (await staff.Notices.RevealNoticePhoneAsync(request)).Phone);
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'NOTICE_PHONE_REVEALED' AND subject_id = @id",
            ("id", resident.PersonId)));
        var elsewhere = await _world.ResidentAsync(_world.NextCommunity);
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(staff.Notices.RevealNoticePhoneAsync(
            new() { NoticeId = notice.Id, PersonId = $"{elsewhere.PersonId}", Reason = "通知停水" })));
        Assert.Equal("PERSON_UNKNOWN", await Refusals.ReasonAsync(_district.Notices.RevealNoticePhoneAsync(
            new() { NoticeId = notice.Id, PersonId = $"{elsewhere.PersonId}", Reason = "通知停水" })));
        Assert.Equal("TEXT_LENGTH", await Refusals.ReasonAsync(staff.Notices.RevealNoticePhoneAsync(
            new() { NoticeId = notice.Id, PersonId = $"{resident.PersonId}" })));

        for (var i = 1; i < 60; i++)
        {
            await staff.Notices.RevealNoticePhoneAsync(request);
        }

        Assert.Equal("REVEALS_TOO_MANY", await Refusals.ReasonAsync(staff.Notices.RevealNoticePhoneAsync(request)));
        await resident.Notices.GetNoticeAsync(new() { NoticeId = notice.Id });
        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("NOTICE_SEEN", await Refusals.ReasonAsync(staff.Notices.RevealNoticePhoneAsync(request)));
    }

    [Fact]
    public async Task Nobody_is_called_about_one_that_is_still_to_come_or_is_over()
    {
        var resident = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.Community);
        var request = NoticeScenes.Request(_world.Community);
        request.PublishAt = Timestamp.FromDateTime(_server.Clock.Now.AddHours(2));
        request.ExpiresAt = Timestamp.FromDateTime(_server.Clock.Now.AddHours(5));
        var notice = await staff.PublishAsync(request);
        await AssertReasonAsync("NOTICE_UNKNOWN", notice.Id);

        _server.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Single((await staff.Notices.ListNoticeUnreadAsync(new() { NoticeId = notice.Id })).People);

        _server.Clock.Advance(TimeSpan.FromHours(3));
        await AssertReasonAsync("NOTICE_OVER", notice.Id);
        var withdrawn = await staff.PublishAsync(NoticeScenes.Request(_world.Community));
        await staff.Notices.WithdrawNoticeAsync(new() { NoticeId = withdrawn.Id });
        await AssertReasonAsync("NOTICE_OVER", withdrawn.Id);

        async Task AssertReasonAsync(string reason, string id)
        {
            Assert.Equal(reason, await Refusals.ReasonAsync(
                staff.Notices.ListNoticeUnreadAsync(new() { NoticeId = id })));
            Assert.Equal(reason, await Refusals.ReasonAsync(staff.Notices.RevealNoticePhoneAsync(
                new() { NoticeId = id, PersonId = $"{resident.PersonId}", Reason = "通知停水" })));
        }
    }

    [Fact]
    public async Task One_for_a_role_is_for_who_holds_it()
    {
        var volunteer = await _world.WithRoleAsync(Role.Volunteer, _world.Community, home: _world.Community);
        var resident = await _world.ResidentAsync();
        var request = NoticeScenes.Request(_world.Community, "志愿者集合");
        request.Roles.Add(Wire.Role.Volunteer);
        var notice = await _district.PublishAsync(request);

        Assert.Equal(1, await volunteer.UnreadAsync());
        Assert.Equal(0, await resident.UnreadAsync());
        Assert.Equal(1, (await _district.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id })).People);
        Assert.Equal($"{volunteer.PersonId}", Assert.Single((await _district.Notices.ListNoticeUnreadAsync(
            new() { NoticeId = notice.Id, UnitId = $"{_world.Community}" })).People).PersonId);
    }

    [Fact]
    public async Task After_a_merger_it_reaches_the_people_of_the_successor()
    {
        var (from, to) = (await _world.NewGridAsync(), await _world.NewGridAsync());
        var (there, here) = (await _world.ResidentAsync(from), await _world.ResidentAsync(to));
        var notice = await _district.PublishAsync(NoticeScenes.Request(from));
        Assert.Equal((1, 0), (await there.UnreadAsync(), await here.UnreadAsync()));

        await _world.MergeAsync(to, _world.Today, from);

        Assert.Equal((1, 1), (await there.UnreadAsync(), await here.UnreadAsync()));
        await here.Notices.GetNoticeAsync(new() { NoticeId = notice.Id });
        var counts = await _district.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id });
        Assert.Equal((2, 1), (counts.People, counts.Read));
        Assert.Equal($"{there.PersonId}", Assert.Single((await _district.Notices.ListNoticeUnreadAsync(
            new() { NoticeId = notice.Id, UnitId = $"{to}" })).People).PersonId);
        Assert.Equal("UNIT_CLOSED", await Refusals.ReasonAsync(
            _district.Notices.PublishNoticeAsync(NoticeScenes.Request(from))));
    }

    [Fact]
    public async Task Messages_go_out_spread_over_time_and_staff_see_how_far()
    {
        await using var server = await TestServer.StartAsync(settings: ["Inbox:BulkPerMinute=2"]);
        var world = await World.CreateAsync(server);
        for (var i = 0; i < 5; i++)
        {
            await world.ResidentAsync(world.Grid);
        }

        var staff = await world.StaffAsync(world.Community);
        var request = NoticeScenes.Request(world.Community);
        request.Important = true;
        var notice = await staff.PublishAsync(request);
        await server.RunJobsAsync();
        var first = await PushAsync();
        Assert.Equal((5, true), (first.LookedAt, first.Done));
        Assert.Equal((4, 1), (first.Waiting, first.Sent));

        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await server.RunJobsAsync();
        Assert.Equal((2, 3), ((await PushAsync()).Waiting, (await PushAsync()).Sent));
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await server.RunJobsAsync();

        Assert.Equal((0, 5, 0), ((await PushAsync()).Waiting, (await PushAsync()).Sent, (await PushAsync()).Failed));
        Assert.Equal(5, server.Sms.Notices.Select(n => n.Phone).Distinct().Count());
        Assert.All(server.Sms.Notices, n => Assert.Equal("【五微】明天停水", n.Text));

        async Task<Wire.NoticePush> PushAsync() =>
            (await staff.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id })).Push;
    }

    [Fact]
    public async Task What_is_no_notice_is_refused()
    {
        var community = await _world.StaffAsync(_world.Community);
        var outside = NoticeScenes.Request(_world.Community);
        outside.AudienceUnitIds.Add($"{_world.NextCommunity}");
        Assert.Equal("NOTICE_OUT_OF_UNIT", await ReasonAsync(outside));
        Assert.Equal("NOT_PERMITTED", await ReasonAsync(NoticeScenes.Request(_world.Street)));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync((await _world.ResidentAsync()).Notices.PublishNoticeAsync(
            NoticeScenes.Request(_world.Community))));

        foreach (var spoil in new Action<Wire.PublishNoticeRequest>[]
        {
            r => r.Title = "停", r => r.Title = new string('水', 41), r => r.Text = "", r => r.Text = new string('水', 2_501),
            r => r.Title = "停水\u202E", r => r.PublishAt = Timestamp.FromDateTime(_server.Clock.Now.AddDays(91)),
            r => r.ExpiresAt = Timestamp.FromDateTime(_server.Clock.Now),
            r => r.ExpiresAt = Timestamp.FromDateTime(_server.Clock.Now.AddDays(91)), r => r.Roles.Add((Wire.Role)77),
            r => r.Roles.Add([Wire.Role.Staff, Wire.Role.Staff]),
            r => r.AudienceUnitIds.Add(Enumerable.Repeat($"{_world.Community}", 51)),
        })
        {
            var request = NoticeScenes.Request(_world.Community);
            spoil(request);
            Assert.Equal("NOTICE_INVALID", await ReasonAsync(request));
        }

        for (var i = 0; i < 50; i++)
        {
            await community.PublishAsync(NoticeScenes.Request(_world.Community));
        }

        Assert.Equal("NOTICES_TOO_MANY", await ReasonAsync(NoticeScenes.Request(_world.Community)));

        Task<string> ReasonAsync(Wire.PublishNoticeRequest request) =>
            Refusals.ReasonAsync(community.Notices.PublishNoticeAsync(request));
    }
}
