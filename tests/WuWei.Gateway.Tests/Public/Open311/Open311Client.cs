using System.Text.Json.Nodes;
using System.Xml.Linq;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public.Open311;

/// <summary>A client of the standard, which asks for everything in both forms and takes them only when they say the same.</summary>
public sealed class Open311Client(TestServer server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"{server.PublicAddress}/open311/") };

    public HttpClient Http => _http;

    public void Dispose() => _http.Dispose();

    /// <param name="path">Without the form, such as <c>v2/requests</c>.</param>
    /// <param name="query">Such as <c>status=open</c>.</param>
    public async Task<JsonNode> GetAsync(
        string path, Shape shape, string root, string query = "", int status = 200, string? key = null)
    {
        var read = new Dictionary<string, string>();
        JsonNode json = null!;
        foreach (var form in new[] { "json", "xml" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}.{form}?{query}");
            if (key is not null)
            {
                request.Headers.Add("x-api-key", key);
            }

            using var response = await _http.SendAsync(request);
            read[form] = await ReadAsync(response, form, shape, root, status, node => json = node);
        }

        Assert.Equal(read["json"], read["xml"]);
        return json;
    }

    public Task<JsonNode> ServicesAsync() => GetAsync("v2/services", GeoReport.Services, "services");

    public Task<JsonNode> RequestsAsync(string query = "", string? key = null) =>
        GetAsync("v2/requests", GeoReport.Requests, "service_requests", query, key: key);

    public async Task<JsonNode> RequestAsync(string id, string? key = null) => Assert.Single(
        (await GetAsync($"v2/requests/{id}", GeoReport.Requests, "service_requests", key: key)).AsArray())!;

    /// <summary>What is refused, and why.</summary>
    public async Task<string> RefusedAsync(string path, int status, string query = "", string? key = null) =>
        Words(await GetAsync(path, GeoReport.Errors, "errors", query, status, key), status);

    /// <summary>Reports in one form, and again in the other: the same words are the same report.</summary>
    /// <returns>Its id, and what is told of it.</returns>
    public async Task<(string Id, string Notice)> ReportAsync(params (string Name, string Value)[] form)
    {
        var made = Assert.Single((await PostAsync(form, GeoReport.Made, "service_requests", 200)).AsArray())!;
        Assert.Null(made["account_id"]);
        return ((string)made["service_request_id"]!, (string)made["service_notice"]!);
    }

    public async Task<string> ReportRefusedAsync(int status, params (string Name, string Value)[] form) =>
        Words(await PostAsync(form, GeoReport.Errors, "errors", status), status);

    private async Task<JsonNode> PostAsync((string Name, string Value)[] fields, Shape shape, string root, int status)
    {
        var read = new Dictionary<string, string>();
        JsonNode json = null!;
        foreach (var form in new[] { "xml", "json" })
        {
            using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
            using var response = await _http.PostAsync($"v2/requests.{form}", content);
            read[form] = await ReadAsync(response, form, shape, root, status, node => json = node);
        }

        Assert.Equal(read["json"], read["xml"]);
        return json;
    }

    private static async Task<string> ReadAsync(
        HttpResponseMessage response, string form, Shape shape, string root, int status, Action<JsonNode> json)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode}: {text}");
        if (form == "json")
        {
            Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            var node = JsonNode.Parse(text)!;
            json(node);
            return shape.Read(node);
        }

        Assert.Equal("text/xml; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>", text, StringComparison.Ordinal);
        var element = XDocument.Parse(text).Root!;
        Assert.Equal(root, element.Name.ToString());
        return shape.Read(element);
    }

    private static string Words(JsonNode errors, int status)
    {
        Assert.NotEmpty(errors.AsArray());
        Assert.All(errors.AsArray(), error => Assert.Equal(status, (int)error!["code"]!));
        return string.Join('|', errors.AsArray().Select(error => (string)error!["description"]!));
    }
}
