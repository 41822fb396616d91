using System.Text;
using System.Text.Json.Nodes;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>What is sent to every door on the internet, byte by byte: refused with a word, nothing done, nothing broken.</summary>
public sealed class HostileRequestTests(SharedServer shared)
{
    private const string Host = "Host: localhost\r\nConnection: close\r\n";
    private const string Post = "POST /api/v1/auth/codes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private const string Second = "GET /api/v1/units HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static readonly string[] Written = ["wish", "journal_entry", "request_key"];

    /// <summary>Requests that two servers in a row may read differently; what follows must not be taken for another.</summary>
    public static TheoryData<string, string> Smuggled => new()
    {
        { "two lengths", $"{Post}Content-Length: 2\r\nContent-Length: 60\r\n\r\n{{}}{Second}" },
        { "chunked and a length", $"{Post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{Second}" },
        { "two encodings", $"{Post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{Second}" },
        { "an encoding that is none", $"{Post}Transfer-Encoding: xchunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{Second}" },
        { "a negative length", $"{Post}Content-Length: -1\r\n\r\n{{}}{Second}" },
        { "a huge chunk", $"{Post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{{}}\r\n0\r\n\r\n{Second}" },
        { "a bare line feed after a chunk's length", $"{Post}Transfer-Encoding: chunked\r\n\r\n2;\n{{}}\r\n0\r\n\r\n{Second}" },
        { "a space before the colon", $"GET /api/v1/units HTTP/1.1\r\nHost : localhost\r\n\r\n{Second}" },
        { "a folded header", $"GET /api/v1/units HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n{Second}" },
        { "no host", $"GET /api/v1/units HTTP/1.1\r\n\r\n{Second}" },
        { "two hosts", $"GET /api/v1/units HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{Second}" },
        { "another host in the target", $"GET http://evil.example/api/v1/units HTTP/1.1\r\nHost: localhost\r\n\r\n{Second}" },
        { "HTTP/0.9", $"GET /api/v1/units\r\n{Second}" },
    };

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task A_request_that_can_be_read_in_two_ways_is_the_last_of_its_connection(string what, string said)
    {
        var answered = await AskAsync(said);

        Assert.True(answered.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), $"{what}: {answered}");
        Assert.Equal(2, answered.Split("HTTP/1.1 ").Length);
        AssertTellsNothing(answered);
    }

    public static TheoryData<string, string, int> Odd => new()
    {
        { "HTTP/1.0", "GET /api/v1/units HTTP/1.0\r\n\r\n", 200 },
        { "its own host in the target", $"GET http://localhost/api/v1/units HTTP/1.1\r\n{Host}\r\n", 200 },
        { "a tunnel", $"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close\r\n\r\n", 404 },
        { "TRACE", $"TRACE /api/v1/units HTTP/1.1\r\n{Host}X-Secret: 1\r\n\r\n", 405 },
        { "NUL in a path", $"GET /api/v1/units/%00 HTTP/1.1\r\n{Host}\r\n", 400 },
        { "half an escape", $"GET /api/v1/wishes/%c0%ae HTTP/1.1\r\n{Host}\r\n", 400 },
        { "a path that climbs", $"GET /api/v1/units/..%2f..%2fme HTTP/1.1\r\n{Host}\r\n", 400 },
        { "bytes that are no text", $"GET /api/v1/units HTTP/1.1\r\n{Host}If-None-Match: \u00ff\r\n\r\n", 400 },
        { "a long header", $"GET /api/v1/units HTTP/1.1\r\n{Host}X: {new string('a', 40_000)}\r\n\r\n", 431 },
        { "many headers", $"GET /api/v1/units HTTP/1.1\r\n{Host}{Many(200, i => $"X{i}: a\r\n")}\r\n", 431 },
        { "ten thousand parameters", $"GET /api/v1/units?{Many(10_000, i => $"a{i}=1&")} HTTP/1.1\r\n{Host}\r\n", 414 },
        { "hundreds of them", $"GET /api/v1/units?{Many(700, i => $"a{i}=1&")} HTTP/1.1\r\n{Host}\r\n", 200 },
        { "a deep one", $"GET /api/v1/units?{Many(2_000, _ => "a.")}b=1 HTTP/1.1\r\n{Host}\r\n", 200 },
        { "one twice", $"GET /api/v1/units?pageSize=1&pageSize=2 HTTP/1.1\r\n{Host}\r\n", 400 },
        { "junk for a tag", $"GET /api/v1/units HTTP/1.1\r\n{Host}If-None-Match: ,,\"W/,\r\n\r\n", 200 },
        { "a method beside the method", $"GET /api/v1/me HTTP/1.1\r\n{Host}X-HTTP-Method-Override: PUT\r\n\r\n", 401 },
        { "a token that is long", $"GET /api/v1/units HTTP/1.1\r\n{Host}Authorization: Bearer {new string('a', 20_000)}\r\n\r\n", 401 },
        { "no time at all", $"GET /api/v1/units HTTP/1.1\r\n{Host}grpc-timeout: 0n\r\n\r\n", 200 },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task What_no_client_sends_is_answered_like_anything_else(string what, string said, int status)
    {
        var answered = await AskAsync(said);

        Assert.True(answered.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{what}: {answered}");
        Assert.DoesNotContain("X-Secret", answered);
        AssertTellsNothing(answered);
    }

    [Fact]
    public async Task Nothing_is_written_of_json_that_is_none()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var maker = await world.ResidentAsync();
        var good = JsonNode.Parse(Google.Protobuf.JsonFormatter.Default.Format(world.Request()))!.ToJsonString();
        var before = await ChecksumsAsync(server);

        foreach (var (type, body) in Hostile(good))
        {
            var answered = await SendAsync(server, maker, type, body);
            var what = $"{type} {Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 60))}: {answered}";
            Assert.True(answered.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), what);
            Assert.True(JsonNode.Parse(answered[answered.IndexOf('{', StringComparison.Ordinal)..(answered.LastIndexOf('}') + 1)])!
                ["reason"] is not null, what);
            AssertTellsNothing(answered);
        }

        Assert.Equal(before, await ChecksumsAsync(server));
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(server, maker, "application/json; charset=\"UTF-8\"", Utf8(good)));
    }

    private static IEnumerable<(string Type, byte[] Body)> Hostile(string good)
    {
        foreach (var type in new[]
        {
            "application/json; charset=utf-7", "application/json; charset=gbk", "application/json; charset=utf-16",
            "application/json; charset=\"x", "application/xml", "text/plain", "x",
            "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/grpc-web+proto",
        })
        {
            yield return (type, Utf8(good));
        }

        foreach (var body in new[]
        {
            "", "null", "[]", "\"x\"", "1", "{", good[..^1], good + good, good + "x", $"[{good}]", $"/**/{good}",
            Many(100_000, _ => "["), Many(20_000, _ => "{\"a\":"), $"{{\"x\":{Many(100, _ => "[")}{Many(100, _ => "]")}}}",
            With("title", "1e999"), With("title", new string('9', 5_000)), With("title", "\"\\ud800\""),
            With("title", "\"\\u0000\""), With("title", "{}"), With("title", "[\"x\"]"),
            With("effortMinutes", new string('9', 400)), With("effortMinutes", "1e999"), With("effortMinutes", "\"0x10\""),
            With("effortMinutes", "1.5"), With("effortMinutes", "NaN"), With("unitId", $"[{Many(100_000, _ => "1,")}1]"),
            With("deadlineAt", "\"99999-01-01T00:00:00Z\""), With("answers", "[]"), With("visibility", "9999999999"),
        })
        {
            yield return ("application/json", Utf8(body));
        }

        yield return ("application/json", [.. "{\"title\":\""u8, 0xC0, 0xAF, .. "\"}"u8]);
        yield return ("application/json", [.. "{\"title\":\""u8, 0xFF, .. "\"}"u8]);
        yield return ("application/json", Encoding.Unicode.GetBytes(good));

        // Of a key that comes twice the last counts, here as anywhere.
        string With(string field, string value) => $"{good[..^1]},\"{field}\":{value}}}";
    }

    private static Task<string> SendAsync(TestServer server, Actor maker, string type, byte[] body) => RawConnection.AskAsync(
        server.PublicAddress,
        [
            .. Utf8($"POST /api/v1/wishes HTTP/1.1\r\n{Host}Authorization: Bearer {maker.Token}\r\n"
                + $"Idempotency-Key: {Guid.NewGuid()}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body,
        ]);

    private Task<string> AskAsync(string said) =>
        RawConnection.AskAsync(shared.Server.PublicAddress, Encoding.Latin1.GetBytes(said));

    private static async Task<long[]> ChecksumsAsync(TestServer server) =>
        [.. await Task.WhenAll(Written.Select(server.Database.ChecksumAsync))];

    /// <summary>Neither that something went wrong inside, nor where.</summary>
    private static void AssertTellsNothing(string answered)
    {
        Assert.DoesNotContain("   at ", answered);
        Assert.DoesNotContain("Exception", answered);
    }

    private static string Many(int count, Func<int, string> one) => string.Concat(Enumerable.Range(0, count).Select(one));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
