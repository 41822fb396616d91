using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Feeds;
using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;
using WuWei.Webhooks;

namespace WuWei.Tests.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private TestPartner _partner = null!;
    private SampleReceiver _receiver = null!;
    private Webhook _webhook = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: [WebhookSteps.Loopback]);
        _world = await World.CreateAsync(_server);
        _partner = await _server.PartnerAsync([_world.Street]);
        (_receiver, _webhook) = await _server.ReceiverAsync(_partner);
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_same_entries_come_as_to_a_follower_in_order_and_in_bounded_deliveries()
    {
        await _server.SealAsync();
        await _server.FillAsync(_world.Community, 130);
        await MakeAsync();

        await _server.DeliverAsync();

        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
        Assert.All(_receiver.Deliveries, d => Assert.InRange(d.Read().Entries.Count, 1, 50));
        var followed = await _server.Journal().ReadAllAsync(_partner.Headers);
        Assert.Equal(followed, _receiver.Deliveries.SelectMany(d => d.Read().Entries));
        var last = _receiver.Deliveries.Last().Read();
        Assert.Equal(("journal.entries", last.Entries[^1].At), (last.Type, last.Timestamp));
        var webhook = await _server.WebhookAsync(_webhook.Id);
        Assert.Equal((last.SeenUntil, null, 0), (webhook.SeenUntil, webhook.BatchUntil, webhook.Failures));
    }

    [Fact]
    public async Task What_was_taken_is_not_sent_again_and_what_comes_is_sent()
    {
        await MakeAsync();
        await _server.DeliverAsync();
        var before = _receiver.Deliveries.Count;
        await _server.DeliverAsync();
        Assert.Equal(before, _receiver.Deliveries.Count);

        await MakeAsync();
        await _server.DeliverAsync();

        Assert.Equal(before + 1, _receiver.Deliveries.Count);
        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
    }

    [Fact]
    public async Task A_delivery_that_is_not_taken_comes_again_as_it_was_later_and_later()
    {
        await MakeAsync();
        _receiver.Before = http => AnswerAsync(http, 500);
        await _server.DeliverAsync();
        var failed = await _server.WebhookAsync(_webhook.Id);
        Assert.Equal((1, WebhookFault.Status, 500), (failed.Failures, failed.Fault, failed.Status));
        Assert.InRange(failed.NextAt - _server.Clock.Now, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(6.1));

        // Not before its time, and with more to tell it tells the same.
        await MakeAsync();
        _receiver.Before = _ => Task.FromResult(false);
        await _server.DeliverAsync();
        Assert.Empty(_receiver.Deliveries);
        _server.Clock.Advance(TimeSpan.FromSeconds(7));
        await _server.DeliverAsync();

        Assert.Equal(2, _receiver.Deliveries.Count);
        Assert.Equal(failed.BatchUntil, _receiver.Deliveries.First().Read().SeenUntil);
        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
        Assert.Equal(0, (await _server.WebhookAsync(_webhook.Id)).Failures);
    }

    [Fact]
    public async Task An_answer_that_is_lost_costs_a_delivery_that_comes_twice_and_has_its_effect_once()
    {
        await MakeAsync();
        _receiver.After = http => http.Abort();
        await _server.DeliverAsync();
        _receiver.After = _ => { };
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _server.DeliverAsync();

        var (first, second) = (_receiver.Deliveries.First(), _receiver.Deliveries.Last());
        Assert.Equal(2, _receiver.Deliveries.Count);
        Assert.Equal((first.Id, Encoding.UTF8.GetString(first.Body)), (second.Id, Encoding.UTF8.GetString(second.Body)));
        Assert.NotEqual(first.Timestamp, second.Timestamp);
        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
    }

    [Fact]
    public async Task What_an_id_names_never_changes_though_more_may_be_seen_by_the_time_it_comes_again()
    {
        var partner = await _server.PartnerAsync([_world.Community], "journal/wishes");
        var (receiver, webhook) = await _server.ReceiverAsync(partner);
        await using var _1 = receiver;
        await MakeAsync();
        await (await _world.ResidentAsync(_world.NextCommunity)).MakeAsync(_world.Request(_world.NextCommunity));
        receiver.After = http => http.Abort();
        await _server.DeliverAsync();
        var until = (await _server.WebhookAsync(webhook.Id)).BatchUntil;

        var terms = await _server.Partners().GetAsync(partner.Code, CancellationToken.None);
        await _server.Partners().ChangeAsync(
            partner.Code, terms with { Units = [_world.Street] }, CancellationToken.None);
        _server.PartnersAreReadAnew();
        receiver.After = _ => { };
        await _server.DeliverAsync();

        var (first, second) = (receiver.Deliveries.First(), receiver.Deliveries.ElementAt(1));
        Assert.Equal((1, 2), (first.Read().Entries.Count, second.Read().Entries.Count));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((until, until), (first.Read().SeenUntil, second.Read().SeenUntil));
    }

    [Fact]
    public async Task A_delivery_whose_answer_was_lost_is_the_same_after_a_stop_though_more_has_come()
    {
        await MakeAsync();
        _receiver.After = http => http.Abort();
        await _server.DeliverAsync();
        _receiver.After = _ => { };

        await _server.Desk().StopAsync(_webhook.Id, CancellationToken.None);
        await MakeAsync();
        await _server.Desk().ResumeAsync(_webhook.Id, after: null, CancellationToken.None);
        await _server.DeliverAsync();

        Assert.Equal(3, _receiver.Deliveries.Count);
        var (first, second) = (_receiver.Deliveries.First(), _receiver.Deliveries.ElementAt(1));
        Assert.Equal((first.Id, Encoding.UTF8.GetString(first.Body)), (second.Id, Encoding.UTF8.GetString(second.Body)));
        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
    }

    [Fact]
    public async Task A_copy_that_has_seen_less_of_the_journal_leaves_what_another_began_to_deliver()
    {
        await using var copy = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: [WebhookSteps.Loopback]);
        await MakeAsync();
        var head = await _server.SealAsync();
        await _server.Database.ExecuteAsync("UPDATE webhook SET batch_until = @until", ("until", head + 1));

        await copy.DeliverAsync();
        Assert.Empty(_receiver.Deliveries);
        await MakeAsync();
        await copy.DeliverAsync();

        Assert.Equal(head + 1, _receiver.Deliveries.First().Read().SeenUntil);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("1", 0)]
    [InlineData("99999999", 24 * 60 * 60)]
    public async Task Who_asks_for_time_gets_it(string retryAfter, int seconds)
    {
        await MakeAsync();
        _receiver.Before = http =>
        {
            http.Response.Headers.RetryAfter = retryAfter;
            return AnswerAsync(http, 503);
        };

        await _server.DeliverAsync();

        var wait = (await _server.WebhookAsync(_webhook.Id)).NextAt - _server.Clock.Now;
        Assert.Equal(seconds == 0 ? Math.Clamp(wait.TotalSeconds, 4, 6) : seconds, wait.TotalSeconds, precision: 3);
    }

    [Fact]
    public async Task After_a_day_of_failures_it_is_stopped_alarmed_and_goes_on_where_it_was_when_resumed()
    {
        await MakeAsync();
        _receiver.Before = http => AnswerAsync(http, 500);
        for (var tries = 0; (await _server.WebhookAsync(_webhook.Id)).State == WebhookState.Active; tries++)
        {
            Assert.InRange(tries, 0, 100);
            await _server.DeliverAsync();
            _server.Clock.Advance(TimeSpan.FromHours(2));
        }

        var stopped = await _server.WebhookAsync(_webhook.Id);
        Assert.Equal((WebhookState.Stopped, WebhookFault.Status), (stopped.State, stopped.Fault));
        Assert.True(_server.Clock.Now - stopped.FailingSince >= TimeSpan.FromDays(1));
        Assert.Equal(1, await EntriesAsync("WEBHOOK_STOPPED"));
        Assert.Contains(_server.Log.Lines, l =>
            l.StartsWith("Error", StringComparison.Ordinal) && l.Contains($"{_webhook.Id}", StringComparison.Ordinal)
            && l.Contains("STOPPED", StringComparison.Ordinal));
        _receiver.Before = _ => Task.FromResult(false);
        await _server.DeliverAsync();
        Assert.Empty(_receiver.Deliveries);

        await _server.Desk().ResumeAsync(_webhook.Id, after: null, CancellationToken.None);
        await _server.DeliverAsync();

        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
        Assert.Equal(1, await EntriesAsync("WEBHOOK_RESUMED"));
    }

    [Fact]
    public async Task Who_says_it_is_gone_is_stopped_at_once()
    {
        await MakeAsync();
        _receiver.Before = http => AnswerAsync(http, 410);

        await _server.DeliverAsync();

        Assert.Equal(
            (WebhookState.Stopped, WebhookFault.Gone),
            ((await _server.WebhookAsync(_webhook.Id)).State, (await _server.WebhookAsync(_webhook.Id)).Fault));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_a_long_answer_is_not_read()
    {
        await MakeAsync();
        var elsewhere = 0;
        _receiver.Before = http =>
        {
            elsewhere += http.Request.Path == "/elsewhere" ? 1 : 0;
            http.Response.Headers.Location = "/elsewhere";
            return AnswerAsync(http, 307);
        };
        await _server.DeliverAsync();
        Assert.Equal((WebhookFault.Redirected, 0), ((await _server.WebhookAsync(_webhook.Id)).Fault, elsewhere));

        _receiver.Before = async http =>
        {
            // A gigabyte, if anybody wants it.
            var piece = new byte[64 * 1024];
            for (var i = 0; i < 16_384 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }

            return true;
        };
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _server.DeliverAsync();

        Assert.Equal(0, (await _server.WebhookAsync(_webhook.Id)).Failures);
    }

    [Fact]
    public async Task Who_does_not_answer_holds_up_nobody_else()
    {
        await using var server = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: [WebhookSteps.Loopback, "Webhooks:RequestTime=00:00:02"]);
        var (other, _) = await server.ReceiverAsync(_partner);
        await using var _1 = other;
        await MakeAsync();
        var stuck = new TaskCompletionSource();
        _receiver.Before = async _ =>
        {
            // The other one has everything while this one says nothing.
            await stuck.Task.WaitAsync(TimeSpan.FromSeconds(20));
            return true;
        };
        other.After = _ => stuck.TrySetResult();

        await server.DeliverAsync();

        Assert.True(stuck.Task.IsCompletedSuccessfully);
        Assert.Equal(await server.Database.ExpectedAsync(_world.Street), other.Book.Done);
    }

    [Fact]
    public async Task Who_is_too_slow_is_tried_again()
    {
        await using var server = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: [WebhookSteps.Loopback, "Webhooks:RequestTime=00:00:01"]);
        await MakeAsync();
        _receiver.Before = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        await server.DeliverAsync();

        Assert.Equal(WebhookFault.TimedOut, (await server.WebhookAsync(_webhook.Id)).Fault);
    }

    [Fact]
    public async Task Two_copies_do_not_deliver_at_once_and_a_dead_ones_lease_ends()
    {
        await using var copy = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: [WebhookSteps.Loopback]);
        await MakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => new[] { _server.DeliverAsync(), copy.DeliverAsync() }));
        Assert.Single(_receiver.Deliveries);

        // Somebody died with the lease.
        await MakeAsync();
        await _server.SealAsync();
        await _server.Database.ExecuteAsync(
            "UPDATE webhook SET lease_holder = @who, lease_ends_at = @ends",
            ("who", Guid.NewGuid()), ("ends", _server.Clock.Now.AddSeconds(30)));
        await copy.DeliverAsync();
        Assert.Single(_receiver.Deliveries);
        _server.Clock.Advance(TimeSpan.FromSeconds(31));
        await copy.DeliverAsync();

        Assert.Equal(2, _receiver.Deliveries.Count);
        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), _receiver.Book.Done);
    }

    [Fact]
    public async Task Both_secrets_sign_while_one_replaces_the_other()
    {
        var old = _receiver.Secret;
        var (_, secret) = await _server.Desk().RotateAsync(_webhook.Id, TimeSpan.FromHours(24), CancellationToken.None);
        await MakeAsync();
        await _server.DeliverAsync();
        Assert.NotEqual(old, secret);
        Assert.Equal(2, _receiver.Deliveries.Last().Signatures.Split(' ').Length);
        _receiver.Secret = secret;
        await MakeAsync();
        await _server.DeliverAsync();
        var done = _receiver.Book.Done.Count;

        _server.Clock.Advance(TimeSpan.FromHours(25));
        await MakeAsync();
        await _server.DeliverAsync();

        Assert.Single(_receiver.Deliveries.Last().Signatures.Split(' '));
        Assert.Equal(done + 1, _receiver.Book.Done.Count);
        Assert.Empty(await _server.Database.FindAsync([secret, old]));
        Assert.Equal(1, await EntriesAsync("WEBHOOK_ROTATED"));
    }

    [Fact]
    public async Task A_receiver_knows_what_was_changed_or_is_old_and_what_comes_again_has_no_effect()
    {
        await MakeAsync();
        await _server.DeliverAsync();
        var sent = _receiver.Deliveries.Single();
        var done = _receiver.Book.Done.ToList();
        byte[] changed = [.. sent.Body];
        changed[^10] ^= 1;

        Assert.Equal(204, _receiver.Take(sent));
        Assert.Equal(401, _receiver.Take(sent with { Body = changed }));
        Assert.Equal(401, _receiver.Take(sent with { Id = $"{sent.Id}0" }));
        Assert.Equal(401, _receiver.Take(sent with { Timestamp = $"{long.Parse(sent.Timestamp) + 60}" }));
        Assert.Equal(401, _receiver.Take(sent with { Signatures = "v1," + Convert.ToBase64String(new byte[32]) }));
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(401, _receiver.Take(sent));
        Assert.Equal(done, _receiver.Book.Done);
    }

    [Fact]
    public async Task An_endpoint_gets_its_topics_and_nothing_when_its_partner_is_revoked()
    {
        var (units, _) = await _server.ReceiverAsync(_partner, EntryTopic.Units);
        await using var _1 = units;
        await MakeAsync();
        await _server.DeliverAsync();
        Assert.All(units.Deliveries.SelectMany(d => d.Read().Entries), e => Assert.Equal(Wire.EntryTopic.Units, e.Topic));

        await _server.Partners().RevokeAsync(_partner.Code, "协议终止", CancellationToken.None);
        _server.PartnersAreReadAnew();
        var before = _receiver.Deliveries.Count;
        await MakeAsync();
        await _server.DeliverAsync();

        Assert.Equal(before, _receiver.Deliveries.Count);
    }

    [Fact]
    public async Task What_is_removed_or_stopped_is_sent_nothing_and_five_are_enough()
    {
        for (var i = 0; i < 4; i++)
        {
            await AddAsync();
        }

        await Assert.ThrowsAsync<InvalidOperationException>(AddAsync);
        await _server.Desk().StopAsync(_webhook.Id, CancellationToken.None);
        await MakeAsync();
        await _server.DeliverAsync();
        Assert.Empty(_receiver.Deliveries);
        await _server.Desk().RemoveAsync(_webhook.Id, CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _server.Desk().ResumeAsync(_webhook.Id, null, CancellationToken.None));
        await AddAsync();

        Assert.Equal((6, 1, 1), (
            await EntriesAsync("WEBHOOK_ADDED"), await EntriesAsync("WEBHOOK_STOPPED"), await EntriesAsync("WEBHOOK_REMOVED")));
    }

    [Fact]
    public async Task What_is_for_nobody_moves_an_endpoint_on_without_a_delivery()
    {
        await _server.DeliverAsync();
        var before = _receiver.Deliveries.Count;
        await _server.FillAsync(_world.OtherStreet, 5_000);

        await _server.DeliverAsync();

        Assert.Equal(before, _receiver.Deliveries.Count);
        Assert.True((await _server.WebhookAsync(_webhook.Id)).SeenUntil > 4_000);
    }

    private Task AddAsync() => _server.Desk().AddAsync(
        _partner.Code, WebhookSteps.Url(9), [], after: null, CancellationToken.None);

    private async Task MakeAsync() => await (await _world.ResidentAsync()).MakeAsync(_world.Request());

    private Task<int> EntriesAsync(string kind) => _server.Database.ScalarAsync<int>(
        "SELECT COUNT(*) FROM journal_entry WHERE kind = @kind", ("kind", kind));

    private static Task<bool> AnswerAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.FromResult(true);
    }
}
