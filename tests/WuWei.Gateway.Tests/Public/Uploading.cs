using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>Uploads as programs of people do, and as they should not.</summary>
public sealed class Uploading(TestServer server) : IDisposable
{
    private const string Boundary = "----boundary";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(server.PublicAddress) };

    public HttpClient Http => _http;

    /// <param name="name">What the file is said to be called, and the type it is said to have.</param>
    public Task<JsonObject> SendAsync(
        Actor author, byte[] file, string? key = null, string name = "photo.jpg", string type = "image/jpeg") =>
        SendAsync(author, $"multipart/form-data; boundary={Boundary}", Form((file, Disposition(name), type)), key);

    /// <summary>Any body at all.</summary>
    /// <returns>The envelope, with <c>status</c> beside what is in it.</returns>
    public async Task<JsonObject> SendAsync(Actor author, string contentType, byte[] body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/upload") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.Add("Idempotency-Key", key ?? $"{Guid.NewGuid()}");
        if (author.Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", author.Token);
        }

        using var response = await _http.SendAsync(request);
        var envelope = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        envelope["status"] = (int)response.StatusCode;
        return envelope;
    }

    public static byte[] Form(params (byte[] Body, string Disposition, string Type)[] parts) =>
    [
        .. parts.SelectMany(part => (byte[])
        [
            .. Encoding.UTF8.GetBytes(
                $"--{Boundary}\r\nContent-Disposition: {part.Disposition}\r\nContent-Type: {part.Type}\r\n\r\n"),
            .. part.Body, .. "\r\n"u8,
        ]),
        .. Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"),
    ];

    public static string Disposition(string name) => $"form-data; name=\"file\"; filename=\"{name}\"";

    public void Dispose() => _http.Dispose();
}
