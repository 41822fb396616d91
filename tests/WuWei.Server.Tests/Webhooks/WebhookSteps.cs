using Microsoft.Extensions.DependencyInjection;
using WuWei.Feeds;
using WuWei.Tests.Crashes;
using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;
using WuWei.Webhooks;

namespace WuWei.Tests.Webhooks;

/// <summary>What tests of webhooks have in common.</summary>
public static class WebhookSteps
{
    /// <summary>A server whose endpoints may be on this machine.</summary>
    public const string Loopback = "Webhooks:Loopback=true";

    public static WebhookDesk Desk(this TestServer server) => server.Services.GetRequiredService<WebhookDesk>();

    /// <summary>One round for every endpoint that is due.</summary>
    public static async Task DeliverAsync(this TestServer server)
    {
        await server.SealAsync();
        await server.Services.GetRequiredService<WebhookSender>().RunOnceAsync(CancellationToken.None);
    }

    /// <summary>An endpoint with a receiver, from the beginning of the journal on.</summary>
    public static async Task<(SampleReceiver Receiver, Webhook Webhook)> ReceiverAsync(
        this TestServer server, TestPartner partner, params EntryTopic[] topics)
    {
        var port = ChildProcess.FreePort();
        var (webhook, secret) = await server.Desk().AddAsync(
            partner.Code, Url(port), topics, after: 0, CancellationToken.None);
        return (await SampleReceiver.StartAsync(
            new SampleBook(Path.GetTempFileName()), () => server.Clock.GetUtcNow(), port, secret), webhook);
    }

    public static string Url(int port) => $"http://127.0.0.1:{port}/journal";

    /// <summary>The endpoint as it is now.</summary>
    public static async Task<Webhook> WebhookAsync(this TestServer server, Guid id) =>
        (await server.Desk().ListAsync(CancellationToken.None)).Single(w => w.Webhook.Id == id).Webhook;
}
