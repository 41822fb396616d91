using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace WuWei.Tests.Harness;

/// <summary>A plausible message with one field at a time made hostile, however deep it is.</summary>
/// <param name="foreign">Ids of other people's things.</param>
public sealed class HostileFields(IReadOnlyCollection<string> foreign)
{
    private static readonly object[] Numbers = [0, 1, -1, 257, int.MinValue, int.MaxValue];

    private static readonly object[] LongNumbers = [0L, 1L, -1L, long.MinValue, long.MaxValue];

    private static readonly Timestamp[] Times =
    [
        new(), new() { Seconds = long.MinValue }, new() { Seconds = long.MaxValue }, new() { Nanos = -1 },
        new() { Nanos = int.MaxValue }, new() { Seconds = -62_135_596_800 }, new() { Seconds = 253_402_300_799 },
        new() { Seconds = 253_402_300_799, Nanos = 999_999_999 }, new() { Seconds = -62_135_596_801 },
    ];

    private readonly string[] _texts =
    [
        "", " ", "\0", "a\u0007b", "\u202e反过来", "\u2066x\u2069", "\ufffd", "𠮷𠮷𠮷", "👨‍👩‍👧", "' OR 1=1 -- ", "%n%s{0}",
        "018900AB-0000-7000-8000-00000000000A", "{018900ab-0000-7000-8000-00000000000a}",
        "018900ab00007000800000000000000a", "018900ab-0000-7000-8000-00000000000a",
        "00000000-0000-0000-0000-000000000000", "../../etc/passwd", new string('长', 3_000), new string('x', 100_000),
        .. foreign,
    ];

    public IEnumerable<IMessage> Variants(IMessage plausible)
    {
        foreach (var field in plausible.Descriptor.Fields.InDeclarationOrder())
        {
            foreach (var value in Values(field, plausible))
            {
                var message = plausible.Descriptor.Parser.ParseFrom(plausible.ToByteArray());
                if (field.IsMap)
                {
                    ((IDictionary)field.Accessor.GetValue(message))[value] = value;
                }
                else if (field.IsRepeated)
                {
                    ((IList)field.Accessor.GetValue(message)).Add(value);
                }
                else
                {
                    field.Accessor.SetValue(message, value);
                }

                yield return message;
            }
        }
    }

    private IEnumerable<object> Values(FieldDescriptor field, IMessage plausible) => field.FieldType switch
    {
        _ when field.IsMap => _texts,
        FieldType.String => _texts,
        FieldType.Int32 => Numbers,
        FieldType.Int64 => LongNumbers,
        FieldType.Enum => Numbers.Select(n => System.Enum.ToObject(field.EnumType.ClrType, n)),
        FieldType.Message when field.MessageType.ClrType == typeof(Timestamp) => Times,
        FieldType.Message => Variants(
            (field.IsRepeated ? null : (IMessage?)field.Accessor.GetValue(plausible))
            ?? field.MessageType.Parser.ParseFrom(ByteString.Empty)),
        FieldType.Bool => [true, false],
        FieldType.Bytes => _texts.Select(ByteString.CopyFromUtf8).Append(ByteString.CopyFrom(0xFF, 0xD8, 0xFF)),
        _ => throw new InvalidOperationException($"{field.FullName} needs hostile values"),
    };
}
