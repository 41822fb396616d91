using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace WuWei.Tests.Harness;

/// <summary>Bytes that no honest encoder would write. What is appended to a message is merged into it.</summary>
public static class WireBytes
{
    private const int Many = 10_000;
    private const int Cuts = 40;
    private const int Deep = 10_000;

    /// <summary>Not UTF-8: cut short, a byte that never occurs, a surrogate, an overlong zero, beyond Unicode.</summary>
    private static readonly string[] NoText = ["C328", "FF", "EDA080", "C080", "F4908080"];

    /// <summary>
    /// A number too long, lengths beyond the message and beyond 2 GiB, no field, an unknown wire type, a group that
    /// ends without beginning, and one that never ends.
    /// </summary>
    private static readonly string[] NoMessage =
        ["08FFFFFFFFFFFFFFFFFFFF01", "0AFFFFFFFF07", "0AFFFFFFFFFF0F", "00", "0F", "0C", "0B", "FFFFFFFFFFFFFFFFFFFF"];

    /// <summary>The same message with something unheard of in it, which a reader passes over or refuses.</summary>
    public static IEnumerable<byte[]> Around(byte[] plausible)
    {
        // Fields that no message has: the largest number there is, and one with a text.
        yield return [.. plausible, .. Tag(536_870_911, WireFormat.WireType.Varint), 1];
        yield return [.. plausible, .. Field(1_999, new byte[1_000])];
        // One group within the other.
        yield return [.. plausible, .. Enumerable.Repeat((byte)0x0B, Deep), .. Enumerable.Repeat((byte)0x0C, Deep)];
        foreach (var hex in NoMessage)
        {
            yield return [.. plausible, .. Convert.FromHexString(hex)];
        }

        var step = Math.Max(1, plausible.Length / Cuts);
        for (var cut = plausible.Length - 1; cut > 0; cut -= step)
        {
            yield return plausible[..cut];
        }
    }

    /// <summary>No text in each text of a message, however deep, and very many of what may be repeated.</summary>
    public static IEnumerable<byte[]> Within(MessageDescriptor type)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.String)
            {
                foreach (var hex in NoText)
                {
                    yield return Field(field.FieldNumber, Convert.FromHexString(hex));
                }
            }
            else if (field.FieldType == FieldType.Message)
            {
                foreach (var bytes in Within(field.MessageType))
                {
                    yield return Field(field.FieldNumber, bytes);
                }
            }

            if (field.IsRepeated)
            {
                yield return [.. Enumerable.Range(0, Many).SelectMany(i => Element(field, i))];
            }
        }
    }

    public static byte[] Field(int number, byte[] bytes) =>
        [.. Tag(number, WireFormat.WireType.LengthDelimited), .. Number((uint)bytes.Length), .. bytes];

    private static byte[] Element(FieldDescriptor field, int i) => field switch
    {
        { IsMap: true } => Field(field.FieldNumber, Field(1, [.. $"{i}".Select(c => (byte)c)])),
        { FieldType: FieldType.String } => Field(field.FieldNumber, [(byte)'x']),
        { FieldType: FieldType.Message } => Field(field.FieldNumber, []),
        _ => [.. Tag(field.FieldNumber, WireFormat.WireType.Varint), 1],
    };

    private static byte[] Tag(int field, WireFormat.WireType type) => Number(WireFormat.MakeTag(field, type));

    private static byte[] Number(uint value)
    {
        var bytes = new byte[CodedOutputStream.ComputeUInt32Size(value)];
        var output = new CodedOutputStream(bytes);
        output.WriteUInt32(value);
        output.Flush();
        return bytes;
    }
}
