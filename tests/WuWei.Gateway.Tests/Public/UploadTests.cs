using System.Text;
using System.Text.Json.Nodes;
using WuWei.Tests.Harness;
using WuWei.Tests.Harness.Nasty;

namespace WuWei.Gateway.Tests.Public;

public sealed class UploadTests(SharedServer shared) : IDisposable
{
    private const string Form = "multipart/form-data; boundary=----boundary";
    private static readonly byte[] Jpeg = NastyPictures.JpegOf(64, 48);
    private readonly Uploading _uploads = new(shared.Server);

    [Fact]
    public async Task An_upload_answers_in_the_envelope_of_any_call()
    {
        var author = await shared.World.ResidentAsync();

        var answer = await _uploads.SendAsync(author, Jpeg);

        Assert.Equal((0, 200, ""), ((int)answer["errcode"]!, (int)answer["status"]!, (string?)answer["errmsg"]));
        Assert.NotEmpty((string)answer["request_id"]!);
        var picture = answer["data"]!["picture"]!;
        Assert.Equal(
            ("CONTENT_STATE_WAITING", 64, 48), ((string?)picture["state"], (int)picture["width"]!, (int)picture["height"]!));
        var id = (string)picture["id"]!;
        Assert.Equal(id, (await author.Pictures.GetPictureAsync(new() { PictureId = id })).Picture.Id);
    }

    [Fact]
    public async Task The_same_upload_sent_again_is_answered_with_the_same_picture()
    {
        var (author, key) = (await shared.World.ResidentAsync(), $"{Guid.NewGuid()}");
        var first = await _uploads.SendAsync(author, Jpeg, key);

        // Named otherwise, and by the other way in: it is the file that counts.
        var again = await _uploads.SendAsync(author, Jpeg, key, "other.png", "image/png");
        var called = await author.WithKey(key).Pictures.UploadPictureAsync(
            new() { Content = Google.Protobuf.ByteString.CopyFrom(Jpeg) });

        Assert.Equal(Id(first), Id(again));
        Assert.Equal(Id(first), called.Picture.Id);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", Reason(await _uploads.SendAsync(author, NastyPictures.JpegOf(30, 30), key)));
    }

    [Fact]
    public async Task Rights_are_those_of_the_call()
    {
        Assert.Equal("SIGN_IN_REQUIRED", Reason(await _uploads.SendAsync(shared.World.Nobody, Jpeg)));
        Assert.Equal(
            "IDEMPOTENCY_KEY_REQUIRED", Reason(await _uploads.SendAsync(await shared.World.ResidentAsync(), Jpeg, "short")));
    }

    [Fact]
    public async Task Nothing_of_a_body_is_read_before_its_sender_is_known()
    {
        await using var connection = await RawConnection.OpenAsync(shared.Server.PublicAddress);

        await connection.TrySendAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Form}\r\nContent-Length: 9000000\r\n"
            + "Idempotency-Key: 12345678\r\n\r\n"));

        Assert.Contains("SIGN_IN_REQUIRED", await connection.ReadSomeAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("..\\\\..\\\\shell.php")]
    [InlineData("/etc/cron.d/x")]
    [InlineData("photo.jpg%00.php")]
    [InlineData("shell.php")]
    public async Task What_a_file_is_called_does_not_matter(string name)
    {
        var author = await shared.World.ResidentAsync();

        Assert.Equal(0, (int)(await _uploads.SendAsync(author, Jpeg, name: name, type: "text/html"))["errcode"]!);
        Assert.All(
            Directory.GetFiles(shared.Server.Database.Pictures, "*", SearchOption.AllDirectories),
            file => Assert.Matches("/[0-9a-f]{2}/[0-9a-f]{40}\\.[12]\\.jpg$", file));
    }

    public static TheoryData<string, string, byte[]> Tricks
    {
        get
        {
            (byte[], string, string) file = (Jpeg, Uploading.Disposition("a.jpg"), "image/jpeg");
            (byte[], string, string) plain = ("x"u8.ToArray(), "form-data; name=\"x\"", "text/plain");
            var good = Uploading.Form(file);
            return new()
            {
                { "two files", Form, Uploading.Form(file, file) },
                { "a hundred files", Form, Uploading.Form([.. Enumerable.Repeat(file, 100)]) },
                { "a field before the file", Form, Uploading.Form(plain, file) },
                { "a field after the file", Form, Uploading.Form(file, plain) },
                { "only a field", Form, Uploading.Form(plain) },
                { "a file without a name", Form, Uploading.Form((Jpeg, Uploading.Disposition(""), "image/jpeg")) },
                { "nothing", Form, [] },
                { "an end and nothing else", Form, "------boundary--\r\n"u8.ToArray() },
                { "no boundary", "multipart/form-data", good },
                { "an empty boundary", "multipart/form-data; boundary=", good },
                { "another boundary", "multipart/form-data; boundary=other", good },
                { "a long boundary", $"multipart/form-data; boundary={new string('b', 5_000)}", good },
                { "two boundaries", "multipart/form-data; boundary=other; boundary=----boundary", good },
                { "no end", Form, good[..^20] },
                {
                    "a part of many headers", Form,
                    Headers(string.Concat(Enumerable.Range(0, 100).Select(i => $"X{i}: a\r\n")))
                },
                { "a part of a huge header", Form, Headers($"X: {new string('a', 100_000)}\r\n") },
                {
                    "a part without headers", Form,
                    [.. "------boundary\r\n\r\n"u8, .. Jpeg, .. "\r\n------boundary--\r\n"u8]
                },
                {
                    "a form in a form", Form,
                    Uploading.Form((good, "form-data; name=\"x\"", "multipart/mixed; boundary=----boundary"))
                },
                { "a mail", "multipart/mixed; boundary=----boundary", good },
                { "a form of fields", "application/x-www-form-urlencoded", "file=x"u8.ToArray() },
                { "JSON", "application/json", "{\"content\":\"\"}"u8.ToArray() },
                { "gRPC", "application/grpc", good },
                { "only a picture", "image/jpeg", Jpeg },
                { "no type", "", good },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task What_is_not_a_form_with_one_file_is_refused(string what, string contentType, byte[] body)
    {
        var author = await shared.World.ResidentAsync();

        var answer = await _uploads.SendAsync(author, contentType, body);

        Assert.Equal((what, "UPLOAD_MALFORMED", 400), (what, Reason(answer), (int)answer["status"]!));
        Assert.Equal(0, await shared.Server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM picture WHERE author_id = @id", ("id", author.PersonId)));
    }

    [Fact]
    public async Task A_form_in_a_form_as_a_file_is_no_picture()
    {
        var author = await shared.World.ResidentAsync();
        var inner = Uploading.Form((Jpeg, Uploading.Disposition("a.jpg"), "image/jpeg"));

        Assert.Equal("PICTURE_FORMAT", Reason(await _uploads.SendAsync(author, inner[2..])));
    }

    [Fact]
    public async Task Ten_megabytes_are_enough()
    {
        var author = await shared.World.ResidentAsync();
        byte[] most = [.. Jpeg, .. new byte[(10 * 1024 * 1024) - Jpeg.Length]];

        Assert.Equal(0, (int)(await _uploads.SendAsync(author, most))["errcode"]!);
        Assert.Equal("PICTURE_TOO_LARGE", Reason(await _uploads.SendAsync(author, [.. most, 0])));

        // What says that it is more is not even begun.
        await using var connection = await RawConnection.OpenAsync(shared.Server.PublicAddress);
        await connection.TrySendAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Form}\r\nContent-Length: 11000000\r\n\r\n"));
        Assert.Contains("MESSAGE_TOO_LARGE", await connection.ReadSomeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        var author = await shared.World.ResidentAsync();
        await using var connection = await RawConnection.OpenAsync(shared.Server.PublicAddress);
        await connection.TrySendAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Form}\r\nTransfer-Encoding: chunked\r\n"
            + $"Authorization: Bearer {author.Token}\r\nIdempotency-Key: 12345678\r\n\r\n"));
        var head = Encoding.ASCII.GetBytes(
            $"------boundary\r\nContent-Disposition: {Uploading.Disposition("a.jpg")}\r\n\r\n");
        await connection.TrySendAsync(Chunk([.. head, .. Jpeg]));

        var sent = 0;
        var piece = Chunk(new byte[256 * 1024]);
        while (sent < 200 && await connection.TrySendAsync(piece))
        {
            sent++;
        }

        Assert.InRange(sent, 1, 150);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_cut_off()
    {
        var author = await shared.World.ResidentAsync();
        await using var connection = await RawConnection.OpenAsync(shared.Server.PublicAddress);

        await connection.TrySendAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Form}\r\nContent-Length: 100000\r\n"
            + $"Authorization: Bearer {author.Token}\r\nIdempotency-Key: 12345678\r\n\r\n------boundary\r\n"));

        Assert.Contains("HTTP/1.1 4", await connection.ReadToEndAsync(), StringComparison.Ordinal);
        // Nobody's place is kept.
        Assert.Equal(0, (int)(await _uploads.SendAsync(author, Jpeg))["errcode"]!);
    }

    [Theory]
    [InlineData("GET", 405)]
    [InlineData("PUT", 405)]
    [InlineData("DELETE", 405)]
    public async Task Only_POST_uploads(string method, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/upload");
        using var response = await _uploads.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("METHOD_UNKNOWN", Reason(JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject()));
    }

    [Fact]
    public async Task Every_nasty_picture_is_drawn_anew_or_refused_and_nothing_breaks()
    {
        var authors = new List<Actor>();
        var faults = new List<string>();
        foreach (var (i, nasty) in NastyPictures.All.Index())
        {
            // Sixty a day are one person's.
            if (i % 50 == 0)
            {
                authors.Add(await shared.World.ResidentAsync());
            }

            var answer = await _uploads.SendAsync(authors[^1], nasty.File, name: "photo.jpg");
            var drawn = (int)answer["errcode"]! == 0;
            if ((int)answer["status"]! is not (200 or 400) || (nasty.Drawn is { } expected && expected != drawn))
            {
                faults.Add($"{nasty.Name}: {answer.ToJsonString()}");
            }
            else if (drawn)
            {
                var picture = answer["data"]!["picture"]!;
                foreach (var url in new[] { picture["thumbnailUrl"], picture["largeUrl"] })
                {
                    var served = await _uploads.Http.GetByteArrayAsync((string?)url);
                    var text = Encoding.Latin1.GetString(served);
                    faults.AddRange(NastyPictures.Forbidden.Where(text.Contains)
                        .Select(hidden => $"{nasty.Name} is served with {hidden}"));
                    faults.AddRange(new[] { BareJpeg.FaultOf(served) }.Where(fault => fault.Length > 0)
                        .Select(fault => $"{nasty.Name}: {fault}"));
                }
            }
        }

        Assert.Empty(faults);
    }

    public void Dispose() => _uploads.Dispose();

    private static string? Reason(JsonObject envelope) => (string?)envelope["reason"];

    private static string? Id(JsonObject envelope) => (string?)envelope["data"]?["picture"]?["id"];

    private static byte[] Headers(string more) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"------boundary\r\nContent-Disposition: {Uploading.Disposition("a.jpg")}\r\n{more}\r\n"),
        .. Jpeg, .. "\r\n------boundary--\r\n"u8,
    ];

    private static byte[] Chunk(byte[] bytes) =>
        [.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n"u8];
}
