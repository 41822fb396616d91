using System.Buffers.Binary;
using System.Text;

namespace WuWei.Tests.Harness.Nasty;

/// <summary>WebPs chunk by chunk, around the frame of a real one.</summary>
public static class WebPBytes
{
    private const byte Animated = 0x02;
    private const byte HasXmp = 0x04;
    private const byte HasExif = 0x08;
    private const byte HasProfile = 0x20;
    private const int AfterStart = 12;

    public static byte[] File(params byte[][] chunks)
    {
        byte[] body = [.. "WEBP"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. Little(body.Length, 4), .. body];
    }

    public static byte[] Chunk(string type, byte[] body) =>
        [.. Encoding.ASCII.GetBytes(type), .. Little(body.Length, 4), .. body, .. new byte[body.Length % 2]];

    /// <summary>The chunk of the picture itself.</summary>
    public static byte[] FrameOf(byte[] simple)
    {
        for (var at = AfterStart; ;)
        {
            var length = 8 + BinaryPrimitives.ReadInt32LittleEndian(simple.AsSpan(at + 4));
            length += length % 2;
            if (simple.AsSpan(at).StartsWith("VP8 "u8) || simple.AsSpan(at).StartsWith("VP8L"u8))
            {
                return simple[at..(at + length)];
            }

            at += length;
        }
    }

    public static byte[] Canvas(int width, int height, byte flags) =>
        Chunk("VP8X", [flags, 0, 0, 0, .. Little(width - 1, 3), .. Little(height - 1, 3)]);

    /// <summary>With all that may be said about a picture.</summary>
    public static byte[] Talkative(byte[] simple, int width, int height, string secret) => File(
        Canvas(width, height, HasProfile | HasExif | HasXmp), Chunk("ICCP", Encoding.ASCII.GetBytes(secret)), FrameOf(simple),
        Chunk("EXIF", JpegBytes.Tiff(1, secret)), Chunk("XMP ", JpegBytes.XmpText(secret)));

    public static byte[] Moving(byte[] simple, int width, int height, int frames, int canvas = 0)
    {
        byte[] frame = Chunk(
            "ANMF", [.. new byte[6], .. Little(width - 1, 3), .. Little(height - 1, 3), 40, 0, 0, 0, .. FrameOf(simple)]);
        var (across, down) = canvas == 0 ? (width, height) : (canvas, canvas);
        return File(
            [Canvas(across, down, Animated), Chunk("ANIM", new byte[6]), .. Enumerable.Repeat(frame, frames)]);
    }

    private static byte[] Little(int number, int count)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes[..count];
    }
}
