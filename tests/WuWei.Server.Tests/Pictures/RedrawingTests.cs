using System.Text;
using SkiaSharp;
using WuWei.Errors;
using WuWei.Pictures;
using WuWei.Tests.Harness.Nasty;

namespace WuWei.Tests.Pictures;

public sealed class RedrawingTests : IDisposable
{
    private static readonly string[] Refusals =
        ["PICTURE_FORMAT", "PICTURE_PIXELS", "PICTURE_DAMAGED"];

    private readonly PictureDesk _desk = new();

    public static TheoryData<string> Nasty => [.. NastyPictures.All.Select(p => p.Name)];

    [Fact]
    public void There_are_at_least_two_hundred_nasty_pictures_each_with_a_name_of_its_own()
    {
        Assert.True(NastyPictures.All.Count >= 200);
        Assert.Equal(NastyPictures.All.Count, NastyPictures.All.Select(p => p.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Nasty))]
    public async Task Of_a_nasty_picture_nothing_but_its_pixels_comes_out(string name)
    {
        var nasty = NastyPictures.All.Single(p => p.Name == name);

        var drawn = await TryDrawAsync(nasty);

        if (nasty.Drawn is { } expected)
        {
            Assert.Equal(expected, drawn is not null);
        }

        if (drawn is null)
        {
            return;
        }

        foreach (var (jpeg, edge) in new[]
        {
            (drawn.Large, Redrawing.LargeEdge), (drawn.Thumbnail, Redrawing.ThumbnailEdge),
        })
        {
            Assert.Equal("", BareJpeg.FaultOf(jpeg));
            var text = Encoding.Latin1.GetString(jpeg);
            Assert.All(NastyPictures.Forbidden, hidden => Assert.DoesNotContain(hidden, text, StringComparison.Ordinal));
            Assert.False(jpeg.AsSpan().SequenceEqual(nasty.File));
            using var codec = SKCodec.Create(new MemoryStream(jpeg));
            Assert.InRange(Math.Max(codec.Info.Width, codec.Info.Height), 1, edge);
            Assert.Equal(SKEncodedOrigin.TopLeft, codec.EncodedOrigin);
        }
    }

    [Theory]
    [InlineData(1, "RGBW")]
    [InlineData(2, "GRWB")]
    [InlineData(3, "WBGR")]
    [InlineData(4, "BWRG")]
    [InlineData(5, "RBGW")]
    [InlineData(6, "BRWG")]
    [InlineData(7, "WGBR")]
    [InlineData(8, "GWRB")]
    public async Task However_the_camera_was_held_the_picture_stands_upright(int orientation, string corners)
    {
        var held = NastyPictures.JpegOf(NastyPictures.Width, NastyPictures.Height).With(JpegBytes.Exif(orientation, ""));

        var drawn = await DrawAsync(held);

        foreach (var jpeg in new[] { drawn.Large, drawn.Thumbnail })
        {
            using var bitmap = SKBitmap.Decode(jpeg);
            var (right, bottom) = (bitmap.Width - 4, bitmap.Height - 4);
            Assert.Equal(corners, string.Concat(new[] { (4, 4), (right, 4), (4, bottom), (right, bottom) }
                .Select(at => Letter(bitmap.GetPixel(at.Item1, at.Item2)))));
            Assert.Equal(orientation > 4, bitmap.Height > bitmap.Width);
        }
    }

    [Fact]
    public async Task What_is_transparent_becomes_white()
    {
        using var clear = await BitmapAsync(PngBytes.Flat(8, 8, 8, PngBytes.Transparent));

        Assert.Equal(SKColors.White, clear.GetPixel(4, 4));
    }

    [Fact]
    public async Task A_large_picture_becomes_smaller_and_a_small_one_stays_as_it_is()
    {
        var large = await DrawAsync(NastyPictures.JpegOf(4_000, 3_000));
        var small = await DrawAsync(NastyPictures.JpegOf(100, 50));

        Assert.Equal((1_920, 1_440), (large.Width, large.Height));
        Assert.Equal((100, 50), (small.Width, small.Height));
        using var thumbnail = SKBitmap.Decode(large.Thumbnail);
        Assert.Equal((480, 360), (thumbnail.Width, thumbnail.Height));
    }

    public void Dispose() => _desk.Dispose();

    private async Task<SKBitmap> BitmapAsync(byte[] file) => SKBitmap.Decode((await DrawAsync(file)).Large);

    private Task<DrawnPicture> DrawAsync(byte[] file) =>
        _desk.DrawAsync(file, PictureHeader.Read(file), CancellationToken.None);

    private async Task<DrawnPicture?> TryDrawAsync(NastyPicture picture)
    {
        try
        {
            return await DrawAsync(picture.File);
        }
        catch (RefusedException refused) when (Refusals.Contains(refused.Reason))
        {
            return null;
        }
    }

    private static char Letter(SKColor colour) => (colour.Red > 127, colour.Green > 127, colour.Blue > 127) switch
    {
        (true, false, false) => 'R',
        (false, true, false) => 'G',
        (false, false, true) => 'B',
        (true, true, true) => 'W',
        _ => '?',
    };
}
