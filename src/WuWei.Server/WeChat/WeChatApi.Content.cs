using System.Net.Http.Json;

namespace WuWei.WeChat;

/// <summary>What WeChat thinks of texts and pictures.</summary>
public sealed partial class WeChatApi
{
    private const int CheckVersion = 2;
    private const int PictureType = 2;
    private const int TraceLengthMax = 128;

    public async Task<WeChatSuggestion> CheckTextAsync(
        WeChatApp app, string openId, WeChatScene scene, string text, CancellationToken cancel)
    {
        const string path = "wxa/msg_sec_check";
        var answer = await WithTokenAsync(app, token => http.OnceAsync<CheckAnswer>(
            new HttpRequestMessage(HttpMethod.Post, $"{path}?access_token={Escape(token)}")
            {
                Content = JsonContent.Create(
                    new { openid = openId, scene = (int)scene, version = CheckVersion, content = text }),
            },
            cancel), cancel);
        switch (answer.Errcode)
        {
            case WeChatError.NotActive or WeChatError.OpenIdWrong:
                return WeChatSuggestion.NotActive;
            case WeChatError.Risky:
                return WeChatSuggestion.Risky;
        }

        http.DemandDone(answer, path);
        return SuggestionOf(answer.Result?.Suggest) ?? throw http.Nonsense(path);
    }

    public async Task<string?> CheckPictureAsync(
        WeChatApp app, string openId, WeChatScene scene, Uri picture, CancellationToken cancel)
    {
        const string path = "wxa/media_check_async";
        var answer = await WithTokenAsync(app, token => http.OnceAsync<CheckAnswer>(
            new HttpRequestMessage(HttpMethod.Post, $"{path}?access_token={Escape(token)}")
            {
                Content = JsonContent.Create(new
                {
                    openid = openId,
                    scene = (int)scene,
                    version = CheckVersion,
                    media_type = PictureType,
                    media_url = picture.AbsoluteUri,
                }),
            },
            cancel), cancel);
        if (answer.Errcode is WeChatError.NotActive or WeChatError.OpenIdWrong)
        {
            return null;
        }

        http.DemandDone(answer, path);
        return answer.TraceId is { Length: > 0 and <= TraceLengthMax } trace ? trace : throw http.Nonsense(path);
    }

    /// <summary>Null for a word that WeChat does not promise.</summary>
    public static WeChatSuggestion? SuggestionOf(string? suggest) => suggest switch
    {
        "pass" => WeChatSuggestion.Pass,
        "review" => WeChatSuggestion.Review,
        "risky" => WeChatSuggestion.Risky,
        _ => null,
    };

    private sealed record CheckAnswer : WeChatAnswer
    {
        public string? TraceId { get; init; }
        public CheckResult? Result { get; init; }
    }

    private sealed record CheckResult
    {
        public string? Suggest { get; init; }
    }
}
