using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WuWei.WeChatStub;

/// <summary>What WeChat is like at the moment.</summary>
public enum Mood
{
    Well,

    /// <summary>HTTP 503.</summary>
    Down,

    /// <summary>errcode -1.</summary>
    Busy,

    /// <summary>Takes the request and never answers.</summary>
    Silent,

    /// <summary>Half an HTML page.</summary>
    Nonsense,

    /// <summary>JSON, but not what was asked for.</summary>
    Empty,

    /// <summary>errcode 45011.</summary>
    TooOften,

    /// <summary>errcode 40226 for every account.</summary>
    Blocking,

    /// <summary>errcode 45009.</summary>
    DayOver,
}

/// <summary>
/// WeChat's servers as far as we call them, on loopback: the same addresses, answers, error codes and quotas; codes are
/// good once and for five minutes. Tests set its mood here, others with <c>POST /stub/mood</c>.
/// </summary>
public sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StubWeChat _weChat;
    private readonly ConcurrentDictionary<string, int> _calls = new();

    private StubServer(WebApplication app, StubWeChat weChat) => (_app, _weChat) = (app, weChat);

    public Mood Mood { get; set; }

    public Uri Address => new(_app.Urls.Single());

    public StubWeChat WeChat => _weChat;

    /// <summary>Where it pushes that a picture passed, some moments after it was asked; null: when a test says so.</summary>
    public StubPush? PushesTo { get; set; }

    /// <param name="port">0 for any.</param>
    /// <param name="demo">Whether it takes codes such as <c>demo-wang-1</c>, which nobody asked it for.</param>
    public static async Task<StubServer> StartAsync(TimeProvider clock, int port, bool demo, params StubApp[] apps)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var server = new StubServer(builder.Build(), new StubWeChat(clock, demo, apps));
        server.Map();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>How often an address was called, such as <c>/cgi-bin/stable_token</c>.</summary>
    public int CallsOf(string path) => _calls.GetValueOrDefault(path);

    public Task EndedAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapGet("/sns/jscode2session", http => AnswerAsync(http, _ => _weChat.ExchangeMiniProgram(http.Request.Query)));
        _app.MapGet("/sns/oauth2/access_token", http => AnswerAsync(http, _ => _weChat.ExchangeWeb(http.Request.Query)));
        _app.MapPost("/cgi-bin/stable_token", http => AnswerAsync(http, _weChat.GiveToken));
        _app.MapPost("/wxa/business/getuserphonenumber", http => AnswerAsync(
            http, body => _weChat.ExchangePhone(http.Request.Query["access_token"].ToString(), body)));
        _app.MapPost("/wxa/msg_sec_check", http => AnswerAsync(
            http, body => _weChat.CheckText(http.Request.Query["access_token"].ToString(), body)));
        _app.MapPost("/wxa/media_check_async", async http =>
        {
            var known = _weChat.Pictures.Count;
            await AnswerAsync(http, body => _weChat.CheckPicture(http.Request.Query["access_token"].ToString(), body));
            foreach (var picture in _weChat.Pictures.Skip(known))
            {
                _ = PushLaterAsync(picture);
            }
        });
        _app.MapPost("/stub/mood", (string mood) => Enum.TryParse<Mood>(mood, ignoreCase: true, out var chosen)
            ? Results.Ok($"{Mood = chosen}")
            : Results.BadRequest(string.Join(' ', Enum.GetNames<Mood>())));
    }

    /// <summary>Looks at the picture, as far as it can be fetched, and pushes what it thinks.</summary>
    private async Task PushLaterAsync(StubPicture picture)
    {
        if (PushesTo is not { } push)
        {
            return;
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        using var client = new HttpClient();
        try
        {
            using var fetched = await client.GetAsync(new Uri(picture.Url));
            await push.VerdictAsync(picture, "pass", fetched.IsSuccessStatusCode ? 0 : -1008);
        }
        catch (HttpRequestException)
        {
            // Nobody is there: it is never heard of again.
        }
    }

    private async Task AnswerAsync(HttpContext http, Func<JsonNode, JsonObject> answer)
    {
        _calls.AddOrUpdate(http.Request.Path, 1, (_, times) => times + 1);
        http.Response.ContentType = "text/plain";
        switch (Mood)
        {
            case Mood.Down:
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case Mood.Silent:
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            case Mood.Nonsense:
                await http.Response.WriteAsync("<html><body>502 Bad");
                return;
            default:
                await http.Response.WriteAsync((Mood switch
                {
                    Mood.Busy => StubWeChat.Error(-1, "system error"),
                    Mood.Empty => [],
                    Mood.TooOften => StubWeChat.Error(45011, "api minute-quota reach limit, must slower, retry next minute"),
                    Mood.Blocking => StubWeChat.Error(40226, "code blocked"),
                    Mood.DayOver => StubWeChat.Error(45009, "reach max api daily quota limit"),
                    _ => answer(await BodyAsync(http)),
                }).ToJsonString());
                return;
        }
    }

    private static async Task<JsonNode> BodyAsync(HttpContext http)
    {
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return new JsonObject();
        }
    }
}
