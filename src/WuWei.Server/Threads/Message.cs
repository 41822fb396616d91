using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using WuWei.ContentChecks;
using WuWei.Privacy;

namespace WuWei.Threads;

/// <summary>What somebody wrote; its text is sealed.</summary>
public sealed record Message
{
    public const int TextLengthMax = 500;

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

    /// <summary>
    /// The two that its author wrote before in the thread, whatever became of them: a number may begin there, and is
    /// hidden from here on for everybody alike.
    /// </summary>
    public Guid? PreviousId { get; init; }
    public byte[]? PreviousText { get; init; }
    public Guid? EarlierId { get; init; }
    public byte[]? EarlierText { get; init; }

    public static byte[] Seal(PersonalData data, Guid id, string text) => data.Seal(TextColumn, id, text);

    public string Open(PersonalData data) => data.Open(TextColumn, Id, Text);

    /// <summary>Without that by which its author could be reached, and whether there was any.</summary>
    public (string Text, bool Masked) Mask(PersonalData data)
    {
        var earlier = Before(data, EarlierId, EarlierText);
        return Masks.Hide(Open(data), $"{earlier}\n{Before(data, PreviousId, PreviousText)}", earlier);
    }

    /// <param name="reader">Empty for staff who look into a report.</param>
    /// <param name="side">Null for them: they are across from both.</param>
    public Wire.Message ToWire(PersonalData data, Thread thread, Guid reader, ThreadSide? side)
    {
        var (text, masked) = HiddenAt is not null ? ("", false)
            : Side == side || thread.ShowsContacts ? (Open(data), false)
            : Mask(data);
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

    /// <summary>What nobody can open any more shows nobody the beginning of a number.</summary>
    private static string Before(PersonalData data, Guid? id, byte[]? text)
    {
        try
        {
            return text is null ? "" : data.Open(TextColumn, id!.Value, text);
        }
        catch (CryptographicException)
        {
            return "";
        }
    }
}
