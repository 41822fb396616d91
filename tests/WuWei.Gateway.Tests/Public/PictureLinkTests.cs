using System.Net;
using System.Text;
using WuWei.ContentChecks;
using WuWei.Tests.Harness;
using WuWei.Tests.Harness.Nasty;

namespace WuWei.Gateway.Tests.Public;

/// <summary>Links: good for one picture, one size and some minutes, and for nothing else.</summary>
public sealed class PictureLinkTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _http = new HttpClient { BaseAddress = new Uri(_server.PublicAddress) };
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task A_link_gives_the_picture_with_headers_that_leave_nothing_to_guess()
    {
        var picture = await PictureAsync();

        using var response = await _http.GetAsync(picture.LargeUrl);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/jpeg", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("", BareJpeg.FaultOf(await response.Content.ReadAsByteArrayAsync()));
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(',', h.Value));
        Assert.Equal("nosniff", headers["x-content-type-options"]);
        Assert.Equal("no-referrer", headers["referrer-policy"]);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'; sandbox", headers["content-security-policy"]);
        Assert.Equal("inline; filename=\"picture.jpg\"", headers["content-disposition"]);
        var cache = response.Headers.CacheControl!;
        Assert.True(cache.Private);
        Assert.Equal(picture.UrlsEndAt.ToDateTime() - _server.Clock.Now, cache.MaxAge);
        Assert.InRange(cache.MaxAge!.Value, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Pictures_have_a_limit_of_their_own_and_use_up_nobodys_calls()
    {
        await using var server = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: ["Rates:AddressPerMinute=50", "Rates:PicturesPerMinute=60"]);
        var picture = await PictureAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 61; i++)
        {
            statuses.Add(await StatusAsync(picture.ThumbnailUrl));
        }

        Assert.All(statuses[..60], status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[60]);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/v1/me"));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var response = await http.GetAsync(path);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_link_ends()
    {
        var author = await _world.ResidentAsync();
        var picture = await PictureAsync(author);

        _server.Clock.Advance(picture.UrlsEndAt.ToDateTime() - _server.Clock.Now - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(picture.LargeUrl));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(picture.LargeUrl));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(
            (await author.Pictures.GetPictureAsync(new() { PictureId = picture.Id })).Picture.LargeUrl));
    }

    [Fact]
    public async Task A_link_is_good_for_its_picture_and_size_only()
    {
        var (one, other) = (await PictureAsync(), await PictureAsync());
        var (path, link) = Parts(one.LargeUrl);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"{path}?link={link}"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"{Parts(other.LargeUrl).Path}?link={link}"));
        Assert.NotEqual(
            await _http.GetByteArrayAsync(one.LargeUrl), await _http.GetByteArrayAsync(one.ThumbnailUrl));
        for (var i = 0; i < link.Length; i++)
        {
            var altered = link.ToCharArray();
            altered[i] = altered[i] == 'A' ? 'B' : 'A';
            // The last letter has bits that mean nothing.
            var status = await StatusAsync($"{path}?link={new string(altered)}");
            Assert.True(status == HttpStatusCode.BadRequest || i == link.Length - 1, $"{i}: {status}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?link=")]
    [InlineData("?link=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?link=%00")]
    [InlineData("?link=../../etc/passwd")]
    [InlineData("?link=a&link=b")]
    [InlineData("?LINK=x")]
    public async Task Without_a_link_there_is_nothing_to_see(string query)
    {
        var (path, _) = Parts((await PictureAsync()).LargeUrl);

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"{path}{query}"));
    }

    [Theory]
    [InlineData("/pictures/", 404)]
    [InlineData("/pictures", 404)]
    [InlineData("/pictures/..%2f..%2f..%2fetc%2fpasswd", 400)]
    [InlineData("/pictures/%2e%2e/keys.json", 404)]
    [InlineData("/pictures/..%5c..%5ckeys.json", 400)]
    [InlineData("/pictures/%2fetc%2fpasswd", 400)]
    [InlineData("/pictures/aa%00", 400)]
    [InlineData("/pictures/a/b", 404)]
    [InlineData("/pictures/0000000000000000000000000000000000000000", 400)]
    [InlineData("/pictures/0000000000000000000000000000000000000000.1.jpg", 400)]
    [InlineData("/pictures/%c0%ae%c0%ae/x", 404)]
    public async Task Paths_lead_nowhere_else(string path, int status)
    {
        var (_, link) = Parts((await PictureAsync()).LargeUrl);
        var answer = await RawConnection.AskAsync(_server.PublicAddress, Encoding.ASCII.GetBytes(
            $"GET {path}?link={link} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_of_others_ends_with_a_refusal_and_the_authors_does_not()
    {
        var (author, other, staff) = (
            await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var request = _world.Request();
        request.PictureIds.Add(await author.UploadAsync());
        var wish = await author.OpenAsync(request, staff);
        await _server.JudgeAsync(request.PictureIds[0], ContentState.Passed);
        var seen = (await other.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Pictures.Single();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(seen.LargeUrl));

        await _server.JudgeAsync(request.PictureIds[0], ContentState.Refused);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(seen.LargeUrl));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(
            (await author.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Pictures.Single().LargeUrl));
    }

    [Fact]
    public async Task Links_are_the_same_for_some_minutes_so_that_lists_and_pictures_can_be_kept()
    {
        var author = await _world.ResidentAsync();
        var picture = await PictureAsync(author);

        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(picture.LargeUrl, await UrlAsync());
        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.NotEqual(picture.LargeUrl, await UrlAsync());

        async Task<string> UrlAsync() =>
            (await author.Pictures.GetPictureAsync(new() { PictureId = picture.Id })).Picture.LargeUrl;
    }

    [Fact]
    public async Task At_the_other_door_there_are_no_pictures()
    {
        using var http = new HttpClient
        {
            BaseAddress = new Uri(_server.Address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, (await PictureAsync()).LargeUrl)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([]) { Headers = { { "Content-Type", "application/grpc" } } },
        };
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private async Task<Wire.Picture> PictureAsync(Actor? author = null)
    {
        author ??= await _world.ResidentAsync();
        using var uploads = new Uploading(_server);
        var answer = await uploads.SendAsync(author, NastyPictures.JpegOf(900, 600));
        var id = (string)answer["data"]!["picture"]!["id"]!;
        return (await author.Pictures.GetPictureAsync(new() { PictureId = id })).Picture;
    }

    private async Task<HttpStatusCode> StatusAsync(string url)
    {
        using var response = await _http.GetAsync(url);
        return response.StatusCode;
    }

    private static (string Path, string Link) Parts(string url) =>
        (url[..url.IndexOf('?', StringComparison.Ordinal)], url[(url.IndexOf('=', StringComparison.Ordinal) + 1)..]);
}
