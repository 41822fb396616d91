using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace WuWei.Gateway.Tests.Public.Open311;

/// <summary>
/// What an answer of GeoReport v2 looks like, by the names and kinds of the specification's examples, in no order. Reading one
/// checks it, and gives the same text for the same answer in XML and in JSON.
/// </summary>
public abstract record Shape
{
    /// <summary>Words, which may be none.</summary>
    public static Shape Text { get; } = new Leaf("text", _ => true, JsonValueKind.String);

    public static Shape Flag { get; } = new Leaf(
        "a flag", text => text is "true" or "false", JsonValueKind.True, JsonValueKind.False);

    /// <summary>A number, which may be none.</summary>
    public static Shape Number { get; } = new Leaf(
        "a number", text => text.Length == 0 || double.TryParse(text, CultureInfo.InvariantCulture, out _), JsonValueKind.Number);

    /// <summary>With its zone.</summary>
    public static Shape Time { get; } = new Leaf(
        "a time",
        text => DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && text.Length > 19,
        JsonValueKind.String);

    public static Shape OneOf(params string[] words) =>
        new Leaf(string.Join('|', words), words.Contains, JsonValueKind.String);

    public static Shape List(string item, Shape of) => new ListShape(item, of);

    public static Shape Fields(params (string Name, Shape Shape)[] fields) =>
        new FieldsShape(fields.ToDictionary(f => f.Name, f => f.Shape));

    public abstract string Read(JsonNode? json, string path = "");

    public abstract string Read(XElement xml);

    private sealed record Leaf(string Name, Func<string, bool> Fits, params JsonValueKind[] Kinds) : Shape
    {
        public override string Read(JsonNode? json, string path = "")
        {
            Assert.True(json is null || Kinds.Contains(json.GetValueKind()), $"{path} is not {Name}: {json?.ToJsonString()}");
            return Checked(json is null ? "" : json.GetValueKind() == JsonValueKind.String ? (string)json! : json.ToJsonString(), path);
        }

        public override string Read(XElement xml)
        {
            Assert.False(xml.HasElements || xml.HasAttributes, $"{xml.Name} is not {Name}");
            return Checked(xml.Value, $"{xml.Name}");
        }

        private string Checked(string text, string path)
        {
            Assert.True(Fits(text), $"{path} is not {Name}: {text}");
            return text;
        }
    }

    private sealed record ListShape(string Item, Shape Of) : Shape
    {
        public override string Read(JsonNode? json, string path = "") => Joined(
            Assert.IsType<JsonArray>(json).Select((item, i) => Of.Read(item, $"{path}[{i}]")));

        public override string Read(XElement xml)
        {
            Assert.All(xml.Elements(), item => Assert.Equal(Item, item.Name.ToString()));
            return Joined(xml.Elements().Select(Of.Read));
        }

        private static string Joined(IEnumerable<string> items) => $"[{string.Join(';', items)}]";
    }

    private sealed record FieldsShape(Dictionary<string, Shape> Names) : Shape
    {
        public override string Read(JsonNode? json, string path = "")
        {
            var fields = Assert.IsType<JsonObject>(json);
            Assert.Equal(Names.Keys.Order(StringComparer.Ordinal), fields.Select(f => f.Key).Order(StringComparer.Ordinal));
            return Joined(name => Names[name].Read(fields[name], $"{path}.{name}"));
        }

        public override string Read(XElement xml)
        {
            Assert.Equal(
                Names.Keys.Order(StringComparer.Ordinal), xml.Elements().Select(e => $"{e.Name}").Order(StringComparer.Ordinal));
            return Joined(name => Names[name].Read(xml.Element(name)!));
        }

        private string Joined(Func<string, string> read) =>
            string.Join('\n', Names.Keys.Order(StringComparer.Ordinal).Select(name => $"{name}={read(name)}"));
    }
}

/// <summary>The answers of GeoReport v2, as its examples have them.</summary>
public static class GeoReport
{
    public static Shape Services { get; } = Shape.List("service", Shape.Fields(
        ("service_code", Shape.Text), ("service_name", Shape.Text), ("description", Shape.Text), ("metadata", Shape.Flag),
        ("type", Shape.OneOf("realtime", "batch", "blackbox")), ("keywords", Shape.Text), ("group", Shape.Text)));

    public static Shape Definition { get; } = Shape.Fields(
        ("service_code", Shape.Text),
        ("attributes", Shape.List("attribute", Shape.Fields(
            ("variable", Shape.Flag), ("code", Shape.Text),
            ("datatype", Shape.OneOf("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")),
            ("required", Shape.Flag), ("datatype_description", Shape.Text), ("order", Shape.Number),
            ("description", Shape.Text),
            ("values", Shape.List("value", Shape.Fields(("key", Shape.Text), ("name", Shape.Text))))))));

    public static Shape Made { get; } = Shape.List("request", Shape.Fields(
        ("service_request_id", Shape.Text), ("service_notice", Shape.Text), ("account_id", Shape.Text)));

    public static Shape Requests { get; } = Shape.List("request", Shape.Fields(Request));

    public static Shape ExtendedRequests { get; } = Shape.List("request", Shape.Fields(
        [.. Request, ("extended_attributes", Shape.Fields(("state", Shape.Text)))]));

    public static Shape Errors { get; } = Shape.List("error", Shape.Fields(
        ("code", Shape.Number), ("description", Shape.Text)));

    public static Shape Discovery { get; } = Shape.Fields(
        ("changeset", Shape.Text), ("contact", Shape.Text), ("key_service", Shape.Text),
        ("endpoints", Shape.List("endpoint", Shape.Fields(
            ("specification", Shape.OneOf("http://wiki.open311.org/GeoReport_v2")), ("url", Shape.Text),
            ("changeset", Shape.Text), ("type", Shape.OneOf("production", "test")),
            ("formats", Shape.List("format", Shape.OneOf("text/xml", "application/json")))))));

    private static (string Name, Shape Shape)[] Request =>
    [
        ("service_request_id", Shape.Text), ("status", Shape.OneOf("open", "closed")), ("status_notes", Shape.Text),
        ("service_name", Shape.Text), ("service_code", Shape.Text), ("description", Shape.Text),
        ("agency_responsible", Shape.Text), ("service_notice", Shape.Text), ("requested_datetime", Shape.Time),
        ("updated_datetime", Shape.Time), ("expected_datetime", Shape.Time), ("address", Shape.Text),
        ("address_id", Shape.Text), ("zipcode", Shape.Text), ("lat", Shape.Number), ("long", Shape.Number),
        ("media_url", Shape.Text),
    ];
}
