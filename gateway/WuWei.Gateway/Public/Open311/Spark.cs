using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace WuWei.Gateway.Public.Open311;

/// <summary>
/// An answer of Open311, which is XML, or JSON by the Spark convention: lists have an element for each item in XML, and
/// none of that name in JSON; what has no value is an empty element, and null.
/// </summary>
public abstract record Spark
{
    /// <summary>Chinese is written as it is: the answer is JSON, never part of a page.</summary>
    private static readonly JsonWriterOptions JsonWriting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly XmlWriterSettings XmlWriting = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    public static Spark Of(string? text) => new Text(text);

    public static Spark Of(bool flag) => new Literal(flag ? "true" : "false");

    public static Spark Of(int number) => new Literal(XmlConvert.ToString(number));

    /// <summary>A number; null is none.</summary>
    public static Spark Of(double? number) =>
        number is { } value ? new Literal(XmlConvert.ToString(Math.Round(value, 6))) : new Text(null);

    public static Spark Of(DateTime utc) => new Text(XmlConvert.ToString(
        new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc), XmlDateTimeSerializationMode.Utc));

    public static Spark Of(string item, IEnumerable<Spark> items) => new Items(item, [.. items]);

    public static Spark Of(params (string Name, Spark Value)[] fields) => new Object(fields);

    public byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonWriting))
        {
            Write(json);
        }

        return bytes.ToArray();
    }

    /// <param name="root">The name of the element around it.</param>
    public byte[] ToXml(string root)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, XmlWriting))
        {
            Write(xml, root);
        }

        return bytes.ToArray();
    }

    protected abstract void Write(Utf8JsonWriter json);

    protected abstract void Write(XmlWriter xml, string name);

    private sealed record Text(string? Value) : Spark
    {
        protected override void Write(Utf8JsonWriter json) => json.WriteStringValue(Value);

        protected override void Write(XmlWriter xml, string name) => xml.WriteElementString(name, Plain(Value));

        /// <summary>XML cannot say every character, not even by its number.</summary>
        private static string? Plain(string? text) => text is null || text.All(XmlConvert.IsXmlChar)
            ? text
            : string.Concat(text.EnumerateRunes().Where(r => !r.IsBmp || XmlConvert.IsXmlChar((char)r.Value)));
    }

    /// <summary>A number or a truth, which is written alike in both.</summary>
    private sealed record Literal(string Value) : Spark
    {
        protected override void Write(Utf8JsonWriter json) => json.WriteRawValue(Value);

        protected override void Write(XmlWriter xml, string name) => xml.WriteElementString(name, Value);
    }

    private sealed record Items(string Item, IReadOnlyList<Spark> All) : Spark
    {
        protected override void Write(Utf8JsonWriter json)
        {
            json.WriteStartArray();
            foreach (var item in All)
            {
                item.Write(json);
            }

            json.WriteEndArray();
        }

        protected override void Write(XmlWriter xml, string name)
        {
            xml.WriteStartElement(name);
            foreach (var item in All)
            {
                item.Write(xml, Item);
            }

            xml.WriteEndElement();
        }
    }

    private sealed record Object(IReadOnlyList<(string Name, Spark Value)> Fields) : Spark
    {
        protected override void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            foreach (var (name, value) in Fields)
            {
                json.WritePropertyName(name);
                value.Write(json);
            }

            json.WriteEndObject();
        }

        protected override void Write(XmlWriter xml, string name)
        {
            xml.WriteStartElement(name);
            foreach (var (field, value) in Fields)
            {
                value.Write(xml, field);
            }

            xml.WriteEndElement();
        }
    }
}
