using System.Text;
using SkiaSharp;

namespace WuWei.Tests.Harness.Nasty;

/// <summary>A file that somebody might upload.</summary>
/// <param name="Drawn">Whether it must come out as a picture, or must not; null where either will do.</param>
public sealed record NastyPicture(string Name, byte[] File, bool? Drawn = null)
{
    public override string ToString() => Name;
}

/// <summary>
/// Files that are broken, lie, hide something or cost much, made anew each time. What is hidden in them has
/// <see cref="Secret"/> in it.
/// </summary>
public static partial class NastyPictures
{
    public const string Secret = "SECRET-32.003N-118.732E";
    public const int Width = 320;
    public const int Height = 200;

    /// <summary>Whatever comes out must have none of these in it.</summary>
    public static IReadOnlyList<string> Forbidden { get; } =
    [
        Secret, "Exif", "http://", "8BIM", "Photoshop", "ICC_PROFILE", "acsp", "<?php", "<script", "<svg", "PK\x03\x04", "%PDF",
        "GIF8", "ftyp", "MZ\x90", "\x7fELF", "JFXX", "MPF\0",
    ];

    private static readonly byte[] Zip = [.. "PK\x03\x04"u8, .. new byte[26], .. Encoding.ASCII.GetBytes(Secret)];
    private static readonly byte[] Php = Encoding.ASCII.GetBytes($"<?php system($_GET['c']); /* {Secret} */ ?>");
    private static readonly byte[] Html = Encoding.ASCII.GetBytes($"<html><script>alert('{Secret}')</script></html>");
    private static readonly byte[] Svg = Encoding.ASCII.GetBytes(
        $"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert('{Secret}')</script><rect width=\"9\" height=\"9\"/></svg>");

    private static readonly byte[] Jpeg = Drawing(p => p.Encode(new SKJpegEncoderOptions(90)));
    private static readonly byte[] Png = Drawing(p => p.Encode(new SKPngEncoderOptions()));
    private static readonly byte[] WebP =
        Drawing(p => p.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossy, 80)));

    private static readonly byte[] WebPLossless =
        Drawing(p => p.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 60)));

    private static readonly int[] Held = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 65_535];
    private static readonly double[] CutAt = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97];

    private static readonly (string Name, byte[] File)[] Real =
        [("jpeg", Jpeg), ("png", Png), ("webp", WebP), ("lossless webp", WebPLossless)];

    public static IReadOnlyList<NastyPicture> All { get; } =
    [
        .. Talkative(), .. Orientations(), .. OddJpegs(), .. OddPngs(), .. OddWebPs(), .. WithMoreBehind(), .. Disguised(),
        .. Cut(), .. Flipped(),
    ];

    /// <summary>Four quarters, red and green above blue and white: its corners tell how it is held; and some noise.</summary>
    public static byte[] Drawing(
        Func<SKPixmap, SKData?> encode, int width = Width, int height = Height, SKColorSpace? space = null)
    {
        using var surface = SKSurface.Create(new SKImageInfo(
            width, height, SKColorType.Rgba8888, SKAlphaType.Premul, space ?? SKColorSpace.CreateSrgb()));
        var (canvas, x, y) = (surface.Canvas, width / 2, height / 2);
        canvas.Clear(SKColors.White);
        using var paint = new SKPaint();
        foreach (var (left, top, colour) in new[] { (0, 0, SKColors.Red), (x, 0, SKColors.Lime), (0, y, SKColors.Blue) })
        {
            paint.Color = colour;
            canvas.DrawRect(left, top, x, y, paint);
        }

        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            paint.Color = new SKColor((uint)random.Next()).WithAlpha(255);
            canvas.DrawCircle(
                random.Next(width / 4, width * 3 / 4), random.Next(height / 4, height * 3 / 4), random.Next(1, 9), paint);
        }

        using var pixels = surface.PeekPixels();
        using var data = encode(pixels);
        return data!.ToArray();
    }

    public static byte[] JpegOf(int width, int height) => Drawing(p => p.Encode(new SKJpegEncoderOptions(90)), width, height);

    /// <summary>Good pictures that say too much.</summary>
    private static IEnumerable<NastyPicture> Talkative()
    {
        var profile = Drawing(
            p => p.Encode(new SKJpegEncoderOptions(90)),
            space: SKColorSpace.CreateRgb(SKColorSpaceTransferFn.Srgb, SKColorSpaceXyz.DisplayP3));
        var thumbnail = JpegBytes.Flat(16, 16, 3).With((JpegBytes.Comment, Encoding.ASCII.GetBytes(Secret)));
        (string Name, byte[] File)[] all =
        [
            ("jpeg, where it was taken", Jpeg.With(JpegBytes.Exif(1, Secret))),
            ("jpeg, the same as XMP", Jpeg.With(JpegBytes.Xmp(Secret))),
            ("jpeg, the same as IPTC", Jpeg.With(JpegBytes.Iptc(Secret))),
            ("jpeg, all three and upside down",
                Jpeg.With(JpegBytes.Exif(3, Secret), JpegBytes.Xmp(Secret), JpegBytes.Iptc(Secret))),
            ("jpeg, EXIF twice", Jpeg.With(JpegBytes.Exif(6, Secret), JpegBytes.Exif(8, Secret))),
            ("jpeg, a profile of colours", profile),
            ("jpeg, a profile that is none", Jpeg.With(JpegBytes.Icc(Encoding.ASCII.GetBytes(Secret)))),
            ("jpeg, a comment", Jpeg.With((JpegBytes.Comment, Encoding.ASCII.GetBytes(Secret)))),
            ("jpeg, a comment of PHP", Jpeg.With((JpegBytes.Comment, Php))),
            ("jpeg, a comment of HTML", Jpeg.With((JpegBytes.Comment, Html))),
            ("jpeg, a comment with a zip", Jpeg.With((JpegBytes.Comment, Zip))),
            ("jpeg, a thumbnail in JFXX", Jpeg.With((0xE0, [.. "JFXX\0"u8, 0x10, .. thumbnail]))),
            ("jpeg, more pictures by MPF", Jpeg.With((0xE2, [.. "MPF\0"u8, .. JpegBytes.Tiff(1, Secret)]))),
            ("jpeg, an unknown segment", Jpeg.With((0xEB, Encoding.ASCII.GetBytes(Secret)))),
            ("jpeg, segments as large as they may be",
                Jpeg.With([.. Enumerable.Repeat((JpegBytes.Comment, new byte[65_533]), 100)])),
            ("jpeg, EXIF that ends early", Jpeg.With((0xE1, [.. "Exif\0\0"u8, .. JpegBytes.Tiff(1, Secret)[..30]]))),
            ("jpeg, EXIF that points nowhere", Jpeg.With((0xE1, [.. "Exif\0\0"u8, .. "II"u8, 42, 0, 0xFF, 0xFF, 0xFF, 0x7F]))),
            ("jpeg, EXIF that points to itself",
                Jpeg.With((0xE1, [.. "Exif\0\0"u8, .. "II"u8, 42, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 0]))),
            ("png, text", PngBytes.With(Png, PngBytes.Text("Comment", Secret))),
            ("png, text of PHP", PngBytes.With(Png, PngBytes.Text("Comment", Encoding.ASCII.GetString(Php)))),
            ("png, pressed text", PngBytes.With(Png, PngBytes.PressedText("Comment", Encoding.ASCII.GetBytes(Secret)))),
            ("png, XMP", PngBytes.With(Png, PngBytes.Chunk(
                "iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. JpegBytes.XmpText(Secret)]))),
            ("png, EXIF", PngBytes.With(Png, PngBytes.Chunk("eXIf", JpegBytes.Tiff(1, Secret)))),
            ("png, when it was made", PngBytes.With(Png, PngBytes.Chunk("tIME", [7, 0xEA, 6, 1, 2, 3, 4]))),
            ("png, a chunk nobody knows", PngBytes.With(Png, PngBytes.Chunk("seCr", Encoding.ASCII.GetBytes(Secret)))),
            ("png, a profile that is none", PngBytes.With(Png, PngBytes.Chunk(
                "iCCP", [.. "p\0\0"u8, .. PngBytes.Pressed(Encoding.ASCII.GetBytes(Secret))]))),
            ("webp, all of it", WebPBytes.Talkative(WebP, Width, Height, Secret)),
            ("lossless webp, all of it", WebPBytes.Talkative(WebPLossless, Width, Height, Secret)),
            ("webp, an unknown chunk", WebPBytes.File(
                WebPBytes.Canvas(Width, Height, 0), WebPBytes.FrameOf(WebP),
                WebPBytes.Chunk("SECR", Encoding.ASCII.GetBytes(Secret)))),
        ];
        return all.Select(p => new NastyPicture(p.Name, p.File, Drawn: true));
    }

    private static IEnumerable<NastyPicture> Orientations() =>
        Held.Select(o =>
            new NastyPicture($"jpeg, held {o}", Jpeg.With(JpegBytes.Exif(o, Secret)), Drawn: true));

    /// <summary>Each format with something after its end.</summary>
    private static IEnumerable<NastyPicture> WithMoreBehind()
    {
        (string Name, byte[] More)[] all =
        [
            ("a zip", Zip), ("PHP", Php), ("HTML", Html), ("SVG", Svg), ("another picture", Jpeg),
            ("a megabyte of nothing", new byte[1024 * 1024]), ("a film, as phones do", [0, 0, 0, 24, .. "ftypmp42"u8, .. Zip]),
        ];
        return Real.SelectMany(r => all.Select(m =>
            new NastyPicture($"{r.Name}, behind it {m.Name}", [.. r.File, .. m.More], Drawn: true)));
    }

    private static IEnumerable<NastyPicture> Cut() => Real.SelectMany(r =>
        CutAt.Select(part =>
            new NastyPicture($"{r.Name}, cut off at {part}", r.File[..(int)(r.File.Length * part)], Drawn: false)));

    private static IEnumerable<NastyPicture> Flipped() => Real.SelectMany(r => Enumerable.Range(1, 20).Select(seed =>
    {
        var file = r.File.ToArray();
        var random = new Random(seed);
        for (var i = 0; i < seed; i++)
        {
            file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
        }

        return new NastyPicture($"{r.Name}, {seed} bits flipped", file);
    }));
}
