namespace WuWei.Gateway.Public.Open311;

public enum Open311Resource : byte
{
    None,
    Discovery,
    Services,
    Requests,
    Tokens,
}

/// <summary>What a request asks for, by its path: a resource, one of it or all, and in which form.</summary>
/// <param name="Id">Which one; null for all.</param>
/// <param name="IsJson">The path ends in <c>.json</c>; without an ending, what is accepted. Otherwise it is XML, which
/// the standard always has.</param>
public sealed record Open311Path(Open311Resource Resource, string? Id, bool IsJson, bool IsGet, bool IsPost)
{
    private const string Json = ".json";
    private const string Xml = ".xml";
    private const string Version = "v2";

    public static Open311Path Of(HttpRequest request)
    {
        request.Path.StartsWithSegments(Open311Pages.Path, out var rest);
        var path = $"{rest}";
        var (json, xml) = (path.EndsWith(Json, StringComparison.Ordinal), path.EndsWith(Xml, StringComparison.Ordinal));
        path = json ? path[..^Json.Length] : xml ? path[..^Xml.Length] : path;
        var (resource, id) = path.Split('/') switch
        {
            ["", "discovery"] => (Open311Resource.Discovery, null),
            ["", Version, "services"] => (Open311Resource.Services, null),
            ["", Version, "services", { Length: > 0 } code] => (Open311Resource.Services, code),
            ["", Version, "requests"] => (Open311Resource.Requests, null),
            ["", Version, "requests", { Length: > 0 } one] => (Open311Resource.Requests, one),
            ["", Version, "tokens", { Length: > 0 } token] => (Open311Resource.Tokens, token),
            _ => (Open311Resource.None, (string?)null),
        };
        return new Open311Path(
            resource, id,
            json || (!xml && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Value == "application/json")),
            HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method), HttpMethods.IsPost(request.Method));
    }
}
