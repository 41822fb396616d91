using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WuWei.Gateway;

/// <summary>What connections may cost. How slow a body may come, and how many headers there are, Kestrel bounds by itself.</summary>
public static class ConnectionBounds
{
    private const string CountSetting = "Doors:ConnectionsMax";

    /// <summary>Twice as many as there may be live streams.</summary>
    private const int CountDefault = 20_000;

    /// <summary>Nobody's phone needs longer to say what it wants.</summary>
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);

    public static void Set(KestrelServerOptions kestrel, IConfiguration settings)
    {
        // Of each door: people who are too many do not keep other systems out.
        kestrel.Limits.MaxConcurrentConnections = settings.GetValue(CountSetting, CountDefault);
        kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
    }
}
