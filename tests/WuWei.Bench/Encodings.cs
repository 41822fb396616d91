using System.Buffers.Binary;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Net.Client;

namespace WuWei.Bench;

/// <summary>
/// The same call in the three ways there are: gRPC at the systems' door, gRPC-Web and JSON at the public one. No client reads
/// the answer's content.
/// </summary>
public sealed class Encodings(BenchWorld world, BenchSettings settings) : IDisposable
{
    private const int FrameHead = 5;

    private readonly GrpcChannel[] _channels =
        [.. Enumerable.Range(0, BenchDistrict.Connections).Select(_ => GrpcChannel.ForAddress(settings.Address))];

    private readonly HttpClient _http = new() { BaseAddress = new Uri(settings.PublicAddress) };

    public void Dispose() => _http.Dispose();

    public Task Grpc(int i) => BenchClient.CallAsync(
        _channels[i % _channels.Length], "GetWish", Wish(), new Metadata { { "authorization", $"Bearer {world.Callers[i].Token}" } });

    public async Task GrpcWeb(int i)
    {
        var message = Wish().ToByteArray();
        var frame = new byte[FrameHead + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHead);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/wuwei.v1.WishService/GetWish")
        {
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        using var response = await SendAsync(i, request);
        if (response.Headers.Contains("grpc-status"))
        {
            throw new InvalidOperationException("GetWish was refused by gRPC-Web.");
        }
    }

    public async Task Json(int i)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/wishes/{world.Delivered.Any()}");
        using var response = await SendAsync(i, request);
    }

    private async Task<HttpResponseMessage> SendAsync(int i, HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Callers[i].Token);
        return (await _http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    private Wire.GetWishRequest Wish() => new() { WishId = $"{world.Delivered.Any()}" };
}
