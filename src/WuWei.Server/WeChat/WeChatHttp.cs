using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly;
using WuWei.Errors;

namespace WuWei.WeChat;

/// <summary>
/// Requests to WeChat, and what becomes of those that fail: a refusal for the caller, and a line in the log that names
/// neither an address nor what was sent.
/// </summary>
public sealed partial class WeChatHttp(IHttpClientFactory clients, ILogger<WeChatHttp> log)
{
    /// <summary>The client for requests that are made again only when they cannot have arrived.</summary>
    public const string Once = "wechat-once";

    /// <summary>The client for requests that may arrive twice.</summary>
    public const string Again = "wechat-again";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public Task<T> OnceAsync<T>(HttpRequestMessage request, CancellationToken cancel)
        where T : WeChatAnswer => SendAsync<T>(Once, request, cancel);

    public Task<T> AgainAsync<T>(HttpRequestMessage request, CancellationToken cancel)
        where T : WeChatAnswer => SendAsync<T>(Again, request, cancel);

    /// <summary>Refuses what WeChat refused, unless the caller has dealt with its errcode.</summary>
    public void DemandDone(WeChatAnswer answer, string path)
    {
        switch (answer.Errcode)
        {
            case 0:
                return;
            case WeChatError.TooOften or WeChatError.QuotaOfDay:
                LogRefused(path, answer.Errcode);
                throw TooOften();
            default:
                LogRefused(path, answer.Errcode);
                throw Away();
        }
    }

    /// <summary>The refusal for an answer that is none.</summary>
    public RefusedException Nonsense(string path)
    {
        LogFailed(path, "an answer that makes no sense");
        return Away();
    }

    private async Task<T> SendAsync<T>(string client, HttpRequestMessage message, CancellationToken cancel)
        where T : WeChatAnswer
    {
        using var request = message;
        var path = request.RequestUri!.OriginalString.Split('?')[0];
        try
        {
            using var response = await clients.CreateClient(client).SendAsync(request, cancel);
            if (!response.IsSuccessStatusCode)
            {
                LogFailed(path, $"HTTP {(int)response.StatusCode}");
                throw Away();
            }

            // Said to be text/plain, which it is not.
            return JsonSerializer.Deserialize<T>(await response.Content.ReadAsByteArrayAsync(cancel), Json)
                ?? throw Nonsense(path);
        }
        catch (Exception e) when (IsAway(e) && !cancel.IsCancellationRequested)
        {
            LogFailed(path, e.GetType().Name);
            throw Away();
        }
    }

    /// <summary>Too slow, not to be reached, not worth trying at the moment, or nonsense.</summary>
    private static bool IsAway(Exception e) =>
        e is HttpRequestException or OperationCanceledException or ExecutionRejectedException or JsonException;

    public static RefusedException TooOften() =>
        Refuse.Exhausted("WECHAT_TOO_OFTEN", "微信登录太频繁了，请过几分钟再试，或用手机号登录。");

    private static RefusedException Away() =>
        Refuse.Unavailable("WECHAT_AWAY", "微信暂时没有回应，请稍后再试，或用手机号登录。");

    [LoggerMessage(LogLevel.Warning, "WeChat refused {Path} with {Errcode}")]
    private partial void LogRefused(string path, int errcode);

    [LoggerMessage(LogLevel.Warning, "WeChat did not answer {Path}: {Kind}")]
    private partial void LogFailed(string path, string kind);
}
