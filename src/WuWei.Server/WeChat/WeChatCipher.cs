using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WuWei.WeChat;

/// <summary>How WeChat signs and encrypts pushes: SHA-1 over sorted words, AES-256-CBC with the key's head as IV.</summary>
public static class WeChatCipher
{
    private const int KeyLength = 43;
    private const int IvBytes = 16;
    private const int RandomBytes = 16;
    private const int BlockBytes = 32;
    private const int HeadBytes = RandomBytes + sizeof(int);

    /// <summary>The key's bytes; null when it is none of WeChat's.</summary>
    public static byte[]? KeyOf(string pushKey)
    {
        var key = new byte[BlockBytes + 1];
        return pushKey.Length == KeyLength && pushKey.All(char.IsAsciiLetterOrDigit)
            && Convert.TryFromBase64String($"{pushKey}=", key, out var written) && written == BlockBytes
                ? key[..BlockBytes]
                : null;
    }

    /// <summary>Whether somebody who knows the token signed these words. Takes as long, whatever is wrong.</summary>
    public static bool IsSigned(string signature, string token, params string[] words) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Sign(token, words)), Encoding.UTF8.GetBytes(signature));

    public static string Sign(string token, params string[] words)
    {
        string[] all = [token, .. words];
        Array.Sort(all, StringComparer.Ordinal);
#pragma warning disable CA5350 // WeChat's own choice.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(all))));
#pragma warning restore CA5350
    }

    /// <summary>What was encrypted for this app; null when it was not, or was changed.</summary>
    public static byte[]? Decrypt(byte[] key, string appId, string encrypted)
    {
        byte[] plain;
        try
        {
            using var aes = Aes.Create();
            aes.Key = key;
            plain = aes.DecryptCbc(Convert.FromBase64String(encrypted), key.AsSpan(0, IvBytes), PaddingMode.None);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }

        // Padded to blocks of 32 bytes, which no padding of the framework knows.
        var padding = plain.Length == 0 ? 0 : plain[^1];
        if (padding is < 1 or > BlockBytes || plain.Length - padding < HeadBytes
            || plain.AsSpan(plain.Length - padding).ContainsAnyExcept((byte)padding))
        {
            return null;
        }

        var body = plain.AsSpan(HeadBytes, plain.Length - padding - HeadBytes);
        var length = BinaryPrimitives.ReadInt32BigEndian(plain.AsSpan(RandomBytes));
        return length >= 0 && length <= body.Length
            && body[length..].SequenceEqual(Encoding.UTF8.GetBytes(appId))
                ? body[..length].ToArray()
                : null;
    }
}
