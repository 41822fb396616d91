using System.Buffers.Binary;
using System.Buffers.Text;
using WuWei.Errors;

namespace WuWei.Calls;

/// <summary>Where a page ended: the sort time and the id of its last row. Opaque to callers.</summary>
public sealed record PageToken(DateTime At, Guid Id)
{
    private const int Bytes = sizeof(long) + 16;

    /// <summary>Before the first row of a newest-first list.</summary>
    public static PageToken Newest { get; } = new(new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc), Guid.AllBitsSet);

    /// <summary>Before the first row of an oldest-first list.</summary>
    public static PageToken Oldest { get; } = new(DateTime.UnixEpoch, Guid.Empty);

    public static PageToken Read(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        // TryDecode throws at a character that is none of its alphabet; IsValid does not.
        if (text.Length != Base64Url.GetEncodedLength(Bytes) || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Bytes)
        {
            throw Invalid();
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return ticks >= DateTime.UnixEpoch.Ticks && ticks <= Newest.At.Ticks
            ? new PageToken(new DateTime(ticks, DateTimeKind.Utc), new Guid(bytes[sizeof(long)..], bigEndian: true))
            : throw Invalid();
    }

    /// <summary>The page size asked for, or the default for 0.</summary>
    public static int Size(int asked, int byDefault, int max) => asked switch
    {
        0 => byDefault,
        > 0 when asked <= max => asked,
        _ => throw Refuse.Invalid("PAGE_SIZE", "每页条数不对。", new FieldFault("page_size", $"1 到 {max}。")),
    };

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.Ticks);
        Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    private static RefusedException Invalid() => Refuse.Invalid("PAGE_TOKEN", "这一页打不开，请从第一页看起。");
}
