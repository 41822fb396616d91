using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using WuWei.Access;
using WuWei.Calls;

namespace WuWei.Operator.Demo;

/// <summary>The real services on a loopback port of their own, with a clock that can be set.</summary>
public sealed class DemoHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private DemoHost(WebApplication app, GrpcChannel channel, DemoClock clock)
    {
        _app = app;
        _channel = channel;
        Clock = clock;
    }

    public DemoClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public GrpcChannel Channel => _channel;

    public static async Task<DemoHost> StartAsync(CancellationToken cancel)
    {
        var clock = new DemoClock();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Error)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddWuWei(builder.Configuration);
        builder.Services.TryAddSingleton<ISmsSender, ConsoleSms>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            Door.Mark(listen, Doors.Systems);
        }));
        var app = builder.Build();
        app.MapWuWei();
        await app.StartAsync(cancel);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new DemoHost(app, GrpcChannel.ForAddress(addresses.First()), clock);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Stands where it is put.</summary>
public sealed class DemoClock : TimeProvider
{
    private DateTimeOffset _now = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _now;

    public void Set(DateTime utc) => _now = new DateTimeOffset(utc, TimeSpan.Zero);
}
