using Google.Protobuf.WellKnownTypes;
using WuWei.ContentChecks;
using WuWei.Privacy;

namespace WuWei.Threads;

/// <summary>What somebody wrote; its text is sealed.</summary>
public sealed record Message
{
    public const int TextLengthMax = 500;

    /// <summary>A number may begin in one of so many that its author wrote before.</summary>
    private const int BeforeMax = 2;

    private const string TextColumn = "thread_message.text";

    public Guid Id { get; init; }
    public Guid ThreadId { get; init; }
    public DateTime SentAt { get; init; }
    public Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public ThreadSide Side { get; init; }
    public byte[] Text { get; init; } = [];
    public ContentState State { get; init; }

    /// <summary>Null until it is shown to all.</summary>
    public int? Number { get; init; }
    public DateTime? HiddenAt { get; init; }

    public static byte[] Seal(PersonalData data, Guid id, string text) => data.Seal(TextColumn, id, text);

    public string Open(PersonalData data) => data.Open(TextColumn, Id, Text);

    /// <param name="reader">Empty for staff who look into a report.</param>
    /// <param name="side">Null for them: they are across from both.</param>
    /// <param name="before">The messages before it, the latest first, as far as they are known.</param>
    public Wire.Message ToWire(
        PersonalData data, Thread thread, Guid reader, ThreadSide? side, IEnumerable<Message> before)
    {
        var (text, masked) = HiddenAt is not null ? ("", false)
            : Side == side || thread.ShowsContacts ? (Open(data), false)
            : Masks.Hide(Open(data), string.Join('\n', before
                .Where(m => m.AuthorId == AuthorId && m.HiddenAt is null).Take(BeforeMax).Reverse()
                .Select(m => m.Open(data))));
        return new Wire.Message
        {
            Id = $"{Id}",
            SentAt = Timestamp.FromDateTime(SentAt),
            Side = (Wire.ThreadSide)Side,
            Mine = AuthorId == reader,
            AuthorName = AuthorName ?? "",
            Text = text,
            Masked = masked,
            State = (Wire.ContentState)State,
            Number = State == ContentState.Passed ? Number ?? 0 : 0,
            Hidden = HiddenAt is not null,
        };
    }
}
