using System.Buffers.Binary;

namespace WuWei.Tests.Harness.Nasty;

/// <summary>Reads a JPEG as strictly as nobody else does: what is in it is a picture and nothing else.</summary>
public static class BareJpeg
{
    private const byte Scan = 0xDA;
    private const byte End = 0xD9;

    /// <summary>Tables, one frame, its scan.</summary>
    private static readonly byte[] Needed = [0xDB, 0xC4, 0xC0, 0xC2, Scan];

    /// <summary>What JFIF says: version 1.1, square pixels, no thumbnail.</summary>
    private static readonly byte[] Jfif = [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    /// <returns>What is wrong with it; empty when nothing is.</returns>
    public static string FaultOf(byte[] jpeg)
    {
        if (!jpeg.AsSpan().StartsWith<byte>([0xFF, 0xD8]))
        {
            return "no start";
        }

        for (var at = 2; at + 4 <= jpeg.Length;)
        {
            var (mark, marker) = (jpeg[at], jpeg[at + 1]);
            if (mark != 0xFF)
            {
                return $"no marker at {at}";
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
            if (marker == 0xE0 ? !jpeg.AsSpan(at + 4, length - 2).SequenceEqual(Jfif) : !Needed.Contains(marker))
            {
                return $"a segment {marker:x2}";
            }

            at += 2 + length;
            if (marker == Scan)
            {
                while (at + 1 < jpeg.Length && !(jpeg[at] == 0xFF && jpeg[at + 1] is not (0 or (>= 0xD0 and <= 0xD7))))
                {
                    at++;
                }

                if (at + 2 == jpeg.Length)
                {
                    return jpeg[at + 1] == End ? "" : "no end";
                }
            }
        }

        return "something after its end";
    }
}
