using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>What browsers, proxies and hostile programs send to the public door, and what they get.</summary>
public sealed partial class PublicDoorTests(SharedServer shared) : IDisposable
{
    private const string GetMe = "/wuwei.v1.IdentityService/GetMe";
    private const string AskCode = "/wuwei.v1.AccessService/AskCode";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(shared.Server.PublicAddress) };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("GET", "/api/v1/nothing", null, null, 404, "CALL_UNKNOWN")]
    [InlineData("DELETE", "/api/v1/me", null, null, 405, "METHOD_UNKNOWN")]
    [InlineData("GET", "/api/v1/me", null, null, 401, "SIGN_IN_REQUIRED")]
    [InlineData("POST", "/api/v1/auth/codes", "application/json", "{\"phone\": \"1\"}", 400, "PHONE_FORMAT")]
    [InlineData("POST", "/api/v1/auth/codes", "application/json", "{\"phone\": ", 400, "MESSAGE_MALFORMED")]
    [InlineData("POST", "/api/v1/auth/codes", "application/json", "{\"phone\": 1}", 400, "MESSAGE_MALFORMED")]
    [InlineData("POST", "/api/v1/auth/codes", "application/json", "", 400, "MESSAGE_MALFORMED")]
    [InlineData("POST", "/api/v1/auth/codes", "text/plain", "{}", 415, "NOT_JSON")]
    [InlineData("POST", "/api/v1/auth/codes", "application/x-www-form-urlencoded", "phone=1", 415, "NOT_JSON")]
    [InlineData("GET", "/api/v1/wishes?status=NO_SUCH", null, null, 400, "MESSAGE_MALFORMED")]
    [InlineData("GET", "/api/v1/wishes?pageSize=many", null, null, 400, "MESSAGE_MALFORMED")]
    public async Task A_refusal_is_an_envelope_with_its_status(
        string method, string path, string? type, string? body, int status, string reason)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type!);
        }

        using var response = await _http.SendAsync(request);
        var envelope = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((status, reason), ((int)response.StatusCode, (string?)envelope["reason"]));
        Assert.Equal(status, (int)envelope["errcode"]! / 100);
        Assert.NotEqual("", (string?)envelope["errmsg"]);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var response = await _http.PostAsync(
            "/api/v1/auth/codes",
            new StringContent($"{{\"phone\": \"{new string('1', 500_000)}\"}}", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(
            "MESSAGE_TOO_LARGE", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["reason"]);
    }

    [Fact]
    public async Task Fields_that_are_not_known_yet_do_no_harm()
    {
        byte[] unknown = [.. new Wire.AskCodeRequest { Phone = World.NewPhone() }.ToByteArray(), 0xFA, 0x3F, 1, 65];

        Assert.Equal("0", (await WebAsync(AskCode, Frame(unknown))).Status);
    }

    [Fact]
    public async Task An_error_before_the_first_message_is_in_the_headers_or_the_trailing_frame()
    {
        var (status, details) = await WebAsync(GetMe, Frame([]));

        Assert.Equal($"{(int)StatusCode.Unauthenticated}", status);
        Assert.Contains("SIGN_IN_REQUIRED", details);
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "half a frame", Frame(new byte[100])[..50] },
        { "a frame longer than the body", [0, 0, 0, 0xFF, 0xFF, 1, 2, 3] },
        { "no frame", [1, 2, 3] },
        { "nothing", [] },
        { "garbage in a frame", Frame([0xFF, 0xFF, 0xFF, 0xFF]) },
        { "not UTF-8", Frame([0x0A, 2, 0xC3, 0x28]) },
        { "a length of 4 GiB", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1] },
        { "packed, and not said how", [1, 0, 0, 0, 2, 0x0A, 0] },
        { "packed in no known way", [7, 0, 0, 0, 2, 0x0A, 0] },
        { "two messages", [.. Frame([]), .. Frame([])] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Broken_frames_are_refused_and_the_door_stays_open(string what, byte[] body)
    {
        var (status, details) = await WebAsync(AskCode, body);

        // Whatever is wrong with it is the caller's own fault, and no error of ours.
        Assert.True(status is "3" or "8", $"{what}: {status}");
        Assert.Contains("MESSAGE_", details);
        Assert.Equal("0", (await WebAsync(AskCode, Frame(
            new Wire.AskCodeRequest { Phone = World.NewPhone() }.ToByteArray()))).Status);
    }

    [Fact]
    public async Task A_small_message_that_unpacks_to_a_large_one_is_refused()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[50 * 1024 * 1024]);
        }

        var frame = Frame(packed.ToArray());
        frame[0] = 1;
        var (status, details) = await WebAsync(AskCode, frame, ("grpc-encoding", "gzip"));

        Assert.Equal($"{(int)StatusCode.ResourceExhausted}", status);
        Assert.Contains("MESSAGE_TOO_LARGE", details);
    }

    [Fact]
    public async Task A_call_that_is_given_up_leaves_the_door_open()
    {
        for (var i = 0; i < 50; i++)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 5));
            try
            {
                using var answer = await _http.GetAsync("/api/v1/me", soon.Token);
            }
            catch (OperationCanceledException)
            {
                // As it was meant.
            }
        }

        using var response = await _http.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Only_pages_of_named_origins_may_call()
    {
        await using var server = await TestServer.StartAsync(
            shared.Server.Database, settings: ["Public:Origins:0=https://party.example"]);
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };

        Assert.Equal("https://party.example", await AllowedAsync(http, "https://party.example"));
        Assert.Null(await AllowedAsync(http, "https://evil.example"));
        Assert.Null(await AllowedAsync(http, "null"));
        Assert.Null(await AllowedAsync(_http, "https://party.example"));
    }

    [Fact]
    public async Task Every_answer_says_how_a_browser_shall_treat_it()
    {
        using var response = await _http.GetAsync("/api/v1/me");

        Assert.Equal("nosniff", response.Headers.GetValues("x-content-type-options").Single());
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", response.Headers.GetValues("content-security-policy").Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.False(response.Headers.Contains("server"));
    }

    [Fact]
    public async Task What_everybody_may_read_is_kept_by_whoever_has_it_until_it_changes()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
        var path = $"/api/v1/wishes?view=WISH_VIEW_UNIT&unitId={world.Community}&status=WISH_STATUS_OPEN";

        using var first = await http.GetAsync(path);
        Assert.True(first.Headers.CacheControl!.Public);
        Assert.Equal(HttpStatusCode.NotModified, await AgainAsync(http, path, first.Headers.ETag!));
        await (await world.ResidentAsync()).OpenAsync(world.Request(), await world.StaffAsync(world.Community));
        Assert.Equal(HttpStatusCode.OK, await AgainAsync(http, path, first.Headers.ETag!));

        var resident = await world.ResidentAsync();
        using var own = new HttpRequestMessage(HttpMethod.Get, path);
        own.Headers.Authorization = new AuthenticationHeaderValue("Bearer", resident.Token);
        using var signed = await http.SendAsync(own);
        Assert.True(signed.Headers.CacheControl!.NoStore);
        Assert.Null(signed.Headers.ETag);
    }

    [Theory]
    [InlineData("screen")]
    [InlineData("h5")]
    public async Task Pages_come_from_their_folder_and_nothing_else_does(string app)
    {
        var folder = Directory.CreateTempSubdirectory("wuwei-pages-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, app, "assets"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, app, "index.html"), "<title>五微</title>");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, app, "assets", "a-1.js"), "1");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "secret.txt"), "secret");
            await using var server = await TestServer.StartAsync(
                shared.Server.Database, settings: $"WUWEI_WEB={folder.FullName}");
            using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };

            using var page = await http.GetAsync($"/{app}/");
            Assert.Contains("五微", await page.Content.ReadAsStringAsync());
            Assert.True(page.Headers.CacheControl!.NoCache);
            Assert.StartsWith("default-src 'self'", page.Headers.GetValues("content-security-policy").Single());
            using var script = await http.GetAsync($"/{app}/assets/a-1.js");
            Assert.Equal(TimeSpan.FromDays(365), script.Headers.CacheControl!.MaxAge);
            foreach (var path in new[] { $"/{app}/../secret.txt", $"/{app}/..%2fsecret.txt", $"/{app}/%2e%2e/secret.txt", "/" })
            {
                using var response = await http.GetAsync(path);
                Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            }

            // A client of ours would tidy these up before it sends them.
            foreach (var path in new[]
            {
                $"/{app}/../secret.txt", $"/{app}/..%2fsecret.txt", $"/{app}/%2e%2e%2fsecret.txt", $"/{app}/..%5csecret.txt",
                $"/{app}/%252e%252e/secret.txt", $"/{app}//etc/passwd", $"/{app}/%c0%ae%c0%ae/secret.txt", $"/{app}/%00",
                $"/{app}/index.html%00.js", $"/{app}/assets%2fa-1.js", $"/{app}/%ff", "/secret.txt",
            })
            {
                var answered = await RawConnection.AskAsync(
                    server.PublicAddress,
                    Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
                Assert.True(
                    answered.StartsWith("HTTP/1.1 404", StringComparison.Ordinal)
                        || answered.StartsWith("HTTP/1.1 400", StringComparison.Ordinal),
                    $"{path}: {answered}");
                Assert.EndsWith("\r\n\r\n", answered);
            }

            using var none = await _http.GetAsync($"/{app}/");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_systems_door_speaks_no_json_and_no_pages()
    {
        using var http = new HttpClient
        {
            BaseAddress = new Uri(shared.Server.Address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var path in new[] { "/api/v1/me", "/openapi/v1.json", "/docs" })
        {
            using var response = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task Nobody_calls_more_often_than_the_copies_together_allow()
    {
        string[] settings = ["Rates:PersonPerMinute=10"];
        await using var one = await TestServer.StartAsync(shared.Server.Database, settings: settings);
        await using var two = await TestServer.StartAsync(shared.Server.Database, settings: settings);
        var (person, other) = (await shared.World.ResidentAsync(), await shared.World.ResidentAsync());

        Assert.All(await CallsAsync(one, person, 6), status => Assert.Equal(200, status));
        Assert.All(await CallsAsync(two, person, 4), status => Assert.Equal(200, status));
        await one.Services.GetRequiredService<RateLimits>().ShareAsync();
        await two.Services.GetRequiredService<RateLimits>().ShareAsync();

        Assert.Equal([429, 429], await CallsAsync(two, person, 2));
        Assert.All(await CallsAsync(two, other, 2), status => Assert.Equal(200, status));
        // The counts of one may have been told before those of two were: then it learns them with its next call.
        await CallsAsync(one, person, 1);
        await one.Services.GetRequiredService<RateLimits>().ShareAsync();
        Assert.Equal([429], await CallsAsync(one, person, 1));
    }

    [Fact]
    public async Task Who_says_to_speak_for_another_address_is_not_believed()
    {
        string[] settings = ["Rates:AddressPerMinute=3"];
        await using var server = await TestServer.StartAsync(shared.Server.Database, settings: settings);
        await using var behind = await TestServer.StartAsync(
            shared.Server.Database, settings: [.. settings, "Public:Proxies:0=127.0.0.0/8"]);

        Assert.Equal([401, 401, 401, 429], await ForwardedAsync(server));
        Assert.Equal([401, 401, 401, 401], await ForwardedAsync(behind));
    }

    private static async Task<HttpStatusCode> AgainAsync(HttpClient http, string path, EntityTagHeaderValue known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(known);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<List<int>> ForwardedAsync(TestServer server)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
            request.Headers.Add("x-forwarded-for", $"203.0.113.{Random.Shared.Next(1, 255)}, 198.51.100.{i + 1}");
            using var response = await http.SendAsync(request);
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }

    private static async Task<List<int>> CallsAsync(TestServer server, Actor person, int times)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        var statuses = new List<int>();
        for (var i = 0; i < times; i++)
        {
            using var response = await http.GetAsync("/api/v1/me");
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }

    private static async Task<string?> AllowedAsync(HttpClient http, string origin)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, GetMe);
        preflight.Headers.Add("origin", origin);
        preflight.Headers.Add("access-control-request-method", "POST");
        preflight.Headers.Add("access-control-request-headers", "content-type,x-grpc-web,authorization");
        using var response = await http.SendAsync(preflight);
        return response.Headers.TryGetValues("access-control-allow-origin", out var allowed) ? allowed.Single() : null;
    }

    private static byte[] Frame(byte[] message) =>
    [
        0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length,
        .. message,
    ];

    /// <summary>Sends a body as gRPC-Web.</summary>
    /// <returns>The gRPC status, from the headers or the trailing frame, and all that came as text.</returns>
    private async Task<(string Status, string Details)> WebAsync(
        string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        var said = string.Join('\n', response.Headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}")) + "\n" + text;
        var details = Details().Match(said).Groups[1].Value;
        return (
            Status().Match(said).Groups[1].Value,
            Encoding.UTF8.GetString(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '='))));
    }

    [GeneratedRegex("grpc-status: ?([0-9]+)")]
    private static partial Regex Status();

    [GeneratedRegex("grpc-status-details-bin: ?([A-Za-z0-9+/]+)")]
    private static partial Regex Details();
}
