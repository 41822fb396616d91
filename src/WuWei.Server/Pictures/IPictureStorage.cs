namespace WuWei.Pictures;

/// <summary>Numbered as in links.</summary>
public enum PictureSize : byte
{
    Large = 1,
    Thumbnail,
}

/// <summary>
/// Where the files of pictures are. What was written is there whole, and stays, once the call has ended. Names are
/// <see cref="Picture.NewName"/>'s.
/// </summary>
public interface IPictureStorage
{
    Task WriteAsync(string name, PictureSize size, ReadOnlyMemory<byte> jpeg, CancellationToken cancel);

    /// <returns>Null when there is none.</returns>
    Task<Stream?> OpenAsync(string name, PictureSize size, CancellationToken cancel);

    /// <summary>Whether all sizes are there.</summary>
    Task<bool> HasAsync(string name, CancellationToken cancel);

    /// <summary>All sizes, as far as there are any.</summary>
    Task DeleteAsync(string name, CancellationToken cancel);

    /// <summary>What is stored, in the order of the names.</summary>
    /// <param name="after">The last name of the page before; empty for the first.</param>
    Task<List<StoredPicture>> ListAsync(string after, int countMax, CancellationToken cancel);
}

/// <param name="At">When it was written.</param>
public sealed record StoredPicture(string Name, DateTime At);
