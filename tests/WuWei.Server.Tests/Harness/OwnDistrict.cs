namespace WuWei.Tests.Harness;

/// <summary>Each test has a server and a district of its own: it moves the clock, or looks at all there is.</summary>
public abstract class OwnDistrict : IAsyncLifetime
{
    protected TestServer Server { get; private set; } = null!;
    protected World World { get; private set; } = null!;

    /// <summary>Settings of the server, as <c>NAME=VALUE</c>.</summary>
    protected virtual string[] Settings => [];

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(settings: Settings);
        World = await World.CreateAsync(Server);
        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Who and what else all tests of the class need.</summary>
    protected virtual Task SettleAsync() => Task.CompletedTask;

    /// <summary>After each test, while the server still runs.</summary>
    protected virtual Task CloseAsync() => Task.CompletedTask;
}
