using System.Globalization;
using WuWei.Data;

namespace WuWei.Pictures;

/// <summary>
/// Pictures in a folder of this machine, or of one that all copies of the server share, in 256 folders by the first letters of
/// their names.
/// </summary>
public sealed class LocalPictures(string folder, TimeProvider clock) : IPictureStorage
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = Mode | UnixFileMode.UserExecute;
    private const int ShardLetters = 2;

    private static readonly PictureSize[] Sizes = Enum.GetValues<PictureSize>();

    public Task WriteAsync(string name, PictureSize size, ReadOnlyMemory<byte> jpeg, CancellationToken cancel)
    {
        var path = PathOf(name, size);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, FolderMode);
        DurableFile.Write(
            path, jpeg.Span, Mode, overwrite: false, part => File.SetLastWriteTimeUtc(part, clock.GetUtcNow().UtcDateTime));
        return Task.CompletedTask;
    }

    public Task<Stream?> OpenAsync(string name, PictureSize size, CancellationToken cancel)
    {
        var path = PathOf(name, size);
        return Task.FromResult<Stream?>(File.Exists(path) ? File.OpenRead(path) : null);
    }

    public Task<bool> HasAsync(string name, CancellationToken cancel) =>
        Task.FromResult(Sizes.All(size => File.Exists(PathOf(name, size))));

    public Task DeleteAsync(string name, CancellationToken cancel)
    {
        var shard = Path.GetDirectoryName(PathOf(name, PictureSize.Large))!;
        if (Directory.Exists(shard))
        {
            // With what a crash left of writing it.
            foreach (var file in Directory.EnumerateFiles(shard, $"{name}.*"))
            {
                File.Delete(file);
            }
        }

        return Task.CompletedTask;
    }

    public Task<List<StoredPicture>> ListAsync(string after, int countMax, CancellationToken cancel)
    {
        var first = after.Length == 0 ? 0
            : int.Parse(after.AsSpan(0, ShardLetters), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return Task.FromResult(Enumerable.Range(first, 256 - first)
            .SelectMany(shard => InShard($"{shard:x2}"))
            .Where(picture => string.CompareOrdinal(picture.Name, after) > 0)
            .Take(countMax).ToList());
    }

    private List<StoredPicture> InShard(string shard)
    {
        var files = new DirectoryInfo(Path.Join(folder, shard));
        return !files.Exists ? [] :
        [
            .. files.EnumerateFiles().Select(f => (Name: f.Name.Split('.')[0], f.LastWriteTimeUtc))
                .Where(f => Picture.IsName(f.Name)).GroupBy(f => f.Name)
                .Select(g => new StoredPicture(g.Key, g.Max(f => f.LastWriteTimeUtc)))
                .OrderBy(p => p.Name, StringComparer.Ordinal),
        ];
    }

    private string PathOf(string name, PictureSize size) => Picture.IsName(name)
        ? Path.Join(folder, name[..ShardLetters], $"{name}.{(int)size}.jpg")
        : throw new ArgumentException("Not a name of ours.", nameof(name));
}
