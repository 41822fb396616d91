using System.IO.Compression;
using System.Text;

namespace WuWei.Tests.Harness.Nasty;

/// <summary>Those that are odd in the way of one format, or of none.</summary>
public static partial class NastyPictures
{
    private static IEnumerable<NastyPicture> OddJpegs()
    {
        yield return new("jpeg, grey", JpegBytes.Flat(40, 30), Drawn: true);
        yield return new("jpeg, four inks", JpegBytes.Flat(40, 30, 4).With(JpegBytes.Adobe), Drawn: true);
        yield return new("jpeg, four colours of unknown kind", JpegBytes.Flat(40, 30, 4));
        yield return new("jpeg, two colours", JpegBytes.Flat(40, 30, 2));
        yield return new("jpeg, progressive", JpegBytes.Flat(40, 30, 3, progressive: true));
        yield return new("jpeg, one pixel", JpegBytes.Flat(1, 1, 3), Drawn: true);
        yield return new("jpeg, a line", JpegBytes.Flat(20_000, 1, 3), Drawn: true);
        yield return new("jpeg, a column", JpegBytes.Flat(1, 20_000, 3), Drawn: true);
        yield return new("jpeg, longer than that", JpegBytes.Flat(20_001, 1, 3), Drawn: false);
        yield return new("jpeg, as wide as can be said", JpegBytes.Flat(65_500, 8, 3), Drawn: false);
        yield return new("jpeg, as many pixels as there may be", JpegBytes.Flat(8_000, 5_000, 1), Drawn: true);
        yield return new("jpeg, a few more", JpegBytes.Flat(8_000, 5_008, 1), Drawn: false);
        yield return new(
            "jpeg, a thousand times as many", Sized(JpegBytes.Flat(16, 16, 3), 65_535, 65_535), Drawn: false);
        yield return new("jpeg, no width", Sized(JpegBytes.Flat(16, 16, 3), 0, 16), Drawn: false);
        yield return new("jpeg, no height", Sized(JpegBytes.Flat(16, 16, 3), 16, 0), Drawn: false);
        yield return new("jpeg, larger than it has pixels for", Sized(Jpeg, 4_000, 4_000));
        yield return new(
            "jpeg, a thousand scans", JpegBytes.Flat(2_000, 2_000, 1, progressive: true, scansMore: 1_000), Drawn: false);
        yield return new("jpeg, two frames", Twice(JpegBytes.Flat(16, 16, 3), 0xC0), Drawn: false);
        yield return new("jpeg, of a kind nobody reads", Framed(JpegBytes.Flat(16, 16, 3), 0xC9), Drawn: false);
        yield return new("jpeg, without loss", Framed(JpegBytes.Flat(16, 16, 3), 0xC3), Drawn: false);
        yield return new("jpeg, no tables", Without(JpegBytes.Flat(16, 16, 3), 0xDB));
        yield return new("jpeg, no codes", Without(JpegBytes.Flat(16, 16, 3), 0xC4));
        yield return new("jpeg, no scan", Without(JpegBytes.Flat(16, 16, 3), 0xDA), Drawn: false);
        yield return new("jpeg, only a start", [0xFF, 0xD8, 0xFF], Drawn: false);
        yield return new("jpeg, start and end", [0xFF, 0xD8, 0xFF, 0xD9], Drawn: false);
        yield return new(
            "jpeg, a segment that ends behind the file", [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 1, 2], Drawn: false);
        yield return new("jpeg, a segment of no length", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF, 0xDA], Drawn: false);
        yield return new(
            "jpeg, nothing but marks", [0xFF, 0xD8, .. Enumerable.Repeat((byte)0xFF, 1_000_000)], Drawn: false);
        yield return new("jpeg, noise", [0xFF, 0xD8, 0xFF, 0xE0, .. Noise(100_000)], Drawn: false);
    }

    private static IEnumerable<NastyPicture> OddPngs()
    {
        foreach (var (colour, depths) in new[]
        {
            (PngBytes.Grey, new[] { 1, 2, 4, 8, 16 }), (PngBytes.Colour, [8, 16]), (PngBytes.Transparent, [8, 16]),
        })
        {
            foreach (var depth in depths)
            {
                yield return new($"png, kind {colour} of {depth} bits", PngBytes.Flat(33, 21, depth, colour), Drawn: true);
                yield return new(
                    $"png, kind {colour} of {depth} bits, interlaced",
                    PngBytes.Flat(33, 21, depth, colour, interlaced: true), Drawn: true);
            }
        }

        byte[] palette = PngBytes.Chunk("PLTE", [255, 0, 0]);
        yield return new("png, a palette", PngBytes.Flat(33, 21, 8, PngBytes.Palette, between: palette), Drawn: true);
        yield return new("png, no palette", PngBytes.Flat(33, 21, 8, PngBytes.Palette));
        yield return new("png, a palette too short", PngBytes.Of(
            PngBytes.Head(4, 1, 8, PngBytes.Palette), [0, 0, 9, 200, 255], palette));
        yield return new("png, moving", PngBytes.With(Png, PngBytes.Chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])));
        yield return new("png, no width", PngBytes.Of(PngBytes.Head(0, 9), new byte[100]), Drawn: false);
        yield return new("png, no height", PngBytes.Of(PngBytes.Head(9, 0), new byte[100]), Drawn: false);
        yield return new("png, a negative width", PngBytes.Of(PngBytes.Head(-1, 9), new byte[100]), Drawn: false);
        yield return new(
            "png, as large as can be said",
            PngBytes.Of(PngBytes.Head(int.MaxValue, int.MaxValue), new byte[9]), Drawn: false);
        yield return new(
            "png, whose number of pixels overflows",
            PngBytes.Of(PngBytes.Head(65_536, 65_536), new byte[9]), Drawn: false);
        yield return new("png, 400 million pixels in little", PngBytes.Of(
            PngBytes.Head(20_000, 20_000, 1, PngBytes.Grey), new byte[20_000 * 2_501]), Drawn: false);
        yield return new(
            "png, as many pixels as there may be", PngBytes.Flat(8_000, 5_000, 1, PngBytes.Grey), Drawn: true);
        yield return new(
            "png, as many, interlaced",
            PngBytes.Flat(8_000, 5_000, 8, PngBytes.Transparent, interlaced: true), Drawn: true);
        yield return new(
            "png, ten million of 16 bits", PngBytes.Flat(4_000, 2_500, 16, PngBytes.Transparent), Drawn: true);
        yield return new(
            "png, a hundred megabytes in one pixel", PngBytes.Of(PngBytes.Head(1, 1), new byte[100_000_000]));
        yield return new(
            "png, a hundred megabytes of text",
            PngBytes.With(Png, PngBytes.PressedText("Comment", new byte[100_000_000])));
        yield return new("png, a hundred megabytes of colours", PngBytes.With(Png, PngBytes.Chunk(
            "iCCP", [.. "p\0\0"u8, .. PngBytes.Pressed(new byte[100_000_000])])));
        yield return new("png, a hundred thousand chunks", PngBytes.With(
            Png, [.. Enumerable.Repeat(PngBytes.Text("a", "b"), 100_000)]));
        yield return new(
            "png, more than it has pixels for", PngBytes.Of(PngBytes.Head(4_000, 4_000), new byte[100]), Drawn: false);
        yield return new("png, a wrong sum in its head", Changed(Png, 29));
        yield return new("png, a wrong sum in its pixels", Changed(Png, Png.Length - 14));
        yield return new("png, no pixels", [.. Png[..33], .. PngBytes.Chunk("IEND", [])], Drawn: false);
        yield return new("png, no end", Png[..^12]);
        yield return new(
            "png, PHP for pixels", PngBytes.Of(PngBytes.Head(16, 16), [.. Php, .. new byte[16 * 49 - Php.Length]]));
        yield return new("png, pixels that are not pressed", [
            .. Png[..33], .. PngBytes.Chunk("IDAT", Noise(5_000)), .. PngBytes.Chunk("IEND", [])], Drawn: false);
        yield return new("png, a wrong kind of filter", PngBytes.Of(PngBytes.Head(2, 1, 8, PngBytes.Grey), [9, 1, 2]));
        yield return new(
            "png, of 3 bits", PngBytes.Of(PngBytes.Head(8, 8, 3, PngBytes.Grey), new byte[100]), Drawn: false);
        yield return new(
            "png, its head comes second", [.. Png[..8], .. PngBytes.Text("a", "b"), .. Png[8..]], Drawn: false);
        yield return new("png, only a start", Png[..8], Drawn: false);
        yield return new(
            "png, an iPhone's own kind",
            [.. Png[..8], .. PngBytes.Chunk("CgBI", [0x50, 0, 0x20, 6]), .. Png[8..]], Drawn: false);
    }

    private static IEnumerable<NastyPicture> OddWebPs()
    {
        yield return new("webp, moving", WebPBytes.Moving(WebP, Width, Height, 3), Drawn: true);
        yield return new("webp, a thousand frames", WebPBytes.Moving(WebP, Width, Height, 1_000), Drawn: true);
        yield return new(
            "webp, moving on a huge canvas", WebPBytes.Moving(WebP, Width, Height, 2, canvas: 16_000), Drawn: false);
        yield return new("webp, moving out of its canvas", WebPBytes.Moving(WebP, Width, Height, 2, canvas: 10));
        yield return new("webp, a canvas as large as can be said", WebPBytes.File(
            WebPBytes.Canvas(1 << 24, 1 << 24, 0), WebPBytes.FrameOf(WebP)), Drawn: false);
        yield return new(
            "webp, a canvas of another size", WebPBytes.File(WebPBytes.Canvas(100, 100, 0), WebPBytes.FrameOf(WebP)));
        yield return new(
            "webp, only a canvas", WebPBytes.File(WebPBytes.Canvas(100, 100, 0), new byte[30]), Drawn: false);
        yield return new("webp, says it is longer", [.. "RIFF"u8, 0xFF, 0xFF, 0xFF, 0x7F, .. WebP[8..]]);
        yield return new("webp, says it is shorter", [.. "RIFF"u8, 12, 0, 0, 0, .. WebP[8..]]);
        yield return new(
            "webp, of a kind nobody knows", WebPBytes.File(WebPBytes.Chunk("VP9 ", Noise(500))), Drawn: false);
        yield return new("webp, noise", WebPBytes.File(WebPBytes.Chunk("VP8 ", Noise(500))), Drawn: false);
        yield return new(
            "webp, noise without loss", WebPBytes.File(WebPBytes.Chunk("VP8L", [0x2F, .. Noise(500)])), Drawn: false);
        yield return new("webp, 16,383 each way in little", WebPBytes.File(WebPBytes.Chunk(
            "VP8L", [0x2F, 0xFE, 0xFF, 0xFF, 0x0F, .. new byte[30]])), Drawn: false);
        yield return new("webp, 8,000 by 5,000 in nothing", WebPBytes.File(WebPBytes.Chunk(
            "VP8L", [0x2F, .. BitConverter.GetBytes(7_999 | (4_999 << 14)), .. new byte[30]])));
        yield return new("webp, only a start", WebP[..12], Drawn: false);
        yield return new(
            "a sound that is no webp", [.. "RIFF"u8, 40, 0, 0, 0, .. "WAVEfmt "u8, .. new byte[40]], Drawn: false);
    }

    /// <summary>What is no picture of ours, whatever it is called.</summary>
    private static IEnumerable<NastyPicture> Disguised()
    {
        (string Name, byte[] File)[] all =
        [
            ("nothing", []), ("one byte", [0xFF]), ("zeros", new byte[10_000]), ("noise", Noise(10_000)), ("SVG", Svg),
            ("SVG with a declaration", [.. "<?xml version=\"1.0\"?>\n"u8, .. Svg]),
            ("SVG after a byte order mark", [0xEF, 0xBB, 0xBF, .. Svg]),
            ("SVG, pressed", Gzip(Svg)), ("HTML", Html), ("HTML before a JPEG", [.. Html, .. Jpeg]), ("PHP", Php),
            ("PHP before a PNG", [.. Php, .. Png]), ("a script", Encoding.ASCII.GetBytes($"alert('{Secret}')")),
            ("a GIF", [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
                0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]),
            ("a GIF that is a script", Encoding.ASCII.GetBytes($"GIF89a/*{Secret}*/=1;alert(1)")),
            ("a bitmap", [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0,
                1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[28]]),
            ("a huge bitmap", [.. "BM"u8, .. new byte[8], 54, 0, 0, 0, 40, 0, 0, 0,
                0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, .. new byte[40]]),
            ("an icon", [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 22, 0, 0, 0, .. new byte[48]]),
            ("a TIFF", [.. "II"u8, 42, 0, 8, 0, 0, 0, .. new byte[40]]),
            ("a raw picture", [.. "MM"u8, 0, 42, 0, 0, 0, 8, .. new byte[40]]),
            ("a HEIC", [0, 0, 0, 24, .. "ftypheic"u8, .. new byte[40]]),
            ("an AVIF", [0, 0, 0, 24, .. "ftypavif"u8, .. new byte[40]]),
            ("a JPEG XL", [0xFF, 0x0A, .. new byte[40]]),
            ("a JPEG 2000", [0, 0, 0, 12, .. "jP  \r\n"u8, 0x87, 0x0A, .. new byte[40]]),
            ("a WBMP", [0, 0, 8, 8, .. new byte[8]]), ("a Photoshop file", [.. "8BPS"u8, 0, 1, .. new byte[40]]),
            ("a PDF", [.. "%PDF-1.7\n"u8, .. Html]),
            ("a PDF before a JPEG", [.. "%PDF-1.7\n"u8, .. Jpeg]),
            ("a zip", Zip),
            ("a zip before a PNG", [.. Zip, .. Png]), ("a program of Windows", [.. "MZ"u8, 0x90, 0, .. new byte[200]]),
            ("a program of Linux", [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[200]]),
            ("a film", [0, 0, 0, 24, .. "ftypmp42"u8, .. new byte[40]]),
            ("a text", Encoding.UTF8.GetBytes("我不是图片。")), ("a space before a JPEG", [0x20, .. Jpeg]),
            ("a path", "../../../../etc/passwd"u8.ToArray()),
            ("an address for ImageMagick", "url(http://127.0.0.1/latest)"u8.ToArray()),
            ("a drawing for ImageMagick",
                Encoding.ASCII.GetBytes("push graphic-context\nfill 'url(https://e/\"|id\")'\npop graphic-context")),
        ];
        return all.Select(p => new NastyPicture(p.Name, p.File, Drawn: false));
    }

    private static byte[] Sized(byte[] jpeg, int width, int height)
    {
        var (file, at) = (jpeg.ToArray(), FrameAt(jpeg));
        (file[at + 5], file[at + 6]) = ((byte)(height >> 8), (byte)height);
        (file[at + 7], file[at + 8]) = ((byte)(width >> 8), (byte)width);
        return file;
    }

    private static byte[] Framed(byte[] jpeg, byte kind)
    {
        var file = jpeg.ToArray();
        file[FrameAt(jpeg) + 1] = kind;
        return file;
    }

    private static byte[] Twice(byte[] jpeg, byte marker)
    {
        var (at, length) = SegmentAt(jpeg, marker);
        return [.. jpeg[..at], .. jpeg[at..(at + length)], .. jpeg[at..]];
    }

    private static byte[] Without(byte[] jpeg, byte marker)
    {
        var (at, length) = SegmentAt(jpeg, marker);
        return [.. jpeg[..at], .. jpeg[(at + length)..]];
    }

    private static int FrameAt(byte[] jpeg) => SegmentAt(jpeg, 0xC0).At;

    private static (int At, int Length) SegmentAt(byte[] jpeg, byte marker)
    {
        for (var at = 2; ; at += 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3]))
        {
            if (jpeg[at + 1] == marker)
            {
                return (at, 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3]));
            }
        }
    }

    private static byte[] Changed(byte[] file, int at)
    {
        var changed = file.ToArray();
        changed[at] ^= 0x55;
        return changed;
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var pressed = new MemoryStream();
        using (var gzip = new GZipStream(pressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return pressed.ToArray();
    }
}
