using System.Text.Json.Nodes;

namespace WuWei.WeChatStub;

/// <summary>A message that WeChat has brought.</summary>
public sealed record StubMessage(string OpenId, string TemplateId, string Page, IReadOnlyDictionary<string, string> Fields);

/// <summary>Subscribe messages: one for each time that somebody allowed one.</summary>
public sealed partial class StubWeChat
{
    private const int ThingLengthMax = 20;

    private readonly List<StubMessage> _messages = [];
    private readonly Dictionary<(string OpenId, string TemplateId), int> _allowed = [];
    private readonly HashSet<string> _templates = [];

    /// <summary>What to answer instead, for example 45009; 0 is nothing special.</summary>
    public int MessageError { get; set; }

    public IReadOnlyList<StubMessage> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>The app has a template of this id; it need not be told which fields that has.</summary>
    public void AddTemplate(string templateId)
    {
        lock (_lock)
        {
            _templates.Add(templateId);
        }
    }

    /// <summary>The account tapped "allow" so often.</summary>
    public void Allow(string appId, string user, string templateId, int times = 1)
    {
        lock (_lock)
        {
            var key = (OpenId(appId, user), templateId);
            _allowed[key] = _allowed.GetValueOrDefault(key) + times;
        }
    }

    public JsonObject SendMessage(string token, JsonNode body)
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

            if (MessageError != 0)
            {
                return Error(MessageError, "as the test wants it");
            }

            var (to, template) = (Text(body, "touser"), Text(body, "template_id"));
            if (to.Length != 28 || to[0] != 'o')
            {
                return Error(40003, "invalid openid");
            }

            if (!_templates.Contains(template))
            {
                return Error(40037, "invalid template_id");
            }

            if (FieldsOf(body) is not { } fields)
            {
                return Error(47003, "argument invalid! data.thing1.value invalid");
            }

            if (_allowed.GetValueOrDefault((to, template)) == 0)
            {
                return Error(43101, "user refuse to accept the msg");
            }

            _allowed[(to, template)]--;
            _messages.Add(new StubMessage(to, template, Text(body, "page"), fields));
            return new() { ["errcode"] = 0, ["errmsg"] = "ok", ["msgid"] = _messages.Count };
        }
    }

    /// <summary>Null when WeChat would not take them: a thing has 1 to 20 characters.</summary>
    private static Dictionary<string, string>? FieldsOf(JsonNode body)
    {
        if (body["data"] is not JsonObject { Count: > 0 } data)
        {
            return null;
        }

        var fields = data.ToDictionary(f => f.Key, f => f.Value is JsonObject field ? Text(field, "value") : "");
        return fields.All(f => f.Value.Length > 0
            && (!f.Key.StartsWith("thing", StringComparison.Ordinal) || f.Value.EnumerateRunes().Count() <= ThingLengthMax))
                ? fields
                : null;
    }
}
