using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace WuWei.WeChatStub;

/// <summary>An app that the stub knows.</summary>
/// <param name="IsMiniProgram">Its codes are exchanged at jscode2session; those of others at oauth2.</param>
public sealed record StubApp(string Id, string Secret, bool IsMiniProgram);

/// <summary>Accounts, codes and tokens as WeChat keeps them.</summary>
public sealed partial class StubWeChat(TimeProvider clock, bool demo, IReadOnlyList<StubApp> apps)
{
    /// <summary>Accounts whose name ends so belong to no union.</summary>
    public const string Alone = "-alone";

    /// <summary>Accounts whose name ends so are made-up ones of WeChat's snapshot pages.</summary>
    public const string Snapshot = "-snapshot";

    private const string DemoPrefix = "demo-";
    private const int SignInsPerMinuteMax = 100;
    private const int TokenSeconds = 7_200;
    private static readonly TimeSpan CodeTerm = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RenewedBefore = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Code> _codes = [];
    private readonly List<Token> _tokens = [];
    private readonly List<string> _sessionKeys = [];
    private readonly Dictionary<(string OpenId, long Minute), int> _signIns = [];

    public static JsonObject Error(int code, string message) => new()
    {
        ["errcode"] = code,
        ["errmsg"] = $"{message}, rid: {Guid.NewGuid():n}",
    };

    public static string OpenId(string appId, string user) => $"o{Digest($"{appId} {user}")[..27]}";

    public static string UnionId(string user) => $"u{Digest(user)[..27]}";

    /// <summary>What wx.login, or the page of consent, gives an account.</summary>
    public string NewCode(string appId, string user) => Add(new Code(appId, user, null, ""));

    /// <summary>What the button for phone numbers gives an account.</summary>
    public string NewPhoneCode(string appId, string user, string phone, string country = "86") =>
        Add(new Code(appId, user, phone, country));

    /// <summary>Somebody else has asked for a new token by force: those there were are none any more.</summary>
    public void ForgetTokens()
    {
        lock (_lock)
        {
            _tokens.Clear();
        }
    }

    /// <summary>The tokens that are good now.</summary>
    public IReadOnlyList<string> Tokens
    {
        get
        {
            lock (_lock)
            {
                return [.. _tokens.Where(t => t.EndsAt > clock.GetUtcNow()).Select(t => t.Text)];
            }
        }
    }

    /// <summary>Those that were given out, which nobody is to keep.</summary>
    public IReadOnlyList<string> SessionKeys
    {
        get
        {
            lock (_lock)
            {
                return [.. _sessionKeys];
            }
        }
    }

    public JsonObject ExchangeMiniProgram(IQueryCollection query) => Exchange(query, "js_code", isMiniProgram: true, () =>
    {
        _sessionKeys.Add(Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        return new() { ["session_key"] = _sessionKeys[^1] };
    });

    public JsonObject ExchangeWeb(IQueryCollection query) => Exchange(query, "code", isMiniProgram: false, () => new()
    {
        ["access_token"] = $"web_{Guid.NewGuid():n}",
        ["expires_in"] = TokenSeconds,
        ["refresh_token"] = $"refresh_{Guid.NewGuid():n}",
        ["scope"] = "snsapi_userinfo",
    });

    public JsonObject GiveToken(JsonNode body)
    {
        if (Text(body, "grant_type") != "client_credential")
        {
            return Error(40002, "invalid grant_type");
        }

        if (Fault(Text(body, "appid"), Text(body, "secret"), out var app) is { } fault)
        {
            return fault;
        }

        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (body["force_refresh"]?.GetValue<bool>() == true)
            {
                _tokens.RemoveAll(t => t.AppId == app.Id);
            }

            var token = _tokens.LastOrDefault(t => t.AppId == app.Id && t.EndsAt - RenewedBefore > now);
            if (token is null)
            {
                token = new Token(app.Id, $"token_{Guid.NewGuid():n}", now.AddSeconds(TokenSeconds));
                _tokens.Add(token);
            }

            return new() { ["access_token"] = token.Text, ["expires_in"] = (int)(token.EndsAt - now).TotalSeconds };
        }
    }

    public JsonObject ExchangePhone(string token, JsonNode body)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_tokens.Find(t => t.Text == token) is not { } known)
            {
                return Error(40001, "invalid credential, access_token is invalid or not latest");
            }

            if (known.EndsAt <= now)
            {
                return Error(42001, "access_token expired");
            }

            var (text, openId) = (Text(body, "code"), Text(body, "openid"));
            if (Find(text) is not { Phone: { } phone } code || code.EndsAt <= now)
            {
                return Error(40029, "invalid code");
            }

            if (code.AppId is { } appId && appId != known.AppId)
            {
                return Error(40013, "invalid appid");
            }

            if (code.AppId is { } of && openId.Length > 0 && openId != OpenId(of, code.User))
            {
                return Error(40029, "invalid code");
            }

            if (code.Used)
            {
                return Error(40163, "code been used");
            }

            code.Used = true;
            return new()
            {
                ["errcode"] = 0,
                ["errmsg"] = "ok",
                ["phone_info"] = new JsonObject
                {
                    ["phoneNumber"] = code.Country == "86" ? phone : $"+{code.Country}{phone}",
                    ["purePhoneNumber"] = phone,
                    ["countryCode"] = int.Parse(code.Country, CultureInfo.InvariantCulture),
                    ["watermark"] = new JsonObject { ["timestamp"] = now.ToUnixTimeSeconds(), ["appid"] = known.AppId },
                },
            };
        }
    }

    private JsonObject Exchange(
        IQueryCollection query, string codeName, bool isMiniProgram, Func<JsonObject> answer)
    {
        if (query["grant_type"] != "authorization_code")
        {
            return Error(40002, "invalid grant_type");
        }

        if (Fault(query["appid"].ToString(), query["secret"].ToString(), out var app) is { } fault)
        {
            return fault;
        }

        lock (_lock)
        {
            if (app.IsMiniProgram != isMiniProgram || Find(query[codeName].ToString()) is not { Phone: null } code
                || (code.AppId is { } appId && appId != app.Id) || code.EndsAt <= clock.GetUtcNow())
            {
                return Error(40029, "invalid code");
            }

            if (code.Used)
            {
                return Error(40163, "code been used");
            }

            var openId = OpenId(app.Id, code.User);
            var minute = (openId, clock.GetUtcNow().ToUnixTimeSeconds() / 60);
            _signIns[minute] = _signIns.GetValueOrDefault(minute) + 1;
            if (_signIns[minute] > SignInsPerMinuteMax)
            {
                return Error(45011, "api minute-quota reach limit, must slower, retry next minute");
            }

            code.Used = true;
            _active[(app.Id, openId)] = clock.GetUtcNow();
            var found = answer();
            found["openid"] = openId;
            if (!code.User.EndsWith(Alone, StringComparison.Ordinal))
            {
                found["unionid"] = UnionId(code.User);
            }

            if (code.User.EndsWith(Snapshot, StringComparison.Ordinal))
            {
                found["is_snapshotuser"] = 1;
            }

            return found;
        }
    }

    /// <summary>A code that was given out, or one of the demo: <c>demo-NAME-NUMBER</c>, <c>demo-PHONE-NUMBER</c>.</summary>
    private Code? Find(string text)
    {
        if (_codes.TryGetValue(text, out var code))
        {
            return code;
        }

        if (!demo || !text.StartsWith(DemoPrefix, StringComparison.Ordinal) || text.Length == DemoPrefix.Length)
        {
            return null;
        }

        var name = text[DemoPrefix.Length..];
        var end = name.LastIndexOf('-');
        name = end > 0 && name[(end + 1)..].All(char.IsAsciiDigit) ? name[..end] : name;
        var isPhone = name.Length == 11 && name.All(char.IsAsciiDigit);
        return _codes[text] = new Code(null, name, isPhone ? name : null, "86") { EndsAt = clock.GetUtcNow() + CodeTerm };
    }

    private string Add(Code code)
    {
        var text = $"0{Digest($"{Guid.NewGuid()}")[..31]}";
        code.EndsAt = clock.GetUtcNow() + CodeTerm;
        lock (_lock)
        {
            _codes[text] = code;
        }

        return text;
    }

    private JsonObject? Fault(string appId, string secret, out StubApp app)
    {
        app = apps.FirstOrDefault(a => a.Id == appId) ?? apps[0];
        return app.Id != appId ? Error(40013, "invalid appid")
            : app.Secret != secret ? Error(40125, "invalid appsecret")
            : null;
    }

    private static string Text(JsonNode body, string name) =>
        body is JsonObject fields && fields[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <param name="AppId">Null for a code of the demo, which is good for any.</param>
    /// <param name="Phone">Null for a code that signs in.</param>
    private sealed record Code(string? AppId, string User, string? Phone, string Country)
    {
        public DateTimeOffset EndsAt { get; set; }
        public bool Used { get; set; }
    }

    private sealed record Token(string AppId, string Text, DateTimeOffset EndsAt);
}
