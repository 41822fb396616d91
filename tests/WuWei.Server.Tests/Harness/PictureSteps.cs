using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using WuWei.ContentChecks;
using WuWei.Journal;
using WuWei.Tests.Harness.Nasty;
using WuWei.Time;

namespace WuWei.Tests.Harness;

/// <summary>Uploads pictures, and says what the check would say of them.</summary>
public static class PictureSteps
{
    private static readonly ByteString Jpeg = ByteString.CopyFrom(NastyPictures.JpegOf(64, 48));

    public static Wire.UploadPictureRequest Request => new() { Content = Jpeg };

    /// <returns>Its id.</returns>
    public static async Task<string> UploadAsync(this Actor author) =>
        (await author.Pictures.UploadPictureAsync(Request)).Picture.Id;

    /// <summary>A verdict on a picture, as if somebody had looked at it.</summary>
    public static async Task JudgeAsync(this TestServer server, string pictureId, ContentState state)
    {
        var owner = server.Services.GetServices<IContentOwner>().Single(o => o.Kind == ContentKind.Picture);
        var apply = await owner.ReadyAsync(CancellationToken.None);
        await server.Db.WriteAsync(async db =>
        {
            var (id, now) = (Guid.Parse(pictureId), server.Clock.Now());
            var entry = JournalEntry.BySystem(now, "clock", "CONTENT_DECIDE", "picture", id, null, new { state });
            await apply(db, new ContentVerdict(ContentKind.Picture, id, Guid.Empty, Guid.Empty, state, entry));
            db.Record(entry);
            return true;
        }, CancellationToken.None);
    }
}
