using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;
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

    private const string Arrived = "arrived";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public Task<T> OnceAsync<T>(HttpRequestMessage request, CancellationToken cancel)
        where T : WeChatAnswer => SendAsync<T>(Once, request, cancel);

    public Task<T> AgainAsync<T>(HttpRequestMessage request, CancellationToken cancel)
        where T : WeChatAnswer => SendAsync<T>(Again, request, cancel);

    /// <summary>Whether a request that failed may have arrived all the same, and been done.</summary>
    public static bool MayHaveArrived(RefusedException e) => e.Data.Contains(Arrived);

    /// <summary>Says what WeChat refused, where the caller deals with it.</summary>
    public void NoteRefused(string path, int errcode) => LogRefused(path, errcode);

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
                throw Away(response.StatusCode is not (
                    HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests));
            }

            // Said to be text/plain, which it is not.
            return JsonSerializer.Deserialize<T>(await response.Content.ReadAsByteArrayAsync(cancel), Json)
                ?? throw Nonsense(path);
        }
        catch (Exception e) when (IsAway(e) && !cancel.IsCancellationRequested)
        {
            LogFailed(path, e.GetType().Name);
            throw Away(e is OperationCanceledException or TimeoutRejectedException or JsonException
                or HttpRequestException
            {
                HttpRequestError: not (HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError),
            });
        }
    }

    /// <summary>Too slow, not to be reached, not worth trying at the moment, or nonsense.</summary>
    private static bool IsAway(Exception e) =>
        e is HttpRequestException or OperationCanceledException or ExecutionRejectedException or JsonException;

    public static RefusedException TooOften() =>
        Refuse.Exhausted("WECHAT_TOO_OFTEN", "微信登录太频繁了，请过几分钟再试，或用手机号登录。");

    private static RefusedException Away(bool mayHaveArrived = false)
    {
        var away = Refuse.Unavailable("WECHAT_AWAY", "微信暂时没有回应，请稍后再试，或用手机号登录。");
        if (mayHaveArrived)
        {
            away.Data[Arrived] = true;
        }

        return away;
    }

    [LoggerMessage(LogLevel.Warning, "WeChat refused {Path} with {Errcode}")]
    private partial void LogRefused(string path, int errcode);

    [LoggerMessage(LogLevel.Warning, "WeChat did not answer {Path}: {Kind}")]
    private partial void LogFailed(string path, string kind);
}
