using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using WuWei.Access;
using WuWei.Calls;

namespace WuWei.Gateway.Partners;

/// <summary>The door for other systems: gRPC over plain HTTP/2, on loopback only while it has no TLS.</summary>
public static class SystemsDoor
{
    private const string PortSetting = "WUWEI_GRPC_PORT";
    private const int PortDefault = 5080;
    private const string GrpcContent = "application/grpc";

    public static void Open(KestrelServerOptions kestrel, IConfiguration settings) =>
        kestrel.Listen(IPAddress.Loopback, Ports.Of(settings, PortSetting, PortDefault), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            Door.Mark(listen, Doors.Systems);
        });

    /// <summary>Nothing but gRPC is to be had at it.</summary>
    public static IApplicationBuilder UseSystemsDoor(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (Door.Of(http) != Doors.Systems
            || http.Request.ContentType?.StartsWith(GrpcContent, StringComparison.OrdinalIgnoreCase) == true)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}
