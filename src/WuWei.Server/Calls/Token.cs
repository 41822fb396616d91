using System.Buffers.Text;
using System.Security.Cryptography;

namespace WuWei.Calls;

/// <summary>What a signed-in device carries: 256 random bits. Only the hash is ever stored.</summary>
public static class Token
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The hash of a well-formed token, or null.</summary>
    public static byte[]? Hash(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        // TryDecode throws at a character that is none of its alphabet; IsValid does not.
        return text.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Bytes
            ? SHA256.HashData(bytes)
            : null;
    }
}
