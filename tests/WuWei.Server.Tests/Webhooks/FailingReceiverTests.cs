using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;
using WuWei.Webhooks;

namespace WuWei.Tests.Webhooks;

/// <summary>Receivers that refuse, are slow, are gone, or answer what nobody asked for.</summary>
public sealed class FailingReceiverTests : WebhookDistrict
{
    [Theory]
    [InlineData("120", 120)]
    [InlineData("1", 0)]
    [InlineData("99999999", 24 * 60 * 60)]
    public async Task Who_asks_for_time_gets_it(string retryAfter, int seconds)
    {
        await MakeAsync();
        Receiver.Before = http =>
        {
            http.Response.Headers.RetryAfter = retryAfter;
            return AnswerAsync(http, 503);
        };

        await Server.DeliverAsync();

        var wait = (await Server.WebhookAsync(Endpoint.Id)).NextAt - Server.Clock.Now;
        Assert.Equal(seconds == 0 ? Math.Clamp(wait.TotalSeconds, 4, 6) : seconds, wait.TotalSeconds, precision: 3);
    }

    [Fact]
    public async Task After_a_day_of_failures_it_is_stopped_alarmed_and_goes_on_where_it_was_when_resumed()
    {
        await MakeAsync();
        Receiver.Before = http => AnswerAsync(http, 500);
        for (var tries = 0; (await Server.WebhookAsync(Endpoint.Id)).State == WebhookState.Active; tries++)
        {
            Assert.InRange(tries, 0, 100);
            await Server.DeliverAsync();
            Server.Clock.Advance(TimeSpan.FromHours(2));
        }

        var stopped = await Server.WebhookAsync(Endpoint.Id);
        Assert.Equal((WebhookState.Stopped, WebhookFault.Status), (stopped.State, stopped.Fault));
        Assert.True(Server.Clock.Now - stopped.FailingSince >= TimeSpan.FromDays(1));
        Assert.Equal(1, await EntriesAsync("WEBHOOK_STOPPED"));
        Assert.Contains(Server.Log.Lines, l =>
            l.StartsWith("Error", StringComparison.Ordinal) && l.Contains($"{Endpoint.Id}", StringComparison.Ordinal)
            && l.Contains("STOPPED", StringComparison.Ordinal));
        Receiver.Before = _ => Task.FromResult(false);
        await Server.DeliverAsync();
        Assert.Empty(Receiver.Deliveries);

        await Server.Desk().ResumeAsync(Endpoint.Id, after: null, CancellationToken.None);
        await Server.DeliverAsync();

        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
        Assert.Equal(1, await EntriesAsync("WEBHOOK_RESUMED"));
    }

    [Fact]
    public async Task Who_says_it_is_gone_is_stopped_at_once()
    {
        await MakeAsync();
        Receiver.Before = http => AnswerAsync(http, 410);

        await Server.DeliverAsync();

        Assert.Equal(
            (WebhookState.Stopped, WebhookFault.Gone),
            ((await Server.WebhookAsync(Endpoint.Id)).State, (await Server.WebhookAsync(Endpoint.Id)).Fault));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_a_long_answer_is_not_read()
    {
        await MakeAsync();
        var elsewhere = 0;
        Receiver.Before = http =>
        {
            elsewhere += http.Request.Path == "/elsewhere" ? 1 : 0;
            http.Response.Headers.Location = "/elsewhere";
            return AnswerAsync(http, 307);
        };
        await Server.DeliverAsync();
        Assert.Equal((WebhookFault.Redirected, 0), ((await Server.WebhookAsync(Endpoint.Id)).Fault, elsewhere));

        Receiver.Before = async http =>
        {
            // A gigabyte, if anybody wants it.
            var piece = new byte[64 * 1024];
            for (var i = 0; i < 16_384 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }

            return true;
        };
        Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await Server.DeliverAsync();

        Assert.Equal(0, (await Server.WebhookAsync(Endpoint.Id)).Failures);
    }

    [Fact]
    public async Task Who_does_not_answer_holds_up_nobody_else()
    {
        await using var server = await TestServer.StartAsync(
            Server.Database, Server.Clock, settings: [WebhookSteps.Loopback, "Webhooks:RequestTime=00:00:02"]);
        var (other, _) = await server.ReceiverAsync(Partner);
        await using var _1 = other;
        await MakeAsync();
        var stuck = new TaskCompletionSource();
        Receiver.Before = async _ =>
        {
            // The other one has everything while this one says nothing.
            await stuck.Task.WaitAsync(TimeSpan.FromSeconds(20));
            return true;
        };
        other.After = _ => stuck.TrySetResult();

        await server.DeliverAsync();

        Assert.True(stuck.Task.IsCompletedSuccessfully);
        Assert.Equal(await server.Database.ExpectedAsync(World.Street), other.Book.Done);
    }

    [Fact]
    public async Task Who_is_too_slow_is_tried_again()
    {
        await using var server = await TestServer.StartAsync(
            Server.Database, Server.Clock, settings: [WebhookSteps.Loopback, "Webhooks:RequestTime=00:00:01"]);
        await MakeAsync();
        Receiver.Before = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        await server.DeliverAsync();

        Assert.Equal(WebhookFault.TimedOut, (await server.WebhookAsync(Endpoint.Id)).Fault);
    }
}
