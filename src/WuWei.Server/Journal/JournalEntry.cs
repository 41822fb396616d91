using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using WuWei.Calls;

namespace WuWei.Journal;

/// <summary>
/// One change of one object. <paramref name="Detail"/> is JSON of ids, enums, numbers and keyed hashes of free text,
/// never the text: what is erased elsewhere must not live on here.
/// </summary>
public sealed record JournalEntry(
    DateTime At, string Kind, Guid? ActorId, string ActorRole, Channel Channel,
    string Subject, Guid SubjectId, Guid? UnitId, string Detail)
{
    public static JournalEntry By(
        Call call, string actorRole, string kind, string subject, Guid subjectId, Guid? unitId, object detail) =>
        new(call.Now, kind, call.CallerOrNull?.PersonId, actorRole, call.Channel,
            subject, subjectId, unitId, Json(detail));

    /// <summary>A change nobody in particular made: the clock's or an operator's.</summary>
    public static JournalEntry BySystem(
        DateTime now, string actorRole, string kind, string subject, Guid subjectId, Guid? unitId, object detail) =>
        new(now, kind, null, actorRole, Channel.Unknown, subject, subjectId, unitId, Json(detail));

    /// <summary>What the same act changed besides: another object, by the same actor at the same time.</summary>
    public JournalEntry Beside(string kind, string subject, Guid subjectId, object detail) =>
        this with { Kind = kind, Subject = subject, SubjectId = subjectId, Detail = Json(detail) };

    /// <summary>What was done through a partner on somebody's behalf says so.</summary>
    public JournalEntry Through(Guid partnerId)
    {
        var said = JsonNode.Parse(Detail)!.AsObject();
        said["partner"] = partnerId;
        return this with { Detail = said.ToJsonString(JsonSerializerOptions.Web) };
    }

    private static string Json(object detail) => JsonSerializer.Serialize(detail, JsonSerializerOptions.Web);
}

/// <summary>An entry as it is stored, in the text that the hash chain covers.</summary>
public record StoredEntry
{
    public Guid Id { get; init; }
    public DateTime At { get; init; }
    public string Kind { get; init; } = "";
    public Guid? ActorId { get; init; }
    public string ActorRole { get; init; } = "";
    public int Channel { get; init; }
    public string Subject { get; init; } = "";
    public Guid SubjectId { get; init; }
    public Guid? UnitId { get; init; }
    public string Detail { get; init; } = "";

    /// <summary>One line; no field but the last can hold the separator.</summary>
    public string Canonical(long number) => string.Join('|',
        number.ToString(CultureInfo.InvariantCulture),
        Id, At.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        Kind, ActorId, ActorRole, Channel.ToString(CultureInfo.InvariantCulture), Subject, SubjectId, UnitId, Detail);
}
