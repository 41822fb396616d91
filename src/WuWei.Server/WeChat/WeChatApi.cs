using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using WuWei.Errors;

namespace WuWei.WeChat;

/// <summary>
/// WeChat's servers over HTTP. Their refusals are HTTP 200 with an errcode. Requests carry secrets in their address, so
/// nothing here or below logs one.
/// </summary>
public sealed partial class WeChatApi(WeChatHttp http, AccessTokens tokens) : IWeChat
{
    private const int IdLengthMax = 64;
    private const int PhoneLengthMax = 20;

    private static readonly int[] CodeWrong = [WeChatError.CodeWrong, WeChatError.CodeUsed, WeChatError.CodeOver];
    private static readonly int[] TokenOver =
        [WeChatError.TokenInvalid, WeChatError.TokenExpired, WeChatError.TokenMalformed];

    public async Task<WeChatUser?> FindUserAsync(WeChatApp app, string code, CancellationToken cancel)
    {
        var (path, name) = app.Kind == WeChatAppKind.MiniProgram
            ? ("sns/jscode2session", "js_code")
            : ("sns/oauth2/access_token", "code");
        var answer = await http.OnceAsync<UserAnswer>(new HttpRequestMessage(HttpMethod.Get,
            $"{path}?appid={Escape(app.Id)}&secret={Escape(app.Secret)}&{name}={Escape(code)}&grant_type=authorization_code"),
            cancel);
        if (CodeWrong.Contains(answer.Errcode))
        {
            return null;
        }

        if (answer.Errcode == WeChatError.UserBlocked || answer.IsSnapshotuser == 1)
        {
            // A snapshot is a made-up account of somebody who has not consented to be known.
            throw Refuse.Denied("WECHAT_REFUSED", "微信暂时不允许这个账号登录，请用手机号登录。");
        }

        http.DemandDone(answer, path);
        return IsId(answer.Openid) && (string.IsNullOrEmpty(answer.Unionid) || IsId(answer.Unionid))
            ? new WeChatUser(answer.Openid!, string.IsNullOrEmpty(answer.Unionid) ? null : answer.Unionid)
            : throw http.Nonsense(path);
    }

    public async Task<WeChatPhone?> FindPhoneAsync(
        WeChatApp app, string openId, string code, CancellationToken cancel)
    {
        const string path = "wxa/business/getuserphonenumber";
        var answer = await WithTokenAsync(app, token => http.OnceAsync<PhoneAnswer>(
            new HttpRequestMessage(HttpMethod.Post, $"{path}?access_token={Escape(token)}")
            {
                Content = JsonContent.Create(new { code, openid = openId }),
            },
            cancel), cancel);
        if (CodeWrong.Contains(answer.Errcode) || answer.Errcode == WeChatError.AppWrong)
        {
            return null;
        }

        http.DemandDone(answer, path);
        return answer.PhoneInfo is { PurePhoneNumber: { Length: > 0 and <= PhoneLengthMax } number } phone
            && phone.CountryCode.ToString() is { Length: > 0 and <= PhoneLengthMax } country
                ? new WeChatPhone(country, number)
                : throw http.Nonsense(path);
    }

    /// <summary>A token that WeChat has forgotten meanwhile is fetched anew, once: it refuses before it looks at a code.</summary>
    private async Task<T> WithTokenAsync<T>(WeChatApp app, Func<string, Task<T>> ask, CancellationToken cancel)
        where T : WeChatAnswer
    {
        var token = await tokens.GetAsync(app, cancel);
        var answer = await ask(token);
        if (!TokenOver.Contains(answer.Errcode))
        {
            return answer;
        }

        await tokens.ForgetAsync(app, token);
        return await ask(await tokens.GetAsync(app, cancel));
    }

    private static bool IsId(string? text) => text is { Length: > 0 and <= IdLengthMax }
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private sealed record UserAnswer : WeChatAnswer
    {
        public string? Openid { get; init; }
        public string? Unionid { get; init; }
        public int IsSnapshotuser { get; init; }
    }

    private sealed record PhoneAnswer : WeChatAnswer
    {
        public PhoneInfo? PhoneInfo { get; init; }
    }

    private sealed record PhoneInfo
    {
        [JsonPropertyName("purePhoneNumber")]
        public string? PurePhoneNumber { get; init; }

        /// <summary>A number in WeChat's example, a text in its description.</summary>
        [JsonPropertyName("countryCode")]
        public JsonElement CountryCode { get; init; }
    }
}
