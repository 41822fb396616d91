using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Pictures;
using WuWei.Tests.Harness;
using WuWei.Tests.Harness.Nasty;

namespace WuWei.Tests.Pictures;

/// <summary>Uploading, asking for and discarding; fetching is tested at the public door.</summary>
public sealed class PictureTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task An_upload_is_the_authors_alone_until_it_is_attached()
    {
        var (author, other) = (await shared.World.ResidentAsync(), await shared.World.ResidentAsync());

        var uploaded = (await author.Pictures.UploadPictureAsync(PictureSteps.Request)).Picture;

        Assert.Equal((64, 48, Wire.ContentState.Waiting), (uploaded.Width, uploaded.Height, uploaded.State));
        Assert.Equal(uploaded, (await author.Pictures.GetPictureAsync(new() { PictureId = uploaded.Id })).Picture);
        Assert.Equal("PICTURE_UNKNOWN", await Refusals.ReasonAsync(
            other.Pictures.GetPictureAsync(new() { PictureId = uploaded.Id })));
        Assert.Equal("PICTURE_UNKNOWN", await Refusals.ReasonAsync(
            other.Pictures.DiscardPictureAsync(new() { PictureId = uploaded.Id })));
    }

    [Fact]
    public async Task The_same_upload_sent_again_is_the_same_picture()
    {
        var author = (await shared.World.ResidentAsync()).WithKey($"{Guid.NewGuid()}");

        var first = (await author.Pictures.UploadPictureAsync(PictureSteps.Request)).Picture;
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            (await author.Pictures.UploadPictureAsync(PictureSteps.Request).ResponseAsync.OrBusyAsync())?.Picture));

        Assert.All(again.OfType<Wire.Picture>(), picture => Assert.Equal(first, picture));
        Assert.Equal(1, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM picture WHERE author_id = @id", ("id", author.PersonId)));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", await Refusals.ReasonAsync(author.Pictures.UploadPictureAsync(
            new() { Content = ByteString.CopyFrom(NastyPictures.JpegOf(30, 30)) })));
    }

    [Fact]
    public async Task A_discarded_picture_leaves_no_file()
    {
        var author = await shared.World.ResidentAsync();
        var id = await author.UploadAsync();
        var name = await NameAsync(id);
        Assert.True(await Storage.HasAsync(name, CancellationToken.None));

        await author.Pictures.DiscardPictureAsync(new() { PictureId = id });

        Assert.False(await Storage.HasAsync(name, CancellationToken.None));
        Assert.Equal("PICTURE_UNKNOWN", await Refusals.ReasonAsync(author.Pictures.GetPictureAsync(new() { PictureId = id })));
    }

    [Fact]
    public async Task What_is_attached_cannot_be_discarded_nor_attached_again()
    {
        var maker = await shared.World.ResidentAsync();
        var id = await maker.UploadAsync();
        var request = shared.World.Request();
        request.PictureIds.Add(id);
        await maker.MakeAsync(request);

        Assert.Equal("PICTURE_ATTACHED", await Refusals.ReasonAsync(
            maker.Pictures.DiscardPictureAsync(new() { PictureId = id })));
        Assert.Equal("PICTURE_ATTACHED", await Refusals.ReasonAsync(maker.Wishes.MakeWishAsync(request)));
    }

    [Fact]
    public async Task Only_a_few_different_pictures_of_ones_own_can_be_attached()
    {
        var (maker, other) = (await shared.World.ResidentAsync(), await shared.World.ResidentAsync());
        var (own, others) = (await maker.UploadAsync(), await other.UploadAsync());

        Assert.Equal("PICTURES_INVALID", await WithAsync([.. Enumerable.Range(0, 10).Select(_ => $"{Guid.NewGuid()}")]));
        Assert.Equal("PICTURES_INVALID", await WithAsync([own, own]));
        Assert.Equal("ID_FORMAT", await WithAsync(["../../etc/passwd"]));
        Assert.Equal("PICTURE_UNKNOWN", await WithAsync([own, others]));
        Assert.Equal("PICTURE_UNKNOWN", await WithAsync([$"{Guid.NewGuid()}"]));
        Assert.Equal(
            Wire.ContentState.Waiting, (await maker.Pictures.GetPictureAsync(new() { PictureId = own })).Picture.State);

        Task<string> WithAsync(string[] ids)
        {
            var request = shared.World.Request();
            request.PictureIds.Add(ids);
            return Refusals.ReasonAsync(maker.Wishes.MakeWishAsync(request));
        }
    }

    [Fact]
    public async Task One_picture_of_two_wishes_at_once_is_of_one()
    {
        var maker = await shared.World.ResidentAsync();
        var request = shared.World.Request();
        request.PictureIds.Add(await maker.UploadAsync());

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                return await maker.MakeAsync(request);
            }
            catch (RpcException refused) when (refused.Reason() == "PICTURE_ATTACHED")
            {
                return null;
            }
        }));

        Assert.Single(made.OfType<string>());
    }

    [Fact]
    public async Task Sixty_a_day_are_enough_also_of_those_that_cannot_be_read()
    {
        var author = await shared.World.ResidentAsync();
        var broken = new Wire.UploadPictureRequest { Content = ByteString.CopyFrom(NastyPictures.JpegOf(64, 48)[..^300]) };
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal("PICTURE_DAMAGED", await Refusals.ReasonAsync(author.Pictures.UploadPictureAsync(broken)));
        }

        Assert.Equal(
            "PICTURES_TOO_MANY", await Refusals.ReasonAsync(author.Pictures.UploadPictureAsync(PictureSteps.Request)));
    }

    [Fact]
    public async Task The_journal_tells_of_pictures_without_what_is_on_them()
    {
        var maker = await shared.World.ResidentAsync();
        var (kept, discarded) = (await maker.UploadAsync(), await maker.UploadAsync());
        await maker.Pictures.DiscardPictureAsync(new() { PictureId = discarded });
        var request = shared.World.Request();
        request.PictureIds.Add(kept);
        await maker.MakeAsync(request);

        Assert.Equal("PICTURE_UPLOAD,PICTURE_ATTACH", await KindsAsync(kept));
        Assert.Equal("PICTURE_UPLOAD,PICTURE_DISCARD", await KindsAsync(discarded));
        Assert.Equal(0, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM journal_entry e JOIN picture p ON INSTR(e.detail, p.name) > 0"));

        async Task<string?> KindsAsync(string id) => await _server.Database.ScalarAsync<string>(
            "SELECT GROUP_CONCAT(kind ORDER BY kind DESC) FROM journal_entry WHERE subject_id = @id",
            ("id", Guid.Parse(id)));
    }

    private IPictureStorage Storage => _server.Services.GetRequiredService<IPictureStorage>();

    private async Task<string> NameAsync(string id) => (await _server.Database.ScalarAsync<string>(
        "SELECT name FROM picture WHERE id = @id", ("id", Guid.Parse(id))))!;
}

public static class BusyUploads
{
    /// <summary>Null when two were on their way already.</summary>
    public static async Task<T?> OrBusyAsync<T>(this Task<T> upload)
        where T : class
    {
        try
        {
            return await upload;
        }
        catch (RpcException refused) when (refused.Reason() == "UPLOADS_TOO_MANY")
        {
            return null;
        }
    }
}
