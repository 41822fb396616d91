using Google.Protobuf.WellKnownTypes;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>A low rating that staff of the unit look into: what went wrong, and what can still be done.</summary>
public sealed record FollowUp
{
    public static readonly TimeSpan DueAfter = TimeSpan.FromHours(72);

    public Guid Id { get; init; }
    public Guid WishId { get; init; }
    public Guid UnitId { get; init; }

    /// <summary>The wish's title in clear, or its whole content sealed.</summary>
    public string? Title { get; init; }
    public byte[]? Content { get; init; }
    public int Rating { get; init; }
    public Guid CommentId { get; init; }
    public byte[]? Comment { get; init; }
    public DateTime OpenedAt { get; init; }
    public DateTime DueAt { get; init; }
    public DateTime? ClosedAt { get; init; }
    public string? ClosedByName { get; init; }
    public FollowUpOutcome? Outcome { get; init; }
    public Guid? NoteId { get; init; }
    public byte[]? Note { get; init; }

    public Wire.FollowUp ToWire(PersonalData data, DateTime now) => new()
    {
        Id = Id.ToString(),
        WishId = WishId.ToString(),
        UnitId = UnitId.ToString(),
        WishTitle = WishContent.Of(new Wish { Id = WishId, Title = Title, Text = "", Content = Content }, data).Title,
        Rating = Rating,
        Comment = WishStepStore.NoteOf(data, CommentId, Comment),
        OpenedAt = Timestamp.FromDateTime(OpenedAt),
        DueAt = Timestamp.FromDateTime(DueAt),
        Overdue = ClosedAt is null && DueAt < now,
        ClosedAt = ClosedAt is { } closed ? Timestamp.FromDateTime(closed) : null,
        ClosedByName = ClosedByName ?? "",
        Outcome = (Wire.FollowUpOutcome)(Outcome ?? 0),
        Note = NoteId is { } noteId ? WishStepStore.NoteOf(data, noteId, Note) : "",
    };
}
