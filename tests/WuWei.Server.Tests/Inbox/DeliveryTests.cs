using Microsoft.Extensions.DependencyInjection;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Inbox;
using WuWei.Jobs;
using WuWei.Tests.Harness;
using WuWei.WeChatStub;
using WuWei.Wishes;

namespace WuWei.Tests.Inbox;

public sealed class DeliveryTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: ["WeChat:RequestTime=00:00:00.5"]);
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task One_tap_is_one_message()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat);

        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();

        // Approved and claimed, and one message, which tells of the last.
        var message = Assert.Single(_world.WeChat.Stub.WeChat.Messages);
        Assert.Equal(StubWeChat.OpenId(_world.WeChat.Mini, $"{_cast.Maker.PersonId}"), message.OpenId);
        Assert.Equal("心愿有人认领了", message.Fields["thing1"]);
        Assert.Equal("2026年6月1日 10:00", message.Fields["time2"]);
        Assert.Equal(0, await _cast.Maker.RemainingAsync());
        Assert.Equal(2, (await _cast.Maker.InboxAsync()).Count(i => i.Event == "WISH_CLAIM"));
        Assert.DoesNotContain(_server.Sms.Notices, n => n.Phone == _cast.Maker.Phone);
    }

    [Fact]
    public async Task Whoever_has_no_WeChat_gets_an_SMS_of_what_is_important_only()
    {
        await _cast.WishAsync(WishStatus.Open);
        await _server.DeliverAsync();
        Assert.Empty(_server.Sms.Notices);

        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();

        Assert.Equal(
            new[] { _cast.Maker.Phone, _cast.Beneficiary.Phone }.Order(), _server.Sms.Notices.Select(n => n.Phone).Order());
        Assert.All(_server.Sms.Notices, n => Assert.Equal("【五微】心愿有人认领了。", n.Text));
    }

    [Fact]
    public async Task A_refusal_of_its_receiver_is_a_normal_end_and_nothing_is_allowed_any_more()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        // They took it back in WeChat's own settings: 43101.
        await _cast.Maker.AllowAsync(_world.WeChat, times: 3, known: false);

        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await PassAsync(minutes: 600);

        Assert.Equal((DeliveryState.LeftOut, 1, 43101), await OnlyAsync(_cast.Maker));
        Assert.Equal(0, await _cast.Maker.RemainingAsync());
    }

    [Fact]
    public async Task What_WeChat_cannot_take_now_is_tried_again_later_and_later_until_it_is_dead()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat);
        _world.WeChat.Stub.WeChat.MessageError = 45011;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        var began = _server.Clock.Now;
        for (var attempt = 1; attempt < Delivery.AttemptsMax; attempt++)
        {
            Assert.Equal((DeliveryState.Waiting, attempt, 45011), await OnlyAsync(_cast.Maker));
            // Not a moment before.
            _server.Clock.Advance(Delivery.PauseAfter(attempt) - TimeSpan.FromSeconds(1));
            await _server.RunJobsAsync();
            Assert.Equal((DeliveryState.Waiting, attempt, 45011), await OnlyAsync(_cast.Maker));
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            await _server.RunJobsAsync();
        }

        Assert.Equal((DeliveryState.Dead, Delivery.AttemptsMax, 45011), await OnlyAsync(_cast.Maker));
        Assert.InRange(_server.Clock.Now - began, TimeSpan.FromDays(1), Delivery.StaleAfter);
        // It was not used up.
        Assert.Equal(1, await _cast.Maker.RemainingAsync());

        // An operator looks, and has it sent again.
        _world.WeChat.Stub.WeChat.MessageError = 0;
        var dead = (await _server.Db.ReadAsync(db => db.ListDeadAsync(10), CancellationToken.None)).Single();
        await RetryAsync(dead.Id, lost: false);
        await PassAsync(minutes: 1);
        Assert.Single(_world.WeChat.Stub.WeChat.Messages);
        Assert.Equal(DeliveryState.Sent, (await OnlyAsync(_cast.Maker)).State);
    }

    [Theory]
    [InlineData(47003)]
    [InlineData(40003)]
    public async Task What_can_never_be_sent_is_dead_at_once(int errcode)
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat);
        _world.WeChat.Stub.WeChat.MessageError = errcode;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await PassAsync(minutes: 60);

        Assert.Equal((DeliveryState.Dead, 1, errcode), await OnlyAsync(_cast.Maker));
    }

    [Fact]
    public async Task While_WeChat_is_down_messages_wait_and_then_go_out()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat);
        _world.WeChat.Stub.Mood = Mood.Down;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        Assert.Equal(DeliveryState.Waiting, (await OnlyAsync(_cast.Maker)).State);

        _world.WeChat.Stub.Mood = Mood.Well;
        await PassAsync(minutes: 3);
        await PassAsync(minutes: 6);

        Assert.Single(_world.WeChat.Stub.WeChat.Messages);
    }

    [Theory]
    [InlineData(Mood.Silent)]
    [InlineData(Mood.Nonsense)]
    [InlineData(Mood.Empty)]
    public async Task What_may_have_arrived_is_not_sent_again_by_itself(Mood mood)
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat, times: 2);
        // So that the token is known already.
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        _world.WeChat.Stub.Mood = mood;
        var wish = await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        _world.WeChat.Stub.Mood = Mood.Well;
        await PassAsync(minutes: 600);

        Assert.Single(_world.WeChat.Stub.WeChat.Messages);
        var lost = (await _server.Db.ReadAsync(db => db.ListDeadAsync(10), CancellationToken.None)).Single();
        Assert.Equal((DeliveryState.Lost, 1), (lost.State, lost.Attempts));
        // Retrying what is dead leaves it alone; only somebody who says so has it sent again.
        Assert.Equal(0, await RetryAsync(lost.Id, lost: false));
        Assert.Equal(1, await RetryAsync(lost.Id, lost: true));
        Assert.NotEmpty(wish);
    }

    [Fact]
    public async Task Whoever_dies_between_claiming_and_telling_leaves_a_lost_message_and_no_second_one()
    {
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.RunJobsAsync();
        _server.Clock.Advance(Delivery.Wait);
        var due = await _server.Db.ReadAsync(
            db => db.ListDueDeliveriesAsync(MessageChannel.Sms, _server.Clock.Now, 10), CancellationToken.None);
        Assert.Equal(2, due.Count);
        // One copy claims the first, and is killed.
        Assert.True(await _server.Db.HousekeepAsync(
            db => db.ClaimDeliveryAsync(due[0], _server.Clock.Now), CancellationToken.None));

        await _server.RunJobsAsync();
        await PassAsync(minutes: 11);
        await PassAsync(minutes: 600);

        Assert.Single(_server.Sms.Notices);
        var lost = (await _server.Db.ReadAsync(db => db.ListDeadAsync(10), CancellationToken.None)).Single();
        Assert.Equal((due[0], DeliveryState.Lost), (lost.Id, lost.State));
    }

    [Fact]
    public async Task Two_copies_that_send_at_once_send_each_message_once()
    {
        await using var other = await TestServer.StartAsync(_server.Database, _server.Clock);
        var people = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var maker = await _world.ResidentAsync();
            var wish = await maker.OpenAsync(_world.Request(), _cast.Staff);
            await _cast.Other.ClaimAsync(wish);
            await _cast.Other.Wishes.ReleaseWishAsync(new() { WishId = wish, Reason = "临时有事" });
            await _cast.Claimer.ClaimAsync(wish);
            await _cast.Claimer.DeliverAsync(wish);
            people.Add(maker.Phone);
        }

        await _server.RunJobsAsync();
        _server.Clock.Advance(Delivery.Wait);
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => new[] { Job(_server), Job(other) })
            .Select(job => job.RunAsync(CancellationToken.None)));

        Assert.Equal(people.Order(), _server.Sms.Notices.Concat(other.Sms.Notices).Select(n => n.Phone).Order());

        static DeliveryJob Job(TestServer server) => server.Services.GetServices<IJob>().OfType<DeliveryJob>().Single();
    }

    [Fact]
    public async Task What_was_read_meanwhile_needs_no_message()
    {
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.RunJobsAsync();
        await _cast.Maker.Inbox.MarkReadAsync(new() { Ids = { (await _cast.Maker.InboxAsync()).Single().Id } });
        await PassAsync(minutes: 1);

        Assert.Equal(_cast.Beneficiary.Phone, Assert.Single(_server.Sms.Notices).Phone);
        Assert.Equal(DeliveryState.LeftOut, (await OnlyAsync(_cast.Maker)).State);
    }

    [Fact]
    public async Task Topics_that_were_switched_off_stay_in_the_inbox()
    {
        await _cast.Maker.Inbox.SetInboxPreferencesAsync(new()
        {
            Preferences = new() { SmsOff = { Wire.InboxTopic.Wish }, WechatOff = { Wire.InboxTopic.Points } },
        });
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();

        Assert.DoesNotContain(_server.Sms.Notices, n => n.Phone == _cast.Maker.Phone);
        Assert.Equal(1, await _cast.Maker.UnreadAsync());
        var kept = (await _cast.Maker.Inbox.GetInboxPreferencesAsync(new())).Preferences;
        Assert.Equal([Wire.InboxTopic.Wish], kept.SmsOff);
        Assert.Equal([Wire.InboxTopic.Points], kept.WechatOff);
        Assert.False(kept.Digest);
    }

    [Fact]
    public async Task A_digest_is_one_message_a_day_at_its_hour()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat, times: 5);
        await _cast.Maker.Inbox.SetInboxPreferencesAsync(new() { Preferences = new() { Digest = true } });
        // It is 10 in the morning. Approvals are not important.
        await _cast.WishAsync(WishStatus.Open);
        await _cast.WishAsync(WishStatus.Open);
        await _server.DeliverAsync();
        Assert.Empty(_world.WeChat.Stub.WeChat.Messages);
        await PassAsync(minutes: (8 * 60) + 58);
        Assert.Empty(_world.WeChat.Stub.WeChat.Messages);

        await PassAsync(minutes: 2);
        await PassAsync(minutes: 60);

        // WECHAT_BOUND is the third.
        Assert.Equal("今天有 3 条消息等你看", Assert.Single(_world.WeChat.Stub.WeChat.Messages).Fields["thing1"]);

        // The next day has another, unless there is nothing to read.
        await _cast.Maker.Inbox.MarkReadAsync(
            new() { UpTo = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(_server.Clock.Now) });
        await PassAsync(minutes: 24 * 60);
        Assert.Single(_world.WeChat.Stub.WeChat.Messages);
        await _cast.WishAsync(WishStatus.Open);
        await PassAsync(minutes: 1);
        await PassAsync(minutes: 24 * 60);
        Assert.Equal(2, _world.WeChat.Stub.WeChat.Messages.Count);
    }

    [Fact]
    public async Task A_provider_of_SMS_that_is_away_or_breaks_is_told_apart()
    {
        _server.Sms.Fault = Refuse.Unavailable("SMS_AWAY_FOR_A_TEST", "短信暂时发不出去。");
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        Assert.Contains(DeliveryState.Waiting, await StatesAsync());

        _server.Sms.Fault = new IOException("the connection broke in the middle");
        await PassAsync(minutes: 2);
        Assert.Contains(DeliveryState.Lost, await StatesAsync());
        Assert.Empty(_server.Sms.Notices);
    }

    private async Task PassAsync(int minutes)
    {
        _server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await _server.RunJobsAsync();
    }

    private async Task<int> RetryAsync(Guid id, bool lost) => (await _server.Db.HousekeepAsync(
        db => db.RetryDeliveriesAsync(id, lost, Guid.Empty, 10, _server.Clock.Now), CancellationToken.None)).Count;

    private Task<List<DeliveryState>> StatesAsync() => _server.Db.ReadAsync(
        async db => (await db.ListAsync<Delivery>("SELECT state FROM delivery")).Select(d => d.State).ToList(),
        CancellationToken.None);

    /// <summary>The only message to somebody.</summary>
    private async Task<(DeliveryState State, int Attempts, int? Fault)> OnlyAsync(Actor actor)
    {
        var delivery = (await _server.Db.ReadAsync(db => db.ListAsync<Delivery>(
            "SELECT state, attempts, fault FROM delivery WHERE person_id = @id", new { id = actor.PersonId }),
            CancellationToken.None)).Single();
        return (delivery.State, delivery.Attempts, delivery.Fault);
    }
}
