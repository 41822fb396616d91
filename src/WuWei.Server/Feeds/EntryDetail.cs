using System.Globalization;
using System.Text.Json;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Feeds;

/// <summary>
/// What the journal says of an entry. Fields came and went over the years: one that is missing, or of another type than
/// now, is as if it had not been there.
/// </summary>
public readonly struct EntryDetail(JsonElement json)
{
    public string Text(string name) => Find(name, JsonValueKind.String) is { } value ? value.GetString()! : "";

    public int Number(string name) =>
        Find(name, JsonValueKind.Number) is { } value && value.TryGetInt32(out var number) ? number : 0;

    public bool Flag(string name) => Find(name, JsonValueKind.True) is not null;

    public Guid? Id(string name) =>
        Find(name, JsonValueKind.String) is { } value && value.TryGetGuid(out var id) ? id : null;

    /// <summary>The id as it is sent, or nothing.</summary>
    public string IdText(string name) => Id(name) is { } id ? $"{id}" : "";

    public Timestamp? Time(string name) =>
        Find(name, JsonValueKind.String) is { } value && value.TryGetDateTime(out var time)
            ? Timestamp.FromDateTime(DateTime.SpecifyKind(time, DateTimeKind.Utc))
            : null;

    /// <summary>A day as it is sent, or nothing.</summary>
    public string Day(string name) =>
        Find(name, JsonValueKind.String) is { } value && value.TryGetDateTime(out var day)
            ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : "";

    /// <summary>An enum of the wire by its word; the journal has the words of the domain, which are the same.</summary>
    public T Word<T>(string name)
        where T : struct, Enum => WordOf<T>(Text(name)) ?? default;

    public IEnumerable<T> Words<T>(string name)
        where T : struct, Enum =>
        Find(name, JsonValueKind.Array) is { } array
            ? array.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String)
                .Select(e => WordOf<T>(e.GetString()!)).Where(w => w is not null).Select(w => w!.Value)
            : [];

    private static T? WordOf<T>(string text)
        where T : struct, Enum =>
        // Not by numbers, which TryParse would take, too.
        text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, out var word) ? word : null;

    private JsonElement? Find(string name, JsonValueKind kind) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : null;
}
