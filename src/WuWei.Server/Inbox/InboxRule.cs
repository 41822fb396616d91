using System.Globalization;
using System.Text.Json;
using WuWei.Journal;

namespace WuWei.Inbox;

/// <summary>Whom an entry of one kind concerns, and what they are told.</summary>
/// <param name="Text">Plain Chinese without anybody's data; {0} is the amount.</param>
public sealed record InboxRule(Audience To, InboxTopic Topic, string Text)
{
    /// <summary>Worth an SMS, and not left for the digest.</summary>
    public bool Important { get; init; }

    /// <summary>Whoever did it is told as well, for their record.</summary>
    public bool TellsActor { get; init; }

    /// <summary>Only for entries that say so.</summary>
    public Func<EntryDetail, bool> When { get; init; } = _ => true;

    /// <summary>What to open, where that is not what the entry is about: its name and where the entry has its id.</summary>
    public (string Subject, string Field)? Opens { get; init; }

    public string Words(int? amount) =>
        string.Format(CultureInfo.InvariantCulture, Text, Math.Abs(amount ?? 0));
}

/// <summary>What an entry says besides, read once.</summary>
public sealed class EntryDetail(StoredEntry entry)
{
    private readonly JsonElement _detail = Parse(entry.Detail);

    public Guid? Id(string field) =>
        Find(field) is { ValueKind: JsonValueKind.String } value && value.TryGetGuid(out var id) ? id : null;

    public bool Is(string field, string word) =>
        Find(field) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(word);

    public bool Has(string field, params string[] words) =>
        Find(field) is { ValueKind: JsonValueKind.Array } list
        && list.EnumerateArray().Any(e => e.ValueKind == JsonValueKind.String && words.Contains(e.GetString()));

    public bool IsTrue(string field) => Find(field) is { ValueKind: JsonValueKind.True };

    public int? Number(string field) =>
        Find(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    private JsonElement? Find(string field) =>
        _detail.ValueKind == JsonValueKind.Object && _detail.TryGetProperty(field, out var value) ? value : null;

    private static JsonElement Parse(string detail)
    {
        using var document = JsonDocument.Parse(detail);
        return document.RootElement.Clone();
    }
}
