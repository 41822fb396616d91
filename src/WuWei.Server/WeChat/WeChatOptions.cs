using Microsoft.Extensions.Options;
using WuWei.Errors;

namespace WuWei.WeChat;

/// <summary>What an app is to WeChat, which decides where its codes are exchanged.</summary>
public enum WeChatAppKind
{
    MiniProgram = 1,

    /// <summary>The H5 pages of an official account.</summary>
    Website,
    MobileApp,
}

/// <summary>An app of ours as it is registered with WeChat. The secret stays in the settings and in requests to WeChat.</summary>
public sealed class WeChatApp
{
    public string Id { get; set; } = "";
    public string Secret { get; set; } = "";
    public WeChatAppKind Kind { get; set; }

    /// <summary>What signs the pushes of this app, as it is set at WeChat; without it none are taken.</summary>
    public string PushToken { get; set; } = "";

    /// <summary>WeChat's EncodingAESKey; with it only encrypted pushes are taken.</summary>
    public string PushKey { get; set; } = "";
}

/// <summary>The section <c>WeChat</c> of the settings. Without apps, nobody signs in with WeChat.</summary>
public sealed class WeChatOptions
{
    /// <summary>As long as the column.</summary>
    private const int AppIdLengthMax = 32;

    public Uri BaseAddress { get; set; } = new("https://api.weixin.qq.com");

    /// <summary>How long one request to WeChat may take.</summary>
    public TimeSpan RequestTime { get; set; } = TimeSpan.FromSeconds(4);

    public IList<WeChatApp> Apps { get; } = [];

    /// <summary>What an operator must mend, or null.</summary>
    public string? Fault() =>
        BaseAddress.Scheme != Uri.UriSchemeHttps && !BaseAddress.IsLoopback ? "WeChat:BaseAddress must be https."
        : RequestTime <= TimeSpan.Zero ? "WeChat:RequestTime must be longer than nothing."
        : Apps.Any(a => a.Id.Length is 0 or > AppIdLengthMax || !a.Id.All(char.IsAsciiLetterOrDigit)
            || a.Secret.Length == 0 || !Enum.IsDefined(a.Kind))
            ? "Each of WeChat:Apps needs Id, Secret and Kind (MiniProgram, Website or MobileApp)."
        : Apps.Any(a => a.PushKey.Length > 0 && (a.PushToken.Length == 0 || WeChatCipher.KeyOf(a.PushKey) is null))
            ? "A PushKey of WeChat:Apps is 43 letters and digits, and needs a PushToken."
        : Apps.DistinctBy(a => a.Id).Count() != Apps.Count ? "Two of WeChat:Apps have the same Id."
        : null;

    public WeChatApp Get(string appId) => Apps.FirstOrDefault(a => a.Id == appId)
        ?? throw Refuse.Missing("WECHAT_APP_UNKNOWN", "这里不能用微信登录，请用手机号登录。");
}

/// <summary>A server with wrong settings does not start, and says which are wrong.</summary>
public sealed class WeChatOptionsCheck : IValidateOptions<WeChatOptions>
{
    public ValidateOptionsResult Validate(string? name, WeChatOptions options) =>
        options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
