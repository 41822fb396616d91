using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace WuWei.Privacy;

/// <summary>
/// Keys from a JSON file that only its owner can read, kept outside the database and its backups. A running server
/// follows changes of the file: what it seals is sealed with the key that was current at most two seconds ago, and a
/// key it does not know it looks for in the file.
/// </summary>
public sealed partial class KeyFile : IKeyModule
{
    private const int TagBits = 128;
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ILogger _log;
    private volatile Ring _ring;
    private long _readAt = Stopwatch.GetTimestamp();

    private KeyFile(string path, ILogger log)
    {
        _path = path;
        _log = log;
        _ring = new Ring(KeyFileContent.Read(path));
    }

    public byte CurrentKey
    {
        get
        {
            var readAt = Volatile.Read(ref _readAt);
            if (Stopwatch.GetElapsedTime(readAt) >= AgeMax
                && Interlocked.CompareExchange(ref _readAt, Stopwatch.GetTimestamp(), readAt) == readAt)
            {
                ReadAgain();
            }

            return _ring.Current;
        }
    }

    /// <exception cref="InvalidDataException">Open to others, damaged, or not complete.</exception>
    public static KeyFile Load(string path, ILogger<KeyFile>? log = null) =>
        new(path, log ?? NullLogger<KeyFile>.Instance);

    /// <summary>Writes a new file of random keys, whole or not at all; false if there is one already.</summary>
    public static bool Create(string path)
    {
        if (File.Exists(path))
        {
            return false;
        }

        KeyFileContent.Make().Write(path);
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
        mac.Init(_ring.Index);
        mac.BlockUpdate(text);
        var hash = new byte[mac.GetMacSize()];
        mac.DoFinal(hash);
        return hash;
    }

    private byte[] Run(
        bool forEncryption, byte key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, ReadOnlySpan<byte> associated)
    {
        var cipher = new GcmBlockCipher(new SM4Engine());
        cipher.Init(forEncryption, new AeadParameters(Find(key), TagBits, nonce.ToArray(), associated.ToArray()));
        var output = new byte[cipher.GetOutputSize(input.Length)];
        var written = cipher.ProcessBytes(input, output);
        cipher.DoFinal(output.AsSpan(written));
        return output;
    }

    private KeyParameter Find(byte key)
    {
        if (!_ring.Keys.ContainsKey(key))
        {
            // Another server may have noticed a new key first.
            ReadAgain();
        }

        return _ring.Keys.GetValueOrDefault(key)
            ?? throw new CryptographicException($"Key {key} is not in the key file.");
    }

    /// <summary>A file that cannot be used changes nothing: the keys that are known go on.</summary>
    private void ReadAgain()
    {
        try
        {
            var ring = new Ring(KeyFileContent.Read(_path));
            if (!CryptographicOperations.FixedTimeEquals(ring.Index.GetKey(), _ring.Index.GetKey()))
            {
                throw new InvalidDataException("It has another index key, under which nobody would be found any more.");
            }

            if (ring.Current != _ring.Current)
            {
                LogCurrent(ring.Current);
            }

            _ring = ring;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            LogUnusable(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Sealing with key {Key} from now on")]
    private partial void LogCurrent(byte key);

    [LoggerMessage(LogLevel.Error, "The key file cannot be used, going on with the keys known: {Problem}")]
    private partial void LogUnusable(string problem);

    private sealed class Ring(KeyFileContent content)
    {
        public byte Current { get; } = content.Current;
        public Dictionary<byte, KeyParameter> Keys { get; } =
            content.Keys.ToDictionary(k => k.Id, k => new KeyParameter(k.Key));
        public KeyParameter Index { get; } = new(content.IndexKey);
    }
}
