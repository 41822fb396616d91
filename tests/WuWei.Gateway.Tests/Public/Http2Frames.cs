using System.Buffers.Binary;
using System.Text;

namespace WuWei.Gateway.Tests.Public;

/// <summary>Frames of HTTP/2 (RFC 9113), put together by hand so that they may come in an order no client sends.</summary>
public static class Http2Frames
{
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte Continued = 9;
    private const byte EndHeaders = 4;
    private const uint Cancelled = 8;

    public static byte[] Start { get; } = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])];

    /// <summary>A call that is begun and at once given up.</summary>
    public static byte[] GivenUp(int stream, string path)
    {
        var error = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(error, Cancelled);
        return [.. Frame(Headers, EndHeaders, stream, Post(path)), .. Frame(Reset, 0, stream, error)];
    }

    /// <summary>The beginning of headers that never end.</summary>
    public static byte[] Endless(string path) => Frame(Headers, 0, 1, Post(path));

    public static byte[] More(byte[] headers) => Frame(Continued, 0, 1, headers);

    /// <summary>A header that is not indexed, as HPACK writes it.</summary>
    public static byte[] Header(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Post(string path) =>
    [
        0x83, 0x86, // :method POST, :scheme http
        0x04, .. Text(path),
        0x01, .. Text("localhost"),
        .. Header("content-type", "application/grpc"),
    ];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
