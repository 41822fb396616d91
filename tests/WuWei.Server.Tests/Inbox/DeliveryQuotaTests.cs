using System.Globalization;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Inbox;
using WuWei.Tests.Harness;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Tests.Inbox;

/// <summary>Messages that cannot go out on their day.</summary>
public sealed class DeliveryQuotaTests : IAsyncLifetime
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
    public async Task With_the_quota_of_a_day_used_up_messages_wait_for_the_next_morning_and_are_none_the_worse()
    {
        foreach (var person in new[] { _cast.Maker, _cast.Beneficiary })
        {
            await person.BindAsync(_world.WeChat);
            await person.AllowAsync(_world.WeChat);
        }

        var stub = _world.WeChat.Stub.WeChat;
        stub.MessageError = 45009;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await PassAsync(minutes: 60);
        Assert.Equal((DeliveryState.Waiting, 0, 45009), await OnlyAsync(_cast.Maker));
        Assert.Equal((DeliveryState.Waiting, 0, 45009), await OnlyAsync(_cast.Beneficiary));
        Assert.Equal(1, await _cast.Maker.RemainingAsync());

        // At midnight there is a new quota, and nobody is woken up.
        stub.MessageError = 0;
        await PassAsync(minutes: 14 * 60);
        Assert.Equal(2, Clock.Day(_server.Clock.Now).Day);
        Assert.Empty(stub.Messages);
        await PassAsync(minutes: 7 * 60);

        Assert.Equal(2, stub.Messages.Count);
        Assert.Equal((DeliveryState.Sent, 1, null), await OnlyAsync(_cast.Maker));
    }

    [Theory]
    [InlineData("2026-05-01T04:00:00Z", "2026-05-02T00:00:00Z")]
    [InlineData("2026-05-01T16:30:00Z", "2026-05-02T00:00:00Z")]
    [InlineData("2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z")]
    public void What_comes_in_the_night_waits_for_eight_o_clock_of_that_day(string now, string morning) =>
        Assert.Equal(Utc(morning), Delivery.NextMorning(Utc(now)));

    [Fact]
    public async Task WeChat_is_asked_no_more_that_day_once_it_said_that_its_quota_is_used_up()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat, times: 2);
        _world.WeChat.Stub.WeChat.MessageError = 45009;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();

        // Whatever it would say now.
        _world.WeChat.Stub.WeChat.MessageError = 0;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await PassAsync(minutes: 60);
        Assert.Empty(_world.WeChat.Stub.WeChat.Messages);

        await PassAsync(minutes: 22 * 60);
        Assert.Equal(2, _world.WeChat.Stub.WeChat.Messages.Count);
    }

    [Fact]
    public async Task A_message_that_waited_until_it_is_old_is_dropped()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat);
        _world.WeChat.Stub.WeChat.MessageError = 45009;
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await PassAsync(minutes: 24 * 60);
        await PassAsync(minutes: 23 * 60);
        Assert.Equal(DeliveryState.Waiting, (await OnlyAsync(_cast.Maker)).State);

        _world.WeChat.Stub.WeChat.MessageError = 0;
        await PassAsync(minutes: 24 * 60);

        Assert.Equal((DeliveryState.LeftOut, 1, 45009), await OnlyAsync(_cast.Maker));
        Assert.Empty(_world.WeChat.Stub.WeChat.Messages);
        Assert.Equal(1, await _cast.Maker.RemainingAsync());
    }

    [Fact]
    public async Task A_digest_that_could_not_go_out_on_its_day_or_was_read_meanwhile_is_dropped()
    {
        await _cast.Maker.BindAsync(_world.WeChat);
        await _cast.Maker.AllowAsync(_world.WeChat, times: 5);
        await _cast.Maker.Inbox.SetInboxPreferencesAsync(new() { Preferences = new() { Digest = true } });
        await _cast.WishAsync(WishStatus.Open);
        _world.WeChat.Stub.WeChat.MessageError = 45009;
        await PassAsync(minutes: 9 * 60);
        Assert.Equal((DeliveryState.Waiting, 0, 45009), await OnlyAsync(_cast.Maker));
        _world.WeChat.Stub.WeChat.MessageError = 0;
        await PassAsync(minutes: 14 * 60);
        Assert.Equal((DeliveryState.LeftOut, 1, 45009), await OnlyAsync(_cast.Maker));

        await _cast.WishAsync(WishStatus.Open);
        _world.WeChat.Stub.WeChat.MessageError = 45011;
        await PassAsync(minutes: 10 * 60);
        await _cast.Maker.Inbox.MarkReadAsync(
            new() { UpTo = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(_server.Clock.Now) });
        _world.WeChat.Stub.WeChat.MessageError = 0;
        await PassAsync(minutes: 10);

        Assert.Empty(_world.WeChat.Stub.WeChat.Messages);
        Assert.Equal([DeliveryState.LeftOut, DeliveryState.LeftOut], await StatesAsync());
    }

    [Fact]
    public async Task A_provider_of_SMS_that_takes_nothing_more_today_is_asked_tomorrow()
    {
        _server.Sms.Fault = Refuse.Exhausted("SMS_QUOTA_FOR_A_TEST", "短信今天用完了。");
        await _cast.WishAsync(WishStatus.Claimed);
        await _server.DeliverAsync();
        await PassAsync(minutes: 60);
        Assert.Equal((DeliveryState.Waiting, 0, null), await OnlyAsync(_cast.Maker));

        _server.Sms.Fault = null;
        await PassAsync(minutes: 8 * 60);
        Assert.Empty(_server.Sms.Notices);
        await PassAsync(minutes: 14 * 60);

        Assert.Contains(_server.Sms.Notices, n => n.Phone == _cast.Maker.Phone);
    }

    private async Task PassAsync(int minutes)
    {
        _server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await _server.RunJobsAsync();
    }

    private async Task<List<DeliveryState>> StatesAsync() =>
        (await AllAsync()).ConvertAll(d => d.State);

    /// <summary>The only message to somebody.</summary>
    private async Task<(DeliveryState State, int Attempts, int? Fault)> OnlyAsync(Actor actor)
    {
        var delivery = (await AllAsync()).Single(d => d.PersonId == actor.PersonId);
        return (delivery.State, delivery.Attempts, delivery.Fault);
    }

    private Task<List<Delivery>> AllAsync() => _server.Db.ReadAsync(
        db => db.ListAsync<Delivery>("SELECT person_id, state, attempts, fault FROM delivery"), CancellationToken.None);

    private static DateTime Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcDateTime;
}
