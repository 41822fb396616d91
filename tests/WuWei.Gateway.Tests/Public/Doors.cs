using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using WuWei.Gateway.Public.Description;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>What came of a call, whichever door it went through.</summary>
/// <param name="Reason">Why it was refused; empty when it was not.</param>
/// <param name="Fields">At fault, as the protos name them.</param>
public sealed record Outcome(StatusCode Code, string Reason, string Message, string Fields, IMessage? Answer)
{
    public bool Done => Code == StatusCode.OK;
}

/// <summary>Makes the same call in three ways: gRPC at the systems' door, gRPC-Web and JSON at the public one.</summary>
public sealed class Doors : IDisposable
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);
    private static readonly JsonParser Parser = JsonParser.Default;

    private readonly GrpcChannel _grpc;
    private readonly GrpcChannel _web;
    private readonly HttpClient _http;

    public Doors(TestServer server)
    {
        _grpc = server.Channel;
        _web = GrpcChannel.ForAddress(server.PublicAddress, new()
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new HttpClientHandler()),
            HttpVersion = HttpVersion.Version11,
        });
        _http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
    }

    public HttpClient Http => _http;

    public async Task<IReadOnlyDictionary<string, Outcome>> AllAsync(
        JsonRoute route, IMessage request, string token, string key) => new Dictionary<string, Outcome>
        {
            ["grpc"] = await GrpcAsync(route, request, token, key),
            ["grpc-web"] = await GrpcWebAsync(route, request, token, key),
            ["json"] = await JsonAsync(route, request, token, key),
        };

    public Task<Outcome> GrpcAsync(JsonRoute route, IMessage request, string token, string key) =>
        SendAsync(_grpc, route, request, token, key);

    public Task<Outcome> GrpcWebAsync(JsonRoute route, IMessage request, string token, string key) =>
        SendAsync(_web, route, request, token, key);

    public async Task<Outcome> JsonAsync(JsonRoute route, IMessage request, string token, string key)
    {
        var envelope = await EnvelopeAsync(route, request, token, key);
        var errcode = (int)envelope["errcode"]!;
        if (errcode == 0)
        {
            return new Outcome(
                StatusCode.OK, "", "", "",
                Parser.Parse(envelope["data"]!.ToJsonString(), route.Rpc.OutputType));
        }

        return new Outcome(
            CodeOf(errcode), (string)envelope["reason"]!, (string)envelope["errmsg"]!,
            string.Join(',', envelope["fields"]!.AsArray().Select(f => SnakeCase((string)f!["field"]!))), null);
    }

    /// <summary>The answer of the JSON door as it is.</summary>
    public async Task<JsonObject> EnvelopeAsync(JsonRoute route, IMessage request, string token, string key)
    {
        using var message = ToHttp(route, request);
        if (token.Length > 0)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        message.Headers.Add("Idempotency-Key", key);
        using var response = await _http.SendAsync(message);
        var envelope = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        var errcode = (int)envelope["errcode"]!;
        Assert.Equal(errcode == 0 ? 200 : errcode / 100, (int)response.StatusCode);
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), (string?)envelope["request_id"]);
        return envelope;
    }

    /// <summary>The request as the annotation of its call says.</summary>
    public static HttpRequestMessage ToHttp(JsonRoute route, IMessage request)
    {
        var fields = JsonNode.Parse(Formatter.Format(request))!.AsObject();
        var path = route.Path;
        foreach (var field in route.PathFields)
        {
            path = path.Replace($"{{{field}}}", Uri.EscapeDataString(Take(fields, field)), StringComparison.Ordinal);
        }

        if (route.HasBody)
        {
            return new HttpRequestMessage(route.Method, path)
            {
                Content = new StringContent(fields.ToJsonString(), Encoding.UTF8, "application/json"),
            };
        }

        var query = Leaves("", fields).Select(leaf => $"{leaf.Path}={Uri.EscapeDataString(leaf.Value)}");
        return new HttpRequestMessage(route.Method, $"{path}?{string.Join('&', query)}");
    }

    public void Dispose()
    {
        _web.Dispose();
        _http.Dispose();
    }

    private static async Task<Outcome> SendAsync(
        GrpcChannel channel, JsonRoute route, IMessage request, string token, string key)
    {
        try
        {
            var answer = await channel.Send(route.FullRpc, request.ToByteArray(), token, key);
            return new Outcome(StatusCode.OK, "", "", "", route.Rpc.OutputType.Parser.ParseFrom(answer));
        }
        catch (RpcException refused)
        {
            return new Outcome(
                refused.StatusCode, refused.Reason(), refused.Status.Detail, string.Join(',', refused.Fields()), null);
        }
    }

    private static StatusCode CodeOf(int errcode) => Enum.GetValues<StatusCode>()
        .First(code => WuWei.Gateway.Public.ErrorCodes.Of(code).Errcode == errcode);

    private static string Take(JsonObject fields, string path)
    {
        var names = path.Split('.').Select(CamelCase).ToArray();
        var at = names[..^1].Aggregate(fields, (node, name) => node[name]!.AsObject());
        var value = Text(at[names[^1]] ?? "");
        at.Remove(names[^1]);
        return value;
    }

    private static IEnumerable<(string Path, string Value)> Leaves(string path, JsonNode node) => node switch
    {
        JsonObject fields => fields.SelectMany(
            field => Leaves(path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Value!)),
        JsonArray items => items.SelectMany(item => Leaves(path, item!)),
        _ => [(path, Text(node))],
    };

    private static string Text(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? (string)value! : value.ToJsonString();

    private static string CamelCase(string name) =>
        string.Concat(name.Split('_').Select((part, i) => i == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));

    private static string SnakeCase(string path) =>
        string.Concat(path.Select(c => char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{c}"));
}
