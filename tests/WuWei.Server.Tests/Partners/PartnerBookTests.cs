using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Errors;
using WuWei.Partners;
using WuWei.Tests.Crashes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Partners;

public sealed class PartnerBookTests
{
    [Fact]
    public async Task Without_the_database_what_was_known_is_good_for_a_minute_and_no_longer()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var (id, code) = await server.AddPartnerAsync(["public"], [world.Community]);
        var key = await server.AddKeyAsync(code);
        var to = new MySqlConnectionStringBuilder(server.Database.Service);
        using var proxy = new CuttingProxy(to.Server, (int)to.Port);
        await using var copy = await TestServer.StartAsync(server.Database.Through(proxy.Port), server.Clock);
        var book = copy.Services.GetRequiredService<PartnerBook>();
        Assert.Equal(id, await LetInAsync());

        proxy.Dispose();
        await server.Partners().RevokeAsync(code, "合同到期", CancellationToken.None);
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(id, await LetInAsync());

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var refused = await Assert.ThrowsAsync<RefusedException>(LetInAsync);
        Assert.Equal("DATABASE_AWAY", refused.Reason);

        async Task<Guid> LetInAsync() =>
            (await book.GetAsync(CancellationToken.None)).GetByKey(key, server.Clock.Now).Id;
    }
}
