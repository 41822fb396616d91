using System.Text.Json;
using WuWei.Calls;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Feeds;

/// <summary>An entry that is shown to some: read and told once for all of them.</summary>
/// <param name="PersonId">Whom it is about; each reader gets a pseudonym of their own for them.</param>
/// <param name="Told">Without any pseudonym. Shared, so it is never changed.</param>
public sealed record FeedEntry(long Number, Guid UnitId, EntryTopic Topic, Guid? PersonId, Wire.JournalEntry Told)
{
    /// <summary>Null when nobody is shown it.</summary>
    public static FeedEntry? Of(FeedRow row)
    {
        if (row.UnitId is not { } unitId || !EntryKinds.Shown.TryGetValue(row.Kind, out var shown))
        {
            return null;
        }

        var told = new Wire.JournalEntry
        {
            Number = row.Number,
            Id = $"{row.Id}",
            At = Timestamp.FromDateTime(DateTime.SpecifyKind(row.At, DateTimeKind.Utc)),
            Kind = shown.Kind,
            Topic = (Wire.EntryTopic)shown.Topic,
            Subject = row.Subject,
            SubjectId = $"{row.SubjectId}",
            UnitId = $"{unitId}",
            ActorRole = row.ActorRole,
            Channel = row.Channel == 0 ? "" : $"{(Channel)row.Channel}".ToLowerInvariant(),
        };
        using var json = JsonDocument.Parse(row.Detail);
        var detail = new EntryDetail(json.RootElement);
        if (!shown.Tell(detail, told))
        {
            return null;
        }

        if (told.Wish is { } wish)
        {
            wish.CategoryCode = row.Category ?? "";
            wish.MergedInto = row.Category is null ? "" : wish.MergedInto;
        }

        return new FeedEntry(row.Number, unitId, shown.Topic, EntryTelling.PersonOf(detail, shown.Topic), told);
    }
}
