using System.Text.Json;
using System.Text.Json.Nodes;

namespace WuWei.Gateway.Public.Description;

/// <summary>A call as it once went: what was asked, and in their envelopes what was answered, and how it was refused.</summary>
/// <param name="Request">All of the request, with what its path or query carries.</param>
public sealed record Example(JsonObject Request, JsonObject Answer, JsonObject Refused);

/// <summary>
/// An example of every call. They are recorded from tests that make them through the JSON door, with ids, times, names and
/// whatever opens something replaced; see ExampleTests.
/// </summary>
public static class Examples
{
    private const string Recorded = "examples.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>By service and method, such as <c>WishService/ClaimWish</c>.</summary>
    public static IReadOnlyDictionary<string, Example> Load()
    {
        using var file = typeof(Examples).Assembly.GetManifestResourceStream(Recorded)
            ?? throw new InvalidOperationException("The gateway was built without its examples.");
        return JsonSerializer.Deserialize<Dictionary<string, Example>>(file, Json)!;
    }
}
