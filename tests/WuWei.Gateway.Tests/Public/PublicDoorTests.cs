using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>What browsers and proxies send to the public door, and what they get.</summary>
public sealed class PublicDoorTests(SharedServer shared) : IDisposable
{
    private const string GetMe = "/wuwei.v1.IdentityService/GetMe";

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

    private static async Task<HttpStatusCode> AgainAsync(HttpClient http, string path, EntityTagHeaderValue known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(known);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
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
}
