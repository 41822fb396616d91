using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WuWei.Tests.Feeds;

namespace WuWei.Tests.Webhooks;

/// <summary>A request as it came.</summary>
public sealed record Delivery(string Id, string Timestamp, string Signatures, byte[] Body)
{
    public Wire.WebhookDelivery Read() =>
        new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse<Wire.WebhookDelivery>(
            System.Text.Encoding.UTF8.GetString(Body));
}

/// <summary>
/// A partner's system that receives the journal by webhook, for its engineers to read: it verifies, keeps what is new in its
/// book, and answers 204 only then. A test may make it misbehave.
/// </summary>
public sealed class SampleReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SampleBook _book;
    private readonly Func<DateTimeOffset> _now;

    private SampleReceiver(WebApplication app, SampleBook book, Func<DateTimeOffset> now) =>
        (_app, _book, _now) = (app, book, now);

    public string Secret { get; set; } = "";
    public SampleBook Book => _book;
    public ConcurrentQueue<Delivery> Deliveries { get; } = new();

    /// <summary>Before anything is read; true when it has answered.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>After everything was kept, before it answers.</summary>
    public Action<HttpContext> After { get; set; } = _ => { };

    public static async Task<SampleReceiver> StartAsync(
        SampleBook book, Func<DateTimeOffset> now, int port, string secret = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        var receiver = new SampleReceiver(app, book, now) { Secret = secret };
        app.MapPost("/journal", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>What is answered to a delivery.</summary>
    public int Take(Delivery delivery)
    {
        if (!SampleVerifier.IsGenuine(
            Secret, delivery.Id, delivery.Timestamp, delivery.Signatures, delivery.Body, _now()))
        {
            return StatusCodes.Status401Unauthorized;
        }

        var read = delivery.Read();
        lock (_book)
        {
            // What came before, and comes again, is left alone: by its number.
            _book.Keep(read.Entries, read.SeenUntil);
        }

        return StatusCodes.Status204NoContent;
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        if (await Before(http))
        {
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var delivery = new Delivery(
            http.Request.Headers["webhook-id"]!, http.Request.Headers["webhook-timestamp"]!,
            http.Request.Headers["webhook-signature"]!, body.ToArray());
        Deliveries.Enqueue(delivery);
        http.Response.StatusCode = Take(delivery);
        After(http);
    }
}
