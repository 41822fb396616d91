using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using WuWei.Gateway.Public.Description;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>
/// Makes every call once through the JSON door, as whoever may, and once so that it is refused, and writes down both. What is
/// another each time is replaced: ids and phones one by one, and names and what opens something by the same word everywhere.
/// </summary>
public static partial class ExampleRecorder
{
    private const string File = "../../../gateway/WuWei.Gateway/Public/Description/examples.json";
    private const string Opener = "example";

    /// <summary>Enough to see what a list is like.</summary>
    private const int ItemsMax = 2;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] Openers =
        ["token", "ticket", "password", "totp", "pageToken", "nextPageToken", "phoneCode", "device",
        "thumbnailUrl", "largeUrl"];

    /// <summary>Whose codes open something; those of others are names.</summary>
    private static readonly string[] CodesOpen = ["AccessService", "AttendanceService", "InvitationService", "WeChatService"];

    public static async Task WriteAsync([CallerFilePath] string here = "")
    {
        await using var server = await TestServer.StartAsync(
            settings: ["Wishes:ClaimsMax=1000", "Wishes:ClaimerRevealsMax=1000", "Wishes:StaffRevealsMax=1000"]);
        var world = await World.CreateAsync(server);
        using var doors = new Doors(server);
        var examples = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var route in Contract.Routes)
        {
            examples[route.Name] = await RecordAsync(server, world, doors, route);
        }

        await System.IO.File.WriteAllTextAsync(
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, File)),
            JsonSerializer.Serialize(examples, Json) + "\n");
    }

    /// <summary>Whether a string may be in an example: one that opens something is the word for it.</summary>
    public static bool IsForShow(JsonRoute route, string name, string value) =>
        value.Length == 0 || !Opens(route, name) || value == Opener;

    private static bool Opens(JsonRoute route, string name) =>
        Openers.Contains(name) || (name == "code" && CodesOpen.Contains(route.Rpc.Service.Name));

    private static async Task<JsonObject> RecordAsync(TestServer server, World world, Doors doors, JsonRoute route)
    {
        foreach (var scene in Scenes.All.Where(s => s.FullRpc == route.FullRpc))
        {
            var cast = await WishCast.CreateAsync(world);
            var request = route.Name == "ActivityService/SettleActivity"
                ? await EndedAsync(server, cast)
                : await scene.PrepareAsync(cast);
            foreach (var asker in await AskersAsync(server, cast))
            {
                if (scene.IsForAnyone && asker.Actor.Token.Length > 0)
                {
                    continue;
                }

                if (request is Wire.ClaimWishRequest claim)
                {
                    claim.Kind = asker.Kind;
                }

                // Before it is done: afterwards it may be refused for being done already.
                var refused = await RefusedAsync(doors, route, request, asker.Actor.Token);
                var answer = await doors.EnvelopeAsync(route, request, asker.Actor.Token, $"{Guid.NewGuid()}");
                if ((int)answer["errcode"]! == 0)
                {
                    return ForShow(route, new JsonObject
                    {
                        ["request"] = JsonNode.Parse(JsonFormatter.Default.Format(request)),
                        ["answer"] = answer,
                        ["refused"] = refused,
                    });
                }
            }
        }

        throw new InvalidOperationException($"Nobody may make {route.Name}.");
    }

    private static async Task<IEnumerable<Asker>> AskersAsync(TestServer server, WishCast cast) =>
    [
        .. await Asker.AroundAsync(cast), .. await Asker.OfEveryRoleAsync(cast.World, server.Clock.Now),
    ];

    /// <summary>An activity that is over: the only call that waits for time to pass.</summary>
    private static async Task<IMessage> EndedAsync(TestServer server, WishCast cast)
    {
        var activity = await cast.Staff.EnrollingAsync(
            cast.World.Activity(startsAt: server.Clock.Now.AddHours(1)));
        foreach (var _ in new[] { "it starts", "it ends" })
        {
            server.Clock.Advance(TimeSpan.FromHours(1.5));
            await server.RunJobsAsync();
        }

        return new Wire.SettleActivityRequest { ActivityId = activity.Id };
    }

    /// <summary>
    /// How somebody who may is refused: because there is no such thing, or because they said nothing; else like somebody whose
    /// sign-in has run out.
    /// </summary>
    private static async Task<JsonObject> RefusedAsync(Doors doors, JsonRoute route, IMessage request, string token)
    {
        var other = route.PathFields.Count == 0
            ? (IMessage)Activator.CreateInstance(request.GetType())!
            : JsonParser.Default.Parse(
                Id().Replace(JsonFormatter.Default.Format(request), _ => $"{Guid.NewGuid()}"), route.Rpc.InputType);
        if (!other.Equals(request))
        {
            var refused = await doors.EnvelopeAsync(route, other, token, $"{Guid.NewGuid()}");
            if ((int)refused["errcode"]! != 0)
            {
                return refused;
            }
        }

        return await doors.EnvelopeAsync(route, other, "ended", $"{Guid.NewGuid()}");
    }

    private static JsonObject ForShow(JsonRoute route, JsonObject example)
    {
        var known = new Dictionary<string, string>();
        return (JsonObject)Shown("", example)!;

        JsonNode? Shown(string name, JsonNode? node) => node switch
        {
            JsonObject fields => new JsonObject(fields.Select(field =>
                KeyValuePair.Create(field.Key, Shown(field.Key, field.Value)))),
            JsonArray items => new JsonArray([.. items.Take(ItemsMax).Select(item => Shown(name, item))]),
            JsonValue value when value.TryGetValue(out string? text) => JsonValue.Create(Text(name, text)),
            _ => node?.DeepClone(),
        };

        string Text(string name, string text)
        {
            if (!IsForShow(route, name, text))
            {
                return Opener;
            }

            if (name == "request_id")
            {
                return "0HNEXAMPLE00:00000001";
            }

            text = Id().Replace(text, match => Known(match.Value, n => $"0197278d-0000-7000-8000-{n:D12}"));
            text = Phone().Replace(text, match => Known(match.Value, n => $"139{n:D8}"));
            text = Random().Replace(text, match => Known(match.Value, n => $"{n:D8}"));
            text = MaskedPhone().Replace(text, "139****0001");
            return MaskedName().Replace(Name().Replace(text, "王小明"), "王**");
        }

        string Known(string value, Func<int, string> shown) =>
            known.TryGetValue(value, out var before) ? before : known[value] = shown(known.Count + 1);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex(@"\b1\d{10}\b")]
    private static partial Regex Phone();

    /// <summary>Of a name that must be another each time.</summary>
    [GeneratedRegex("[0-9a-f]{16,32}")]
    private static partial Regex Random();

    [GeneratedRegex(@"[赵钱孙李周吴郑王]测试\d+")]
    private static partial Regex Name();

    [GeneratedRegex(@"[赵钱孙李周吴郑王]\*\*")]
    private static partial Regex MaskedName();

    [GeneratedRegex(@"1\d\d\*{4}\d{4}")]
    private static partial Regex MaskedPhone();
}
