using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WuWei.Privacy;

/// <summary>
/// Seals personal data column by column. A sealed value is version, key id, algorithm, 12-byte nonce, cipher text and
/// tag, and opens only in the column and row it was sealed for. Found by <see cref="Index"/>, not by content.
/// </summary>
public sealed class PersonalData(IKeyModule keys)
{
    private const byte Version = 1;
    private const byte Sm4Gcm = 1;
    private const int HeaderBytes = 3;
    private const int NonceBytes = 12;

    public byte[] Seal(string column, Guid row, string text) => Seal(column, row.ToString(), Encoding.UTF8.GetBytes(text));

    public byte[] Seal(string column, string row, ReadOnlySpan<byte> plain)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var key = keys.CurrentKey;
        return [Version, key, Sm4Gcm, .. nonce, .. keys.Encrypt(key, nonce, plain, Place(column, row))];
    }

    public string Open(string column, Guid row, byte[] value) =>
        Encoding.UTF8.GetString(Open(column, row.ToString(), value));

    /// <exception cref="CryptographicException">Changed, moved from another place, or sealed by a lost key.</exception>
    public byte[] Open(string column, string row, ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderBytes + NonceBytes || value[0] != Version || value[2] != Sm4Gcm)
        {
            throw new CryptographicException("Not a sealed value.");
        }

        return keys.Decrypt(
            value[1], value.Slice(HeaderBytes, NonceBytes), value[(HeaderBytes + NonceBytes)..], Place(column, row));
    }

    /// <summary>The blind index of a value: equal for equal values, and nothing else can be read from it.</summary>
    public byte[] Index(string purpose, string text) => Mac(purpose, Encoding.UTF8.GetBytes(text));

    /// <summary>A keyed hash of free text, for records that must outlive the text.</summary>
    public string Hash(string text) => Convert.ToHexStringLower(Index("text", text));

    /// <summary>HMAC-SM3 of <paramref name="purpose"/> and the bytes, each with its length, so that none run together.</summary>
    public byte[] Mac(string purpose, ReadOnlySpan<byte> bytes)
    {
        var name = Encoding.UTF8.GetBytes(purpose);
        var text = new byte[sizeof(int) + name.Length + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(text, name.Length);
        name.CopyTo(text, sizeof(int));
        bytes.CopyTo(text.AsSpan(sizeof(int) + name.Length));
        return keys.Mac(text);
    }

    private static byte[] Place(string column, string row) => Encoding.UTF8.GetBytes($"{column}|{row}");
}
