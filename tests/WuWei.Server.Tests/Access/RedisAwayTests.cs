using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public class RedisAwayTests
{
    [Fact]
    public async Task Without_redis_everything_works()
    {
        await using var server = await TestServer.StartAsync(settings: "WUWEI_REDIS=127.0.0.1:1,password=x");
        var world = await World.CreateAsync(server);
        var maker = await world.ResidentAsync();
        var neighbour = await world.ResidentAsync();
        var staff = await world.StaffAsync(world.District);

        var wish = await maker.OpenAsync(world.Request(), staff);
        await neighbour.ClaimAsync(wish);
        await neighbour.DeliverAsync(wish);
        await maker.ConfirmAsync(wish);

        var nobody = new Wire.AccessService.AccessServiceClient(server.Channel);
        var asked = await nobody.AskCodeAsync(new() { Phone = maker.Phone });
        var again = await nobody.SignInAsync(
            new() { ChallengeId = asked.ChallengeId, Code = server.Sms.Codes[maker.Phone] });
        Assert.Equal(maker.PersonId.ToString(), again.Me.PersonId);

        await maker.Access.EndMySessionsAsync(new());
        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(maker.Identity.GetMeAsync(new())));
        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task Emptying_redis_logs_nobody_out()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var resident = await world.ResidentAsync();
        await resident.Identity.GetMeAsync(new());

        await using (var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(
            $"{TestDatabase.Redis},allowAdmin=true"))
        {
            foreach (var end in redis.GetServers())
            {
                await end.FlushAllDatabasesAsync();
            }
        }

        // A second copy remembers nothing of its own.
        await using var copy = await TestServer.StartAsync(server.Database, server.Clock);
        Assert.Equal(resident.PersonId.ToString(), (await resident.At(copy).Identity.GetMeAsync(new())).Me.PersonId);
    }
}
