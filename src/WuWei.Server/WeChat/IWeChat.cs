namespace WuWei.WeChat;

/// <summary>
/// WeChat's own servers. Every call may be refused with WECHAT_AWAY, WECHAT_TOO_OFTEN or WECHAT_REFUSED; a code that is
/// wrong is an answer.
/// </summary>
public interface IWeChat
{
    /// <summary>Exchanges the code of a sign-in for whose it is. Spends the code.</summary>
    /// <returns>Null when it is wrong, used, expired or of another app.</returns>
    Task<WeChatUser?> FindUserAsync(WeChatApp app, string code, CancellationToken cancel);

    /// <summary>Exchanges the code of the button for phone numbers. Spends the code.</summary>
    /// <param name="openId">Whose code it must be.</param>
    /// <returns>Null when it is wrong, used, expired, of another app or somebody else's.</returns>
    Task<WeChatPhone?> FindPhoneAsync(WeChatApp app, string openId, string code, CancellationToken cancel);

    /// <summary>Whether a text may be shown, of somebody who was in the app within two hours.</summary>
    Task<WeChatSuggestion> CheckTextAsync(
        WeChatApp app, string openId, WeChatScene scene, string text, CancellationToken cancel);

    /// <summary>Asks the same of a picture, which WeChat fetches; it pushes its verdict within 30 minutes.</summary>
    /// <returns>What the push will carry; null when WeChat does not look at it.</returns>
    Task<string?> CheckPictureAsync(
        WeChatApp app, string openId, WeChatScene scene, Uri picture, CancellationToken cancel);
}

/// <summary>Where something is shown; WeChat's numbers.</summary>
public enum WeChatScene
{
    Profile = 1,
    Comment,
    Forum,
    Social,
}

/// <summary>What WeChat thinks of a text or a picture.</summary>
public enum WeChatSuggestion
{
    Pass = 1,
    Review,
    Risky,

    /// <summary>Its author was not in the app within two hours, or is not known there.</summary>
    NotActive,
}

/// <summary>A WeChat account; personal data, in clear here.</summary>
/// <param name="OpenId">Its id in one app.</param>
/// <param name="UnionId">Its id in all apps of ours that WeChat knows to belong together.</param>
public sealed record WeChatUser(string OpenId, string? UnionId);

/// <summary>A phone that WeChat has verified; personal data, in clear here.</summary>
public sealed record WeChatPhone(string Country, string Number)
{
    /// <summary>The country code of the mainland.</summary>
    public const string Mainland = "86";
}
