using Microsoft.AspNetCore.Http;
using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;
using WuWei.Webhooks;

namespace WuWei.Tests.Webhooks;

/// <summary>A district with a partner that the journal of one street is delivered to.</summary>
public abstract class WebhookDistrict : OwnDistrict
{
    protected TestPartner Partner { get; private set; } = null!;
    protected SampleReceiver Receiver { get; private set; } = null!;
    protected Webhook Endpoint { get; private set; } = null!;

    protected override string[] Settings => [WebhookSteps.Loopback];

    protected override async Task SettleAsync()
    {
        Partner = await Server.PartnerAsync([World.Street]);
        (Receiver, Endpoint) = await Server.ReceiverAsync(Partner);
    }

    protected override async Task CloseAsync() => await Receiver.DisposeAsync();

    protected async Task MakeAsync() => await (await World.ResidentAsync()).MakeAsync(World.Request());

    protected Task<int> EntriesAsync(string kind) => Server.Database.ScalarAsync<int>(
        "SELECT COUNT(*) FROM journal_entry WHERE kind = @kind", ("kind", kind));

    protected static Task<bool> AnswerAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.FromResult(true);
    }
}
