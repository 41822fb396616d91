namespace WuWei.Privacy;

/// <summary>
/// What holds the keys and uses them, so that a hardware module can take over from the key file. It never gives a
/// key away.
/// </summary>
public interface IKeyModule
{
    /// <summary>The key that new texts are sealed with, another one at any time; older ones keep opening.</summary>
    byte CurrentKey { get; }

    /// <summary>SM4-GCM: the cipher text followed by its 16-byte tag.</summary>
    byte[] Encrypt(byte key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated);

    /// <exception cref="System.Security.Cryptography.CryptographicException">Not sealed by this key for this place.
    /// </exception>
    byte[] Decrypt(byte key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associated);

    /// <summary>HMAC-SM3 under the index key, 32 bytes.</summary>
    byte[] Mac(ReadOnlySpan<byte> text);
}
