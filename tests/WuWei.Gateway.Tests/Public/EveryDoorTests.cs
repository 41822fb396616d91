using Google.Protobuf;
using WuWei.Access;
using WuWei.Gateway.Public.Description;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>Every call, made in three ways: the same result, and the same reason when it is refused.</summary>
public sealed class EveryDoorTests : IAsyncLifetime
{
    private static readonly Dictionary<string, JsonRoute> Routes = Contract.Routes.ToDictionary(r => r.FullRpc);

    private TestServer _server = null!;
    private World _world = null!;
    private Doors _doors = null!;

    /// <summary>A district of its own, in which nothing else happens between two doors.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(
            settings: ["Wishes:ClaimsMax=1000", "Wishes:ClaimerRevealsMax=1000", "Wishes:StaffRevealsMax=1000"]);
        _world = await World.CreateAsync(_server);
        _doors = new Doors(_server);
    }

    public ValueTask DisposeAsync()
    {
        _doors.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public void Every_call_for_people_has_a_route_of_its_own()
    {
        var streams = Rpcs.All.Where(rpc => rpc.IsServerStreaming).Select(rpc => rpc.Name());

        Assert.Equal(Rpcs.All.Select(rpc => rpc.Name()).Except(streams).Order(), Routes.Keys.Order());
        Assert.Equal(Routes.Count, Routes.Values.Select(r => $"{r.Method} {r.Path}").Distinct().Count());
        Assert.All(Routes.Values, route =>
        {
            Assert.StartsWith("/api/v1/", route.Path);
            Assert.Equal(!route.HasBody, route.Method == HttpMethod.Get);
            Assert.False(route.Method == HttpMethod.Get && Permissions.ByRpc[route.FullRpc].Writes, route.Path);
        });
    }

    [Fact]
    public async Task Whoever_may_gets_the_same_answer_at_every_door()
    {
        var everyRole = await Asker.OfEveryRoleAsync(_world, _server.Clock.Now);
        var scenes = Scenes.All.Where(s => Routes.ContainsKey(s.FullRpc) && !s.IsForAnyone && !s.EndsSession
            && !s.AnswersAnew).ToList();
        var compared = new HashSet<string>();
        foreach (var scene in scenes)
        {
            var cast = await WishCast.CreateAsync(_world);
            var request = await scene.PrepareAsync(cast);
            var key = $"{Guid.NewGuid()}";
            foreach (var asker in (await Asker.AroundAsync(cast)).Concat(everyRole).Where(a => a.Actor.Token.Length > 0))
            {
                Choose(request, asker);
                if (!(await _doors.GrpcAsync(Routes[scene.FullRpc], request, asker.Actor.Token, key)).Done)
                {
                    continue;
                }

                // A write has happened now: with its key each door answers what it answered.
                var outcomes = await _doors.AllAsync(Routes[scene.FullRpc], request, asker.Actor.Token, key);
                AssertSame(scene, outcomes);
                Assert.All(outcomes.Values, o => Assert.True(o.Done, $"{scene}: {o.Reason}"));
                compared.Add(scene.Rpc);
                break;
            }
        }

        // Settling wants the end of an activity, and here no time passes.
        Assert.Equal(["ActivityService/SettleActivity"], scenes.Select(s => s.Rpc).Distinct().Except(compared));
    }

    [Fact]
    public async Task Without_signing_in_one_sees_what_a_stranger_sees_and_nothing_else()
    {
        var seen = new HashSet<string>();
        foreach (var scene in Scenes.All.Where(s => Permissions.ByRpc[s.FullRpc].WithoutSignIn))
        {
            var (request, route) = (await scene.PrepareAsync(await WishCast.CreateAsync(_world)), Routes[scene.FullRpc]);
            var stranger = await _world.ResidentAsync(_world.FarCommunity);
            var outcomes = new Dictionary<string, Outcome>
            {
                ["grpc"] = await _doors.GrpcAsync(route, request, stranger.Token, ""),
                ["grpc-web, unsigned"] = await _doors.GrpcWebAsync(route, request, "", ""),
                ["json, unsigned"] = await _doors.JsonAsync(route, request, "", ""),
            };

            AssertSame(scene, outcomes);
            Assert.Equal("SIGN_IN_REQUIRED", (await _doors.GrpcAsync(route, request, "", "")).Reason);
            Assert.Equal("SIGN_IN_REQUIRED", (await _doors.JsonAsync(route, request, "no-token", "")).Reason);
            seen.Add(scene.FullRpc);
        }

        Assert.Equal(Permissions.ByRpc.Values.Where(p => p.WithoutSignIn).Select(p => p.Rpc).Order(), seen.Order());
    }

    [Fact]
    public async Task Whoever_may_not_is_refused_for_the_same_reason_at_every_door()
    {
        var refused = new HashSet<string>();
        foreach (var scene in Scenes.All.Where(s => Routes.ContainsKey(s.FullRpc) && !s.IsForAnyone && !s.EndsSession))
        {
            var request = await scene.PrepareAsync(await WishCast.CreateAsync(_world));
            var empty = (IMessage)Activator.CreateInstance(request.GetType())!;
            var stranger = await _world.ResidentAsync(_world.FarCommunity);
            foreach (var (asked, token) in new[] { (request, ""), (request, stranger.Token), (empty, stranger.Token) })
            {
                // What the website shows, it shows without signing in, and only at its own door.
                if (IsPathless(scene, asked) || (token.Length == 0 && Permissions.ByRpc[scene.FullRpc].WithoutSignIn))
                {
                    continue;
                }

                var outcomes = await _doors.AllAsync(Routes[scene.FullRpc], asked, token, $"{Guid.NewGuid()}");
                if (!outcomes.Values.All(o => o.Done))
                {
                    AssertSame(scene, outcomes);
                    refused.Add(scene.Rpc);
                }
            }
        }

        Assert.Empty(Scenes.All
            .Where(s => !s.IsForAnyone && !s.EndsSession && Routes.ContainsKey(s.FullRpc)
                && !Permissions.ByRpc[s.FullRpc].WithoutSignIn)
            .Select(s => s.Rpc).Except(refused));
    }

    /// <summary>An empty id is no path: that request cannot be made in JSON.</summary>
    private static bool IsPathless(Scene scene, IMessage request) =>
        Routes[scene.FullRpc].PathFields.Count > 0 && request.CalculateSize() == 0;

    private static void Choose(IMessage request, Asker asker)
    {
        if (request is Wire.ClaimWishRequest claim)
        {
            claim.Kind = asker.Kind;
        }
    }

    private static void AssertSame(Scene scene, IReadOnlyDictionary<string, Outcome> outcomes)
    {
        foreach (var (door, outcome) in outcomes)
        {
            Assert.True(outcomes["grpc"] == outcome, $"{scene}: {outcomes["grpc"]}\nbut at {door} {outcome}");
        }
    }
}
