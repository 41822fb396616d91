using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>Messages of gRPC-Web as they come over the wire, whole and broken.</summary>
public sealed partial class WebFrameTests(SharedServer shared) : IDisposable
{
    private const string GetMe = "/wuwei.v1.IdentityService/GetMe";
    private const string AskCode = "/wuwei.v1.AccessService/AskCode";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(shared.Server.PublicAddress) };

    public void Dispose() => _http.Dispose();

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
