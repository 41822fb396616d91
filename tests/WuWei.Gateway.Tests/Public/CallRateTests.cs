using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>How often somebody may call, and as whom they count.</summary>
public sealed class CallRateTests(SharedServer shared)
{
    [Fact]
    public async Task Nobody_calls_more_often_than_the_copies_together_allow()
    {
        string[] settings = ["Rates:PersonPerMinute=10"];
        await using var one = await TestServer.StartAsync(shared.Server.Database, settings: settings);
        await using var two = await TestServer.StartAsync(shared.Server.Database, settings: settings);
        var (person, other) = (await shared.World.ResidentAsync(), await shared.World.ResidentAsync());

        Assert.All(await CallsAsync(one, person, 6), status => Assert.Equal(200, status));
        Assert.All(await CallsAsync(two, person, 4), status => Assert.Equal(200, status));
        await one.Services.GetRequiredService<RateLimits>().ShareAsync();
        await two.Services.GetRequiredService<RateLimits>().ShareAsync();

        Assert.Equal([429, 429], await CallsAsync(two, person, 2));
        Assert.All(await CallsAsync(two, other, 2), status => Assert.Equal(200, status));
        // The counts of one may have been told before those of two were: then it learns them with its next call.
        await CallsAsync(one, person, 1);
        await one.Services.GetRequiredService<RateLimits>().ShareAsync();
        Assert.Equal([429], await CallsAsync(one, person, 1));
    }

    [Fact]
    public async Task Who_says_to_speak_for_another_address_is_not_believed()
    {
        string[] settings = ["Rates:AddressPerMinute=3"];
        await using var server = await TestServer.StartAsync(shared.Server.Database, settings: settings);
        await using var behind = await TestServer.StartAsync(
            shared.Server.Database, settings: [.. settings, "Public:Proxies:0=127.0.0.0/8"]);

        Assert.Equal([401, 401, 401, 429], await ForwardedAsync(server));
        Assert.Equal([401, 401, 401, 401], await ForwardedAsync(behind));
    }

    private static async Task<List<int>> ForwardedAsync(TestServer server)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
            request.Headers.Add("x-forwarded-for", $"203.0.113.{Random.Shared.Next(1, 255)}, 198.51.100.{i + 1}");
            using var response = await http.SendAsync(request);
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }

    private static async Task<List<int>> CallsAsync(TestServer server, Actor person, int times)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        var statuses = new List<int>();
        for (var i = 0; i < times; i++)
        {
            using var response = await http.GetAsync("/api/v1/me");
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }
}
