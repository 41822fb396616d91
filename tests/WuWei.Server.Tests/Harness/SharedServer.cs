using WuWei.Tests.Harness;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace WuWei.Tests.Harness;

/// <summary>One server and one district for all tests that need no clock, database or settings of their own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;
    public World World { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync();
        World = await World.CreateAsync(Server);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
