using WuWei.Errors;

namespace WuWei.Pictures;

/// <summary>
/// Where pictures are drawn: two at a time, of which one is large, so that memory is bounded whatever is uploaded. A decoder
/// cannot be stopped: whoever waited too long is refused, and its place is free when it is done.
/// </summary>
public sealed class PictureDesk : IDisposable
{
    private const int PlacesMax = 2;

    /// <summary>What cameras of phones make.</summary>
    private const int SmallPixelsMax = 13_000_000;

    private static readonly TimeSpan PlaceWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrawnWithin = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _places = new(PlacesMax);
    private readonly SemaphoreSlim _large = new(1);

    public async Task<DrawnPicture> DrawAsync(ReadOnlyMemory<byte> file, PictureHeader header, CancellationToken cancel)
    {
        // The large ones wait for each other first, so that they never hold the places of all others meanwhile.
        SemaphoreSlim[] needed = header.Pixels > SmallPixelsMax ? [_large, _places] : [_places];
        await EnterAsync(needed, cancel);
        var drawing = Task.Run(() => Redrawing.Redraw(file, header), CancellationToken.None);
        _ = drawing.ContinueWith(
            _ => Leave(needed), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await drawing.WaitAsync(DrawnWithin, cancel);
        }
        catch (TimeoutException)
        {
            throw PictureHeader.Damaged();
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        _large.Dispose();
    }

    private static async Task EnterAsync(SemaphoreSlim[] needed, CancellationToken cancel)
    {
        var entered = 0;
        try
        {
            foreach (var place in needed)
            {
                if (!await place.WaitAsync(PlaceWithin, cancel))
                {
                    throw UploadRoom.Full();
                }

                entered++;
            }
        }
        catch
        {
            Leave(needed.AsSpan(0, entered));
            throw;
        }
    }

    private static void Leave(ReadOnlySpan<SemaphoreSlim> held)
    {
        foreach (var place in held)
        {
            place.Release();
        }
    }
}
