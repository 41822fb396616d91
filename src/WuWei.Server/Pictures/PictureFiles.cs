using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Pictures;

/// <summary>A file that may be answered with.</summary>
/// <param name="KeptFor">As long as its link is still good.</param>
public sealed record PictureFile(Stream Jpeg, TimeSpan KeptFor) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Jpeg.DisposeAsync();
}

/// <summary>
/// What links lead to. Who may see a picture was decided when its link was given; what became of the picture since then, such
/// as a refusal, is looked up each time.
/// </summary>
public sealed class PictureFiles(Database database, PictureLinks links, IPictureStorage storage, TimeProvider clock)
{
    public async Task<PictureFile> OpenAsync(string name, string text, CancellationToken cancel)
    {
        var link = links.Read(name, text) ?? throw Refuse.Invalid("PICTURE_LINK", "图片的地址不对。");
        var left = link.EndsAt - clock.Now();
        if (left > TimeSpan.Zero
            && await database.ReadAsync(db => db.FindPictureAsync(name), cancel) is { } picture
            && (link.Confided || picture.State == ContentState.Passed)
            && await storage.OpenAsync(name, link.Size, cancel) is { } jpeg)
        {
            return new PictureFile(jpeg, left);
        }

        throw Picture.Unknown();
    }
}
