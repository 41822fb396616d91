using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Rpc;
using WuWei.Tests.Harness;

namespace WuWei.Tests;

/// <summary>
/// Frames and headers that no client of ours sends. What reaches the program is refused with a reason; what the
/// listener itself turns away, such as headers over its limits, gets an HTTP error or a closed stream, and no more.
/// </summary>
public sealed class HostileMetadataTests(SharedServer shared) : IDisposable
{
    private const string UpdateMe = "wuwei.v1.IdentityService/UpdateMe";
    private const string TurnedAway = "turned away";
    private static readonly byte[] Empty = [0, 0, 0, 0, 0];

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });

    public static TheoryData<string> Calls => [.. Rpcs.All.Select(m => m.Name())];

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("authorization", 1_000, "SIGN_IN_REQUIRED")]
    [InlineData("authorization", 12_000, "SIGN_IN_REQUIRED")]
    [InlineData("authorization", 100_000, TurnedAway)]
    [InlineData("idempotency-key", 1_000, "IDEMPOTENCY_KEY_REQUIRED")]
    [InlineData("idempotency-key", 100_000, TurnedAway)]
    [InlineData("x-wuwei-channel", 10_000, "")]
    public async Task A_header_of_any_length_is_refused_or_turned_away(string name, int length, string outcome)
    {
        var headers = await ValidAsync();
        headers[name] = name == "authorization" ? $"Bearer {new string('a', length)}" : new string('a', length);

        Assert.Equal(outcome, await SendAsync(UpdateMe, Empty, headers));
        await AssertServesAsync();
    }

    /// <summary>Headers are UTF-8 or the listener turns the call away.</summary>
    [Theory]
    [InlineData("Ã©Ã©Ã©Ã©Ã©Ã©Ã©Ã©", "IDEMPOTENCY_KEY_REQUIRED")]
    [InlineData("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", TurnedAway)]
    [InlineData("\u0080\u0081\u0082\u00ff\u00fe12345678", TurnedAway)]
    [InlineData("tab\there-and-there", "IDEMPOTENCY_KEY_REQUIRED")]
    [InlineData("with space in it", "IDEMPOTENCY_KEY_REQUIRED")]
    [InlineData("", "IDEMPOTENCY_KEY_REQUIRED")]
    public async Task A_key_of_odd_bytes_is_no_key(string key, string outcome)
    {
        var headers = await ValidAsync();
        headers["idempotency-key"] = key;

        Assert.Equal(outcome, await SendAsync(UpdateMe, Empty, headers));
        await AssertServesAsync();
    }

    [Theory]
    [InlineData(80, "")]
    [InlineData(1_000, TurnedAway)]
    public async Task Many_headers_are_ignored_or_turned_away(int count, string outcome)
    {
        var headers = await ValidAsync();
        for (var i = 0; i < count; i++)
        {
            headers[$"x-header-{i}"] = "value";
        }

        Assert.Equal(outcome, await SendAsync(UpdateMe, Empty, headers));
        await AssertServesAsync();
    }

    /// <summary>Its size is known from its first five bytes, so nothing of it is awaited.</summary>
    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_message_that_says_it_has_64_mib_is_too_large(string rpc) => Assert.Equal(
        "MESSAGE_TOO_LARGE", await SendAsync(rpc, [0, 4, 0, 0, 0, 1, 2, 3], await ValidAsync()));

    [Fact]
    public async Task A_message_that_unpacks_to_64_mib_is_too_large()
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await zip.WriteAsync(WireBytes.Field(1_999, new byte[64 * 1024 * 1024]));
        }

        var headers = await ValidAsync();
        headers["grpc-encoding"] = "gzip";
        var length = (int)packed.Length;
        byte[] frame =
            [1, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. packed.ToArray()];

        Assert.True(length < 256 * 1024);
        Assert.Equal("MESSAGE_TOO_LARGE", await SendAsync(UpdateMe, frame, headers));
    }

    private async Task<Dictionary<string, string>> ValidAsync() => new()
    {
        ["authorization"] = $"Bearer {(await shared.World.ResidentAsync()).Token}",
        ["idempotency-key"] = $"{Guid.NewGuid()}",
    };

    /// <returns>The reason, empty for an answer, or that it did not reach the program.</returns>
    private async Task<string> SendAsync(string rpc, byte[] frame, Dictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{shared.Server.Address}/{rpc}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        try
        {
            using var response = await _http.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            return response.StatusCode == HttpStatusCode.OK ? Reason(response) : TurnedAway;
        }
        catch (HttpRequestException)
        {
            return TurnedAway;
        }
    }

    private static string Reason(HttpResponseMessage response)
    {
        var all = response.Headers.Concat(response.TrailingHeaders).ToLookup(h => h.Key, h => h.Value.Single());
        if (all["grpc-status"].Single() == "0")
        {
            return "";
        }

        var details = all["grpc-status-details-bin"].Single();
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(
            details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return status.GetDetail<ErrorInfo>()!.Reason;
    }

    private async Task AssertServesAsync() =>
        await (await shared.World.ResidentAsync()).Identity.GetMeAsync(new());
}
