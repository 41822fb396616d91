using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Tests.Inbox;

public sealed class InboxTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_wish_is_told_to_whom_it_concerns_and_not_to_who_did_it()
    {
        var cast = await WishCast.CreateAsync(_world);
        await cast.WishAsync(WishStatus.Delivered);
        await _server.RunJobsAsync();

        var maker = (await cast.Maker.InboxAsync()).Single();
        var beneficiary = (await cast.Beneficiary.InboxAsync()).Single();
        var staff = (await cast.Staff.InboxAsync()).Where(i => i.Subject == "wish").ToList();

        // Approved, claimed and delivered within minutes: one item, which tells of the last.
        Assert.Equal(("WISH_DELIVER", 3, "wish"), (maker.Event, maker.Times, maker.Subject));
        Assert.Equal(("心愿办好了，请看看并确认。", true, false), (maker.Text, maker.Important, maker.Read));
        // Somebody made it for them, too.
        Assert.Equal(("WISH_DELIVER", 4), (beneficiary.Event, beneficiary.Times));
        Assert.Equal("WISH_MAKE", Assert.Single(staff).Event);
        Assert.DoesNotContain(await cast.Claimer.InboxAsync(), i => i.Subject == "wish");
        Assert.Empty(await cast.Other.InboxAsync());
    }

    [Fact]
    public async Task Whoever_had_the_wish_hears_that_it_was_taken_from_them()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WishStatus.Claimed);
        await cast.Staff.Wishes.RevokeClaimAsync(new() { WishId = wish, Reason = "联系不上认领人" });
        await _server.RunJobsAsync();

        Assert.Equal("WISH_REVOKE", (await cast.Claimer.InboxAsync()).Single(i => i.SubjectId == wish).Event);
        Assert.DoesNotContain(
            await cast.Staff.InboxAsync(), i => i.SubjectId == wish && i.Event == "WISH_REVOKE");
    }

    [Fact]
    public async Task A_dispute_is_work_for_the_staff_of_the_unit_and_not_of_those_above()
    {
        var cast = await WishCast.CreateAsync(_world);
        var above = await _world.StaffAsync(_world.District);
        var wish = await cast.WishAsync(WishStatus.Delivered);
        await cast.Maker.Wishes.DisputeWishAsync(new() { WishId = wish, Reason = "灯还是不亮" });
        await _server.RunJobsAsync();

        var work = (await cast.SecondStaff.InboxAsync()).First(i => i.SubjectId == wish);
        Assert.Equal(("WISH_DISPUTE", Wire.InboxTopic.Work), (work.Event, work.Topic));
        Assert.DoesNotContain(await above.InboxAsync(), i => i.SubjectId == wish);
    }

    [Fact]
    public async Task Where_a_unit_has_no_staff_the_nearest_above_is_told()
    {
        var (street, district) = (await _world.StaffAsync(_world.Street), await _world.StaffAsync(_world.District));
        var maker = await _world.ResidentAsync(_world.NextCommunity);
        var wish = await maker.MakeAsync(_world.Request(_world.NextCommunity));
        await _server.RunJobsAsync();

        Assert.Contains(await street.InboxAsync(), i => i.SubjectId == wish);
        Assert.DoesNotContain(await district.InboxAsync(), i => i.SubjectId == wish);
    }

    [Fact]
    public async Task What_happens_later_or_after_it_was_read_is_an_item_of_its_own()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WishStatus.Open);
        await _server.RunJobsAsync();
        await cast.Maker.Inbox.MarkReadAsync(new() { Ids = { (await cast.Maker.InboxAsync()).Single().Id } });
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await cast.Claimer.ClaimAsync(wish);
        await _server.RunJobsAsync();
        _server.Clock.Advance(TimeSpan.FromMinutes(11));
        await cast.Claimer.DeliverAsync(wish);
        await _server.RunJobsAsync();

        Assert.Equal(
            [("WISH_DELIVER", 1, false), ("WISH_CLAIM", 1, false), ("WISH_APPROVE", 1, true)],
            (await cast.Maker.InboxAsync()).Select(i => (i.Event, i.Times, i.Read)));
        Assert.Equal(2, await cast.Maker.UnreadAsync());
    }

    [Fact]
    public async Task Everything_up_to_a_time_is_read_at_once_and_nobody_elses()
    {
        var cast = await WishCast.CreateAsync(_world);
        await cast.WishAsync(WishStatus.Claimed);
        await _server.RunJobsAsync();
        var item = (await cast.Maker.InboxAsync()).Single();

        // Somebody else's item is not theirs to read.
        await cast.Other.Inbox.MarkReadAsync(new() { Ids = { item.Id } });
        Assert.Equal(1, await cast.Maker.UnreadAsync());

        await cast.Maker.Inbox.MarkReadAsync(new() { UpTo = Timestamp.FromDateTime(_server.Clock.Now) });
        Assert.Equal(0, await cast.Maker.UnreadAsync());
        Assert.Equal(1, await cast.Beneficiary.UnreadAsync());
        Assert.Empty(await cast.Maker.InboxAsync(unreadOnly: true));
        Assert.True((await cast.Maker.InboxAsync()).Single().Read);
    }

    [Fact]
    public async Task Pages_have_everything_once()
    {
        var (maker, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        for (var i = 0; i < 7; i++)
        {
            await maker.OpenAsync(_world.Request(), staff);
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await staff.PublishAsync(NoticeScenes.Request(_world.Community));
        await _server.RunJobsAsync();
        var seen = new List<Wire.InboxItem>();
        for (var token = ""; ;)
        {
            var page = await maker.Inbox.ListInboxAsync(new() { PageSize = 3, PageToken = token });
            seen.AddRange(page.Items);
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                break;
            }
        }

        Assert.Equal(8, seen.Select(i => i.Id).Distinct().Count());
        Assert.Equal(8, seen.Count);
        Assert.Equal("notice", seen[0].Subject);
        Assert.Equal(seen.OrderByDescending(i => i.At.ToDateTime()).Select(i => i.Id), seen.Select(i => i.Id));
    }

    [Fact]
    public async Task Signing_up_waiting_and_a_lost_shift_are_told()
    {
        var staff = await _world.StaffAsync(_world.Community);
        var form = _world.SoonActivity();
        form.Shifts[0].Roles[0].Capacity = 1;
        var activity = await staff.EnrollingAsync(form);
        var (first, second) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        await first.SignUpAsync(activity.Role());
        await second.SignUpAsync(activity.Role());
        await _server.RunJobsAsync();
        Assert.Equal(["SIGN_UP_MADE"], await first.EventsAsync());
        Assert.Equal(["SIGN_UP_WAITING"], await second.EventsAsync());

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await staff.Activities.CancelActivityAsync(new() { ActivityId = activity.Id, Reason = "下雨" });
        await _server.RunJobsAsync();
        Assert.Equal("ACTIVITY_CANCEL", (await first.EventsAsync())[0]);
        Assert.Equal("ACTIVITY_CANCEL", (await second.EventsAsync())[0]);
    }

    [Fact]
    public async Task Points_and_roles_are_told_with_how_many_and_to_whom()
    {
        var (maker, helper) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        var staff = await _world.StaffAsync(_world.Community);
        var wish = await maker.OpenAsync(_world.Request(), staff);
        await helper.ClaimAsync(wish);
        await helper.DeliverAsync(wish);
        await maker.ConfirmAsync(wish, 1);
        await staff.Access.GrantRoleAsync(new()
        {
            PersonId = $"{maker.PersonId}",
            Role = Wire.Role.Volunteer,
            UnitId = $"{_world.Community}",
        });
        await _server.RunJobsAsync();

        var held = (await helper.InboxAsync()).Single(i => i.Topic == Wire.InboxTopic.Points);
        Assert.Equal("POINTS_HELD", held.Event);
        Assert.Matches(@"你的 \d+ 积分要核实后才到账。", held.Text);
        Assert.Contains("ROLE_GRANTED", await maker.EventsAsync());
        // A low rating is work for the unit, and opens the wish.
        Assert.Contains(await staff.InboxAsync(), i => i.Event == "FOLLOW_UP_OPENED" && i.SubjectId == wish);
    }

    [Fact]
    public async Task No_kind_that_was_written_is_unknown()
    {
        var cast = await WishCast.CreateAsync(_world);
        await cast.WishAsync(WishStatus.Kept, ratedLow: true);
        await _server.RunJobsAsync();

        Assert.DoesNotContain(_server.Log.Lines, line => line.Contains("Inboxes know nothing", StringComparison.Ordinal));
        Assert.Equal(
            await _server.Database.ScalarAsync<long>("SELECT number FROM journal_head"),
            await _server.Database.ScalarAsync<long>("SELECT number FROM inbox_head"));
    }

    [Fact]
    public async Task Nonsense_is_refused_with_a_reason()
    {
        var me = (await _world.ResidentAsync()).Inbox;

        Assert.Equal("INBOX_INVALID", await Refusals.ReasonAsync(me.MarkReadAsync(new())));
        Assert.Equal("ID_FORMAT", await Refusals.ReasonAsync(me.MarkReadAsync(new() { Ids = { "1 OR 1=1" } })));
        Assert.Equal("INBOX_INVALID", await Refusals.ReasonAsync(me.MarkReadAsync(
            new() { Ids = { Enumerable.Range(0, 101).Select(_ => $"{Guid.NewGuid()}") } })));
        Assert.Equal("TIME_RANGE", await Refusals.ReasonAsync(me.MarkReadAsync(
            new() { UpTo = new Timestamp { Seconds = long.MaxValue } })));
        Assert.Equal("PAGE_SIZE", await Refusals.ReasonAsync(me.ListInboxAsync(new() { PageSize = 101 })));
        Assert.Equal("PAGE_TOKEN", await Refusals.ReasonAsync(me.ListInboxAsync(new() { PageToken = "x" })));
        Assert.Equal("INBOX_INVALID", await Refusals.ReasonAsync(me.SetInboxPreferencesAsync(
            new() { Preferences = new() { WechatOff = { (Wire.InboxTopic)99 } } })));
        Assert.Equal("INBOX_INVALID", await Refusals.ReasonAsync(me.SetInboxPreferencesAsync(
            new() { Preferences = new() { SmsOff = { Wire.InboxTopic.Wish, Wire.InboxTopic.Wish } } })));
        Assert.Equal("TEMPLATE_UNKNOWN", await Refusals.ReasonAsync(me.AllowMessagesAsync(
            new() { AppId = _world.WeChat.Mini, TemplateIds = { "no-such" } })));
        Assert.Equal("WECHAT_NOT_BOUND", await Refusals.ReasonAsync(me.AllowMessagesAsync(
            new() { AppId = _world.WeChat.Mini, TemplateIds = { _world.WeChat.Template } })));
        Assert.Equal("INBOX_INVALID", await Refusals.ReasonAsync(me.AllowMessagesAsync(
            new() { AppId = _world.WeChat.Mini })));
    }
}
