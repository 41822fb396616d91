namespace WuWei.WeChat;

/// <summary>What every answer of WeChat may say. What a call did not bring has errcode 0 or none.</summary>
public record WeChatAnswer
{
    public int Errcode { get; init; }
}

/// <summary>Those errcodes of WeChat that make a difference here.</summary>
public static class WeChatError
{
    public const int Busy = -1;
    public const int TokenInvalid = 40001;
    public const int OpenIdWrong = 40003;
    public const int AppWrong = 40013;
    public const int TokenMalformed = 40014;
    public const int CodeWrong = 40029;
    public const int CodeUsed = 40163;
    public const int UserBlocked = 40226;
    public const int TokenExpired = 42001;
    public const int CodeOver = 42003;
    public const int QuotaOfDay = 45009;
    public const int TooOften = 45011;
    public const int NotActive = 61010;
    public const int Risky = 87014;
}
