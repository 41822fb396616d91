using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Webhooks;

/// <summary>Sends one delivery. Nothing that an endpoint answers is read but its status and how long to wait.</summary>
public sealed class WebhookHttp(
    WebhookAddresses addresses, PersonalData personalData, IOptions<WebhookOptions> options, TimeProvider clock)
    : IDisposable
{
    public const string SecretColumn = "webhook.secret";
    public const string OldSecretColumn = "webhook.old_secret";

    private const int HeadersMaxKb = 16;
    private const int DrainBytesMax = 4096;
    private static readonly TimeSpan PooledFor = TimeSpan.FromMinutes(1);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        // It would be somebody else, whom nobody registered.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = addresses.ConnectAsync,
        PooledConnectionLifetime = PooledFor,
        MaxResponseHeadersLength = HeadersMaxKb,
        MaxResponseDrainSize = DrainBytesMax,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
    });

    public async Task<WebhookOutcome> SendAsync(
        Webhook webhook, Wire.WebhookDelivery delivery, CancellationToken cancel)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        within.CancelAfter(options.Value.RequestTime);
        try
        {
            using var request = Request(webhook, delivery);
            using var response = await _http.SendAsync(request, within.Token);
            return Read(response);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new WebhookOutcome(WebhookFault.TimedOut);
        }
        catch (HttpRequestException e)
        {
            return new WebhookOutcome(
                e.InnerException is AddressRefusedException ? WebhookFault.AddressRefused
                : e.InnerException is AuthenticationException ? WebhookFault.Untrusted
                : WebhookFault.Unreachable);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(Webhook webhook, Wire.WebhookDelivery delivery)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(delivery));
        var id = webhook.MessageId(body);
        var seconds = new DateTimeOffset(clock.Now()).ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = Json } },
        };
        request.Headers.UserAgent.ParseAdd("wuwei-webhooks");
        request.Headers.Add(WebhookSigning.IdHeader, id);
        request.Headers.Add(WebhookSigning.TimeHeader, seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(
            WebhookSigning.SignatureHeader, WebhookSigning.Sign(Secrets(webhook), id, seconds, body));
        return request;
    }

    private IEnumerable<string> Secrets(Webhook webhook)
    {
        yield return personalData.Open(SecretColumn, webhook.Id, webhook.Secret);
        if (webhook.OldSecret is { } old && clock.Now() < webhook.OldUntil)
        {
            yield return personalData.Open(OldSecretColumn, webhook.Id, old);
        }
    }

    private WebhookOutcome Read(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            >= 200 and < 300 => new WebhookOutcome(WebhookFault.None),
            >= 300 and < 400 => new WebhookOutcome(WebhookFault.Redirected, status),
            (int)HttpStatusCode.Gone => new WebhookOutcome(WebhookFault.Gone, status),
            _ => new WebhookOutcome(WebhookFault.Status, status, RetryAfter(response.Headers.RetryAfter)),
        };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date.UtcDateTime - clock.Now() : null);
}
