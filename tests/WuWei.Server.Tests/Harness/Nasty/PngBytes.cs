using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace WuWei.Tests.Harness.Nasty;

/// <summary>PNGs chunk by chunk: of one tone, so that any size is cheap, and with anything around the picture.</summary>
public static class PngBytes
{
    public const byte Grey = 0;
    public const byte Colour = 2;
    public const byte Palette = 3;
    public const byte Transparent = 6;

    private static readonly byte[] Start = [0x89, .. "PNG\r\n\x1A\n"u8];
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n => Divided((uint)n))];

    /// <summary>Where a pass of an interlaced picture starts, and how far apart its pixels are.</summary>
    private static readonly (int X, int Y, int Dx, int Dy)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <param name="between">Chunks before the pixels.</param>
    public static byte[] Flat(
        int width, int height, int depth = 8, byte colour = Colour, bool interlaced = false, byte[]? between = null) =>
        Of(Head(width, height, depth, colour, interlaced), Pixels(width, height, depth, colour, interlaced), between);

    public static byte[] Of(byte[] head, byte[] pixels, byte[]? between = null) =>
        [.. Start, .. Chunk("IHDR", head), .. between ?? [], .. Chunk("IDAT", Pressed(pixels)), .. Chunk("IEND", [])];

    public static byte[] Head(
        int width, int height, int depth = 8, byte colour = Colour, bool interlaced = false) =>
        [.. Big32(width), .. Big32(height), (byte)depth, colour, 0, 0, interlaced ? (byte)1 : (byte)0];

    /// <summary>With chunks between its head and what follows.</summary>
    public static byte[] With(byte[] png, params byte[][] chunks)
    {
        const int AfterHead = 8 + 25;
        return [.. png[..AfterHead], .. chunks.SelectMany(c => c), .. png[AfterHead..]];
    }

    public static byte[] Chunk(string type, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. body];
        return [.. Big32(body.Length), .. named, .. Big32((int)Crc(named))];
    }

    public static byte[] Text(string name, string text) => Chunk("tEXt", Encoding.Latin1.GetBytes($"{name}\0{text}"));

    public static byte[] PressedText(string name, byte[] text) =>
        Chunk("zTXt", [.. Encoding.Latin1.GetBytes($"{name}\0\0"), .. Pressed(text)]);

    public static byte[] Pressed(byte[] bytes)
    {
        using var pressed = new MemoryStream();
        using (var zlib = new ZLibStream(pressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return pressed.ToArray();
    }

    public static byte[] Big32(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Pixels(int width, int height, int depth, byte colour, bool interlaced)
    {
        var bits = depth * colour switch { Colour => 3, Transparent => 4, _ => 1 };
        return new byte[interlaced
            ? Passes.Sum(p => Rows((width - p.X + p.Dx - 1) / p.Dx, (height - p.Y + p.Dy - 1) / p.Dy))
            : Rows(width, height)];

        int Rows(int across, int down) => across <= 0 || down <= 0 ? 0 : down * (1 + ((across * bits + 7) / 8));
    }

    private static uint Crc(byte[] bytes) =>
        ~bytes.Aggregate(uint.MaxValue, (crc, b) => Table[(crc ^ b) & 0xFF] ^ (crc >> 8));

    private static uint Divided(uint number)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            number = (number & 1) == 1 ? 0xEDB88320 ^ (number >> 1) : number >> 1;
        }

        return number;
    }
}
