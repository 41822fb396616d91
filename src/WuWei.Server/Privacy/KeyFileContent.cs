using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using WuWei.Data;

namespace WuWei.Privacy;

/// <summary>What a key file says, as JSON. Replaced as a whole, and read only while nobody but its owner can.</summary>
internal sealed record KeyFileContent(byte Current, SealingKey[] Keys, byte[] IndexKey)
{
    private const int IndexKeyBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static KeyFileContent Make() => new(1, [SealingKey.Make(1)], RandomNumberGenerator.GetBytes(IndexKeyBytes));

    /// <exception cref="InvalidDataException">Open to others, damaged, or not complete.</exception>
    public static KeyFileContent Read(string path)
    {
        // No lock, so that it can be replaced at any time; what was opened stays whole.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if ((File.GetUnixFileMode(stream.SafeFileHandle) & ~OwnerOnly) != 0)
        {
            throw new InvalidDataException($"The key file {path} is open to others; chmod 600 it.");
        }

        try
        {
            var content = JsonSerializer.Deserialize<KeyFileContent>(stream, Strict);
            return content?.Keys is { } keys && !keys.Contains(null!)
                && keys.DistinctBy(k => k.Id).Count() == keys.Length
                ? content.Checked()
                : throw new JsonException();
        }
        catch (JsonException)
        {
            // Not the exception itself: its message may quote the file.
            throw new InvalidDataException($"The key file {path} is damaged: restore it from its backup.");
        }
    }

    /// <summary>Writes a new file.</summary>
    /// <exception cref="IOException">There is one.</exception>
    public void Write(string path) => DurableFile.Write(path, Json(), OwnerOnly, overwrite: false);

    /// <summary>Replaces the file; it stays with its owner, whoever runs this.</summary>
    public void Replace(string path) =>
        DurableFile.Write(path, Json(), OwnerOnly, overwrite: true, part => GiveTo(path, part));

    /// <summary>
    /// The superuser's new file would be nobody else's to read, and servers that run as somebody else could not follow.
    /// </summary>
    private static void GiveTo(string path, string part)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        using var chown = Process.Start("chown", [$"--reference={path}", "--", part]);
        chown.WaitForExit();
        if (chown.ExitCode != 0)
        {
            throw new IOException($"The new key file could not be given to the owner of {path}.");
        }
    }

    private byte[] Json() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    private KeyFileContent Checked() =>
        Keys.Any(k => k.Key.Length != SealingKey.Bytes)
            ? throw new InvalidDataException($"A key in the key file is not {SealingKey.Bytes} bytes long.")
        : IndexKey.Length != IndexKeyBytes
            ? throw new InvalidDataException($"The index key in the key file is not {IndexKeyBytes} bytes long.")
        : Keys.All(k => k.Id != Current)
            ? throw new InvalidDataException("The key file's current key is not in it.")
        : this;
}

/// <summary>An SM4 key and the number that values sealed with it carry.</summary>
internal sealed record SealingKey(byte Id, byte[] Key)
{
    public const int Bytes = 16;

    public static SealingKey Make(byte id) => new(id, RandomNumberGenerator.GetBytes(Bytes));
}
