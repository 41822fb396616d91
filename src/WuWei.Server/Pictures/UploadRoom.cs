using System.Collections.Concurrent;
using WuWei.Errors;

namespace WuWei.Pictures;

/// <summary>
/// A file that arrives apart from its call's message. A door sets one as a feature of the request; it is read only when its
/// sender is known and may upload.
/// </summary>
public interface IUploadedFile
{
    /// <summary>The next bytes; none at the end.</summary>
    /// <exception cref="InvalidDataException">It is not the only one, or no file.</exception>
    /// <exception cref="IOException">It did not arrive whole, or too slowly.</exception>
    ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel);
}

/// <summary>
/// The memory that arriving files take, of all together and not of each: a slow sender holds no more than came, and nobody
/// holds the room of many.
/// </summary>
public sealed class UploadRoom
{
    private const long BytesMax = 192L * 1024 * 1024;
    private const int OfOneMax = 2;
    private const int FirstBytes = 64 * 1024;

    /// <summary>One more than there may be, which tells that there are more.</summary>
    private const int BytesOfOneMax = PictureHeader.BytesMax + 1;

    private readonly ConcurrentDictionary<Guid, int> _open = new();
    private long _bytes;

    /// <summary>Until it is disposed of, one more file of this person is here.</summary>
    public Place Enter(Guid personId)
    {
        var place = new Place(this, personId);
        if (_open.AddOrUpdate(personId, 1, (_, n) => n + 1) <= OfOneMax)
        {
            return place;
        }

        place.Dispose();
        throw Full();
    }

    public static RefusedException Full() => Refuse.Exhausted("UPLOADS_TOO_MANY", "现在上传图片的人太多，请稍后再试。");

    public sealed class Place(UploadRoom room, Guid personId) : IDisposable
    {
        private int _taken;

        /// <summary>The whole file, if it is not larger than one may be.</summary>
        public async Task<ReadOnlyMemory<byte>> ReadAsync(IUploadedFile file, CancellationToken cancel)
        {
            try
            {
                byte[] bytes = [];
                for (var length = 0; ;)
                {
                    if (length == bytes.Length)
                    {
                        Array.Resize(ref bytes, Take(Math.Min(Math.Max(FirstBytes, length), BytesOfOneMax - length)));
                    }

                    var read = await file.ReadAsync(bytes.AsMemory(length), cancel);
                    length += read;
                    if (length > PictureHeader.BytesMax)
                    {
                        throw TooLarge();
                    }

                    if (read == 0)
                    {
                        return bytes.AsMemory(0, length);
                    }
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                throw Malformed();
            }
        }

        public void Dispose()
        {
            Interlocked.Add(ref room._bytes, -_taken);
            if (room._open.AddOrUpdate(personId, 0, (_, n) => n - 1) == 0)
            {
                room._open.TryRemove(new(personId, 0));
            }
        }

        /// <returns>How many bytes it has now.</returns>
        private int Take(int more)
        {
            _taken += more;
            return Interlocked.Add(ref room._bytes, more) <= BytesMax ? _taken : throw Full();
        }
    }

    public static RefusedException TooLarge() => Refuse.Invalid("PICTURE_TOO_LARGE", "图片不能超过 10 MB。");

    private static RefusedException Malformed() =>
        Refuse.Invalid("UPLOAD_MALFORMED", "没有收到完整的图片，请再传一次。");
}
