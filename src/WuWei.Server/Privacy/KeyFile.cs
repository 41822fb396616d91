using System.Security.Cryptography;
using System.Text.Json;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace WuWei.Privacy;

/// <summary>Keys from a JSON file that only its owner can read, kept outside the database and its backups.</summary>
public sealed class KeyFile : IKeyModule
{
    private const int KeyBytes = 16;
    private const int MacKeyBytes = 32;
    private const int TagBits = 128;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly Dictionary<byte, KeyParameter> _keys;
    private readonly KeyParameter _index;

    private KeyFile(Content content)
    {
        _keys = content.Keys.ToDictionary(k => k.Id, k => new KeyParameter(Exactly(k.Key, KeyBytes)));
        _index = new KeyParameter(Exactly(content.IndexKey, MacKeyBytes));
        CurrentKey = content.Current;
        if (!_keys.ContainsKey(CurrentKey))
        {
            throw new InvalidDataException("The key file's current key is not in it.");
        }
    }

    public byte CurrentKey { get; }

    public static KeyFile Load(string path)
    {
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            throw new InvalidDataException($"The key file {path} is open to others; chmod 600 it.");
        }

        using var stream = File.OpenRead(path);
        try
        {
            var content = JsonSerializer.Deserialize<Content>(stream, Strict);
            return content?.Keys is { } keys && !keys.Contains(null!) && keys.DistinctBy(k => k.Id).Count() == keys.Length
                ? new KeyFile(content)
                : throw new JsonException();
        }
        catch (JsonException)
        {
            // Not the exception itself: its message may quote the file.
            throw new InvalidDataException($"The key file {path} is damaged: restore it from its backup.");
        }
    }

    /// <summary>Writes a new file of random keys, whole or not at all; false if there is one already.</summary>
    public static bool Create(string path)
    {
        if (File.Exists(path))
        {
            return false;
        }

        var content = new Content(1, [new Sealing(1, RandomNumberGenerator.GetBytes(KeyBytes))],
            RandomNumberGenerator.GetBytes(MacKeyBytes));
        var part = $"{path}.{Guid.NewGuid():n}";
        using (var stream = new FileStream(part, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            JsonSerializer.Serialize(stream, content, JsonSerializerOptions.Web);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: false);
        return true;
    }

    public byte[] Encrypt(byte key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated) =>
        Run(forEncryption: true, key, nonce, plain, associated);

    public byte[] Decrypt(byte key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associated)
    {
        try
        {
            return Run(forEncryption: false, key, nonce, cipher, associated);
        }
        catch (InvalidCipherTextException)
        {
            throw new CryptographicException("A sealed value was changed, or moved from another place.");
        }
    }

    public byte[] Mac(ReadOnlySpan<byte> text)
    {
        var mac = new HMac(new SM3Digest());
        mac.Init(_index);
        mac.BlockUpdate(text);
        var hash = new byte[mac.GetMacSize()];
        mac.DoFinal(hash);
        return hash;
    }

    private byte[] Run(
        bool forEncryption, byte key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, ReadOnlySpan<byte> associated)
    {
        if (!_keys.TryGetValue(key, out var parameter))
        {
            throw new CryptographicException($"Key {key} is not in the key file.");
        }

        var cipher = new GcmBlockCipher(new SM4Engine());
        cipher.Init(forEncryption, new AeadParameters(parameter, TagBits, nonce.ToArray(), associated.ToArray()));
        var output = new byte[cipher.GetOutputSize(input.Length)];
        var written = cipher.ProcessBytes(input, output);
        cipher.DoFinal(output.AsSpan(written));
        return output;
    }

    private static byte[] Exactly(byte[] key, int bytes) =>
        key.Length == bytes ? key : throw new InvalidDataException($"A key in the key file is not {bytes} bytes long.");

    private sealed record Content(byte Current, Sealing[] Keys, byte[] IndexKey);

    private sealed record Sealing(byte Id, byte[] Key);
}
