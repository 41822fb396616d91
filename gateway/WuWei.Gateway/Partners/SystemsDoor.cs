using System.Globalization;
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

    public static void Open(KestrelServerOptions kestrel, IConfiguration settings)
    {
        var text = settings[PortSetting];
        var port = string.IsNullOrEmpty(text) ? PortDefault
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked <= 65_535 ? asked
            : throw new InvalidOperationException($"{PortSetting} is not a port: {text}");
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            Door.Mark(listen, Doors.Systems);
        });
    }
}
