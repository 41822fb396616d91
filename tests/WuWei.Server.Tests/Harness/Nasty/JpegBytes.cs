using System.Buffers.Binary;
using System.Text;

namespace WuWei.Tests.Harness.Nasty;

/// <summary>JPEGs byte by byte: of one tone, so that any size is cheap, and with anything in front of the picture.</summary>
public static class JpegBytes
{
    public const byte Comment = 0xFE;
    private const int BlockEdge = 8;

    /// <param name="components">1 grey, 3 colour, 4 CMYK.</param>
    /// <param name="scansMore">Of a progressive one: so many times all of its blocks are gone through for nothing.</param>
    public static byte[] Flat(int width, int height, int components = 1, bool progressive = false, int scansMore = 0)
    {
        var jpeg = new List<byte> { 0xFF, 0xD8 };
        var blocks = ((width + BlockEdge - 1) / BlockEdge) * ((height + BlockEdge - 1) / BlockEdge);
        Add(jpeg, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Add(jpeg, progressive ? (byte)0xC2 : (byte)0xC0,
        [
            8, .. Big16(height), .. Big16(width), (byte)components,
            .. Enumerable.Range(1, components).SelectMany(c => new byte[] { (byte)c, 0x11, 0 }),
        ]);
        // One code of one bit, which says: no difference; and for the rest of a block: nothing more.
        Add(jpeg, 0xC4, [0x00, 1, .. new byte[15], 0]);
        Add(jpeg, 0xC4, [0x10, 1, .. new byte[15], 0]);
        var all = Enumerable.Range(1, components).SelectMany(c => new byte[] { (byte)c, 0 });
        Add(jpeg, 0xDA, [(byte)components, .. all, 0, progressive ? (byte)0 : (byte)63, 0]);
        jpeg.AddRange(Zeros(blocks * components * (progressive ? 1 : 2)));
        for (var scan = 0; scan < scansMore; scan++)
        {
            Add(jpeg, 0xDA, [1, 1, 0, 1, 63, 0]);
            jpeg.AddRange(Zeros(blocks));
        }

        return [.. jpeg, 0xFF, 0xD9];
    }

    /// <summary>With these segments at its start.</summary>
    public static byte[] With(this byte[] jpeg, params (byte Marker, byte[] Body)[] segments)
    {
        var all = new List<byte> { 0xFF, 0xD8 };
        foreach (var (marker, body) in segments)
        {
            Add(all, marker, body);
        }

        return [.. all, .. jpeg[2..]];
    }

    /// <summary>APP1 with where, when and with what it was taken, and how the camera was held.</summary>
    public static (byte Marker, byte[] Body) Exif(int orientation, string secret) =>
        (0xE1, [.. "Exif\0\0"u8, .. Tiff(orientation, secret)]);

    /// <summary>What EXIF is in any format.</summary>
    public static byte[] Tiff(int orientation, string secret)
    {
        const int Start = 8;
        const int Entries = 4;
        var text = Encoding.ASCII.GetBytes($"{secret}\0");
        var textAt = Start + 2 + (Entries * 12) + 4;
        var placeAt = textAt + text.Length;
        byte[] degrees = [.. Rational(32, 1), .. Rational(0, 1), .. Rational(1113, 100)];
        var numbersAt = placeAt + 2 + (4 * 12) + 4;
        return
        [
            .. "II"u8, 42, 0, .. Little32(Start), .. Little16(Entries),
            .. Entry(0x010F, 2, text.Length, textAt),
            .. Entry(0x0112, 3, 1, orientation), .. Entry(0x0132, 2, text.Length, textAt),
            .. Entry(0x8825, 4, 1, placeAt), .. Little32(0), .. text,
            .. Little16(4), .. Entry(1, 2, 2, 'N'), .. Entry(2, 5, 3, numbersAt), .. Entry(3, 2, 2, 'E'),
            .. Entry(4, 5, 3, numbersAt), .. Little32(0), .. degrees,
        ];
    }

    public static (byte Marker, byte[] Body) Xmp(string secret) =>
        (0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. XmpText(secret)]);

    public static byte[] XmpText(string secret) => Encoding.UTF8.GetBytes(
        $"""
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="32,0.18N" exif:GPSLongitude="118,43.9E" who="{secret}"/>
        </rdf:RDF></x:xmpmeta>
        """);

    public static (byte Marker, byte[] Body) Iptc(string secret)
    {
        var city = Encoding.ASCII.GetBytes(secret);
        byte[] record = [0x1C, 2, 90, .. Big16(city.Length), .. city];
        return (0xED, [.. "Photoshop 3.0\0"u8, .. "8BIM"u8, 4, 4, 0, 0, 0, 0, .. Big16(record.Length), .. record]);
    }

    public static (byte Marker, byte[] Body) Icc(byte[] profile) => (0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, .. profile]);

    /// <summary>That its four colours are inks, as printers and Photoshop say it.</summary>
    public static (byte Marker, byte[] Body) Adobe => (0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);

    private static byte[] Entry(int tag, int type, int count, int value) =>
        [.. Little16(tag), .. Little16(type), .. Little32(count), .. Little32(value)];

    private static byte[] Rational(int above, int below) => [.. Little32(above), .. Little32(below)];

    private static IEnumerable<byte> Zeros(int bits) =>
        [.. new byte[bits / 8], .. bits % 8 == 0 ? Array.Empty<byte>() : [(byte)(0xFF >> (bits % 8))]];

    private static void Add(List<byte> jpeg, byte marker, byte[] body) =>
        jpeg.AddRange([0xFF, marker, .. Big16(body.Length + 2), .. body]);

    private static byte[] Big16(int number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Little16(int number) => [(byte)number, (byte)(number >> 8)];

    private static byte[] Little32(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
