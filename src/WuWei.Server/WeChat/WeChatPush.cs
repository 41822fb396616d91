using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace WuWei.WeChat;

/// <summary>The fields of a push that make a difference here, from JSON or XML; what is neither has none.</summary>
public sealed record WeChatPush(string Event, string AppId, string TraceId, string Suggest, int Errcode, string Encrypt)
{
    private static readonly WeChatPush Nothing = new("", "", "", "", 0, "");

    private static readonly XmlReaderSettings Xml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 64 * 1024,
    };

    public static WeChatPush Read(byte[] body)
    {
        try
        {
            return body.AsSpan().TrimStart(" \r\n\t"u8).StartsWith("<"u8) ? ReadXml(body) : ReadJson(body);
        }
        catch (Exception e) when (e is JsonException or XmlException or InvalidOperationException)
        {
            return Nothing;
        }
    }

    private static WeChatPush ReadJson(byte[] body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
        var root = document.RootElement;
        return Of((name, below) =>
        {
            var at = root;
            foreach (var step in below is null ? [name] : new[] { name, below })
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
                {
                    return "";
                }
            }

            return at.ValueKind is JsonValueKind.String or JsonValueKind.Number ? at.ToString() : "";
        });
    }

    private static WeChatPush ReadXml(byte[] body)
    {
        using var text = new StringReader(Encoding.UTF8.GetString(body));
        using var reader = XmlReader.Create(text, Xml);
        var root = XDocument.Load(reader).Root!;
        return Of((name, below) =>
            (below is null ? root.Element(name) : root.Element(name)?.Element(below))?.Value.Trim() ?? "");
    }

    private static WeChatPush Of(Func<string, string?, string> text) => new(
        text("Event", null), text("appid", null), text("trace_id", null), text("result", "suggest"),
        text("errcode", null) is { Length: > 0 } code && int.TryParse(code, out var number) ? number : 0,
        text("Encrypt", null));
}
