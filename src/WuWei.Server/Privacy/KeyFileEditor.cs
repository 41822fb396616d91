namespace WuWei.Privacy;

/// <summary>
/// Changes the key file; one at a time, until disposed. A kill at any moment leaves the file as before or after a change.
/// </summary>
public sealed class KeyFileEditor : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;
    private KeyFileContent _content;

    /// <exception cref="IOException">Somebody else is changing it.</exception>
    public KeyFileEditor(string path)
    {
        _path = path;
        // Beside the key file, which is another file after each change. It stays; the lock ends with this process.
        // Only read, so that it does not matter who made it.
        _lock = new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.Read, FileShare.None);
        try
        {
            _content = KeyFileContent.Read(path);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public byte CurrentKey => _content.Current;

    /// <summary>Made by <see cref="Add"/> and not in use yet.</summary>
    public byte? NextKey => _content.Keys.Where(k => k.Id > CurrentKey).Max(k => (byte?)k.Id);

    /// <summary>Those that only open what they sealed before.</summary>
    public IReadOnlyList<byte> OldKeys => [.. _content.Keys.Select(k => k.Id).Where(id => id < CurrentKey).Order()];

    /// <summary>Makes a key that nothing is sealed with yet, so that every server can be given it first.</summary>
    public byte Add()
    {
        // Never the number of a retired key: a value in an old backup must not seem to belong to this one.
        var last = _content.Keys.Max(k => k.Id);
        if (last == byte.MaxValue)
        {
            throw new InvalidOperationException($"All {byte.MaxValue} numbers of keys are used up.");
        }

        var key = SealingKey.Make((byte)(last + 1));
        Replace(_content with { Keys = [.. _content.Keys, key] });
        return key.Id;
    }

    /// <summary>From now on it seals.</summary>
    public void Use(byte key) => Replace(_content with { Current = key });

    /// <summary>Forgets the old keys for good: what they sealed opens no more.</summary>
    public void Retire() => Replace(_content with { Keys = [.. _content.Keys.Where(k => k.Id >= CurrentKey)] });

    public void Dispose() => _lock.Dispose();

    private void Replace(KeyFileContent content)
    {
        content.Replace(_path);
        _content = content;
    }
}
