using System.Buffers.Binary;
using WuWei.Errors;

namespace WuWei.Pictures;

public enum PictureFormat : byte
{
    Jpeg = 1,
    Png,
    WebP,
}

/// <summary>
/// What the first bytes of a file say, whatever it is called. Read before any decoder sees it, so that nothing is decoded
/// whose size alone would harm.
/// </summary>
public sealed record PictureHeader(PictureFormat Format, int Width, int Height)
{
    public const int BytesMax = 10 * 1024 * 1024;
    public const int PixelsMax = 40_000_000;
    private const int EdgeMax = 20_000;

    /// <summary>Cameras and editors make about ten. Each costs a walk over all the picture, however few bytes it has.</summary>
    private const int ScansMax = 40;

    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;
    private const int PngHeaderBytes = 24;
    private const int WebPHeaderBytes = 30;

    public int Pixels => Width * Height;

    /// <exception cref="RefusedException">No picture of ours, or one that is too large.</exception>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        var header = file.StartsWith(JpegStart) ? ReadJpeg(file)
            : file.StartsWith(PngStart) ? ReadPng(file)
            : file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? ReadWebP(file)
            : throw Refuse.Invalid("PICTURE_FORMAT", "只能上传 JPG、PNG 或 WebP 格式的图片。");
        if (header.Width < 1 || header.Height < 1)
        {
            throw Damaged();
        }

        return header is { Width: <= EdgeMax, Height: <= EdgeMax } && (long)header.Width * header.Height <= PixelsMax
            ? header
            : throw Refuse.Invalid("PICTURE_PIXELS", "图片太大，请缩小到 4000 万像素以内。");
    }

    public static RefusedException Damaged() =>
        Refuse.Invalid("PICTURE_DAMAGED", "图片打不开，可能没有传完整，请换一张再试。");

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static PictureHeader ReadPng(ReadOnlySpan<byte> file) =>
        file.Length >= PngHeaderBytes && file[12..].StartsWith("IHDR"u8)
            ? new(PictureFormat.Png, Big32(file[16..]), Big32(file[20..]))
            : throw Damaged();

    /// <summary>One of three kinds of frames; the extended one tells the size of the canvas.</summary>
    private static PictureHeader ReadWebP(ReadOnlySpan<byte> file)
    {
        if (file.Length < WebPHeaderBytes)
        {
            throw Damaged();
        }

        var kind = file[12..16];
        var body = file[20..];
        if (kind.SequenceEqual("VP8X"u8))
        {
            return new(PictureFormat.WebP, Little24(body[4..]) + 1, Little24(body[7..]) + 1);
        }

        if (kind.SequenceEqual("VP8L"u8) && body[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            return new(PictureFormat.WebP, (int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
        }

        return kind.SequenceEqual("VP8 "u8) && body[3..].StartsWith<byte>([0x9D, 0x01, 0x2A])
            ? new(
                PictureFormat.WebP, BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFF)
            : throw Damaged();
    }

    /// <summary>Walks from marker to marker, over all scans.</summary>
    private static PictureHeader ReadJpeg(ReadOnlySpan<byte> file)
    {
        PictureHeader? header = null;
        var scans = 0;
        for (var at = 2; NextMarker(file, ref at) is { } marker && marker != EndOfImage;)
        {
            if (IsAlone(marker))
            {
                continue;
            }

            var length = at + 2 <= file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[at..]) : 0;
            if (length < 2 || at + length > file.Length)
            {
                break;
            }

            var body = file.Slice(at + 2, length - 2);
            if (IsFrame(marker))
            {
                // Baseline, extended and progressive; of the others we have no decoder. A second frame would be a second size.
                header = marker <= 0xC2 && header is null && body.Length >= 6
                    ? new(
                        PictureFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(body[3..]),
                        BinaryPrimitives.ReadUInt16BigEndian(body[1..]))
                    : throw Damaged();
            }

            scans += marker == StartOfScan ? 1 : 0;
            at += length;
        }

        return header is not null && scans is > 0 and <= ScansMax ? header : throw Damaged();
    }

    /// <summary>The next marker that is none of those within a scan; what is before it is skipped.</summary>
    private static byte? NextMarker(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length)
        {
            var found = file[at..].IndexOf((byte)0xFF);
            if (found < 0)
            {
                return null;
            }

            at += found;
            while (at < file.Length && file[at] == 0xFF)
            {
                at++;
            }

            if (at < file.Length && file[at++] is var marker && marker != 0x00)
            {
                return marker;
            }
        }

        return null;
    }

    /// <summary>Markers without a body: restarts, and the start.</summary>
    private static bool IsAlone(byte marker) => marker is >= 0xD0 and <= 0xD8 or 0x01;

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Of more than a picture may have it is any such number.</summary>
    private static int Big32(ReadOnlySpan<byte> bytes) =>
        (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), int.MaxValue);

    private static int Little24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
