using System.Text.Json.Nodes;

namespace WuWei.WeChatStub;

/// <summary>A picture that WeChat was asked about.</summary>
public sealed record StubPicture(string AppId, string OpenId, string Trace, string Url);

/// <summary>What WeChat thinks of texts, and that it was asked about pictures.</summary>
public sealed partial class StubWeChat
{
    /// <summary>A text that has it is risky.</summary>
    public const string RiskyWord = "违规样例";

    /// <summary>A text that has it is for people to look at.</summary>
    public const string ReviewWord = "存疑样例";

    private const int TextLengthMax = 2_500;
    private static readonly TimeSpan ActiveWithin = TimeSpan.FromHours(2);

    private readonly Dictionary<(string AppId, string OpenId), DateTimeOffset> _active = [];
    private readonly Dictionary<long, int> _checks = [];
    private readonly List<StubPicture> _pictures = [];
    private readonly List<string> _texts = [];

    /// <summary>How many texts and pictures it looks at in a minute.</summary>
    public int ChecksPerMinuteMax { get; set; } = 4_000;

    /// <summary>Those it was asked about, in order.</summary>
    public IReadOnlyList<StubPicture> Pictures
    {
        get
        {
            lock (_lock)
            {
                return [.. _pictures];
            }
        }
    }

    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
            {
                return [.. _texts];
            }
        }
    }

    /// <summary>An account opens the app, or is in it still.</summary>
    public void Enter(string appId, string user)
    {
        lock (_lock)
        {
            _active[(appId, OpenId(appId, user))] = clock.GetUtcNow();
        }
    }

    public JsonObject CheckText(string token, JsonNode body)
    {
        lock (_lock)
        {
            var text = Text(body, "content");
            if (Refusal(token, body, out _) is { } refusal)
            {
                return refusal;
            }

            if (text.Length == 0 || text.EnumerateRunes().Count() > TextLengthMax)
            {
                return Error(47001, "data format error");
            }

            _texts.Add(text);
            var (suggest, label) = text.Contains(RiskyWord, StringComparison.Ordinal) ? ("risky", 20006)
                : text.Contains(ReviewWord, StringComparison.Ordinal) ? ("review", 21000)
                : ("pass", 100);
            return new()
            {
                ["errcode"] = 0,
                ["errmsg"] = "ok",
                ["detail"] = new JsonArray(new JsonObject
                {
                    ["strategy"] = "content_model",
                    ["errcode"] = 0,
                    ["suggest"] = suggest,
                    ["label"] = label,
                    ["prob"] = 90,
                }),
                ["trace_id"] = NewTrace(),
                ["result"] = new JsonObject { ["suggest"] = suggest, ["label"] = label },
            };
        }
    }

    /// <summary>Done with a picture before the answer that it will be looked at is given.</summary>
    public Func<StubPicture, Task>? OnPicture { get; set; }

    public JsonObject CheckPicture(string token, JsonNode body)
    {
        lock (_lock)
        {
            if (Refusal(token, body, out var appId) is { } refusal)
            {
                return refusal;
            }

            if (Number(body, "media_type") != 2 || !Uri.TryCreate(Text(body, "media_url"), UriKind.Absolute, out _))
            {
                return Error(47001, "data format error");
            }

            var picture = new StubPicture(appId, Text(body, "openid"), NewTrace(), Text(body, "media_url"));
            _pictures.Add(picture);
            OnPicture?.Invoke(picture).GetAwaiter().GetResult();
            return new() { ["errcode"] = 0, ["errmsg"] = "ok", ["trace_id"] = picture.Trace };
        }
    }

    /// <summary>What is wrong with either question, or null.</summary>
    private JsonObject? Refusal(string token, JsonNode body, out string appId)
    {
        appId = "";
        var now = clock.GetUtcNow();
        if (_tokens.Find(t => t.Text == token) is not { } known)
        {
            return Error(40001, "invalid credential, access_token is invalid or not latest");
        }

        appId = known.AppId;
        if (known.EndsAt <= now)
        {
            return Error(42001, "access_token expired");
        }

        var minute = now.ToUnixTimeSeconds() / 60;
        _checks[minute] = _checks.GetValueOrDefault(minute) + 1;
        return _checks[minute] > ChecksPerMinuteMax
            ? Error(45011, "api minute-quota reach limit, must slower, retry next minute")
            : Number(body, "version") != 2 || Number(body, "scene") is < 1 or > 4
                ? Error(40097, "invalid args")
            : !_active.TryGetValue((appId, Text(body, "openid")), out var seenAt) ? Error(40003, "invalid openid")
            : now - seenAt > ActiveWithin ? Error(61010, "code is expired")
            : null;
    }

    private static string NewTrace()
    {
        var id = $"{Guid.NewGuid():n}";
        return $"{id[..8]}-{id[8..16]}-{id[16..24]}";
    }

    private static int Number(JsonNode body, string name) =>
        body is JsonObject fields && fields[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
}
