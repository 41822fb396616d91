using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.OpenApi;
using WuWei.Gateway.Public.Description;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>The description has an example of every call, and each is one that was made.</summary>
public class ExampleTests
{
    private static readonly IReadOnlyDictionary<string, Example> All = Examples.Load();

    public static TheoryData<string> Calls => [.. Contract.Routes.Select(route => route.Name)];

    /// <summary>With WUWEI_REWRITE_SNAPSHOTS=1 the examples are recorded anew, and the next build has them.</summary>
    [Fact]
    public async Task Every_call_has_an_example_and_no_other()
    {
        if (SnapshotFile.Rewrites)
        {
            await ExampleRecorder.WriteAsync();
            return;
        }

        Assert.Equal(Contract.Routes.Select(route => route.Name).Order(), All.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void An_example_is_a_request_its_answer_and_a_refusal(string name)
    {
        if (SnapshotFile.Rewrites)
        {
            return;
        }

        var (route, example) = (Contract.Routes.Single(r => r.Name == name), All[name]);

        // Fields and values that the contract does not have, or has no more, are an error.
        var request = JsonParser.Default.Parse(example.Request.ToJsonString(), route.Rpc.InputType);
        JsonParser.Default.Parse(example.Answer["data"]!.ToJsonString(), route.Rpc.OutputType);
        Assert.NotNull(Doors.ToHttp(route, request).RequestUri);
        Assert.Equal((0, ""), ((int)example.Answer["errcode"]!, (string)example.Answer["errmsg"]!));
        Assert.InRange((int)example.Refused["errcode"]!, 40_000, 49_999);
        Assert.Matches("^[A-Z_]+$", (string)example.Refused["reason"]!);
        Assert.NotEmpty((string)example.Refused["errmsg"]!);
        Assert.IsType<JsonArray>(example.Refused["fields"]);
    }

    [Fact]
    public void What_opens_something_is_not_in_an_example() => Assert.All(
        Contract.Routes.SelectMany(route => new[] { All[route.Name].Request, All[route.Name].Answer }
            .SelectMany(example => Strings("", example)).Select(text => (Route: route, text.Name, text.Value))),
        text => Assert.True(ExampleRecorder.IsForShow(text.Route, text.Name, text.Value), $"{text}"));

    [Fact]
    public async Task The_description_shows_them()
    {
        var document = JsonNode.Parse(await OpenApiDescription.Build().SerializeAsJsonAsync(
            OpenApiSpecVersion.OpenApi3_1, TestContext.Current.CancellationToken))!;

        var near = document["paths"]!["/api/v1/near/wishes"]!["get"]!;
        Assert.All(
            near["parameters"]!.AsArray().Where(p => (string?)p!["name"] is "latitude" or "longitude"),
            p => Assert.NotEqual(0, (int)p!["example"]!));
        var claim = document["paths"]!["/api/v1/wishes/{wish_id}:claim"]!["post"]!;
        Assert.Equal(["kind"], Shown(claim["requestBody"]!).AsObject().Select(field => field.Key));
        Assert.Equal(
            "WISH_STATUS_CLAIMED", (string?)Shown(claim["responses"]!["200"]!)["data"]!["wish"]!["status"]);
        Assert.NotEqual(0, (int)Shown(claim["responses"]!["default"]!)["errcode"]!);

        static JsonNode Shown(JsonNode where) => where["content"]!["application/json"]!["example"]!;
    }

    private static IEnumerable<(string Name, string Value)> Strings(string name, JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Strings(field.Key, field.Value)),
        JsonArray items => items.SelectMany(item => Strings(name, item)),
        JsonValue value when value.TryGetValue(out string? text) => [(name, text)],
        _ => [],
    };
}
