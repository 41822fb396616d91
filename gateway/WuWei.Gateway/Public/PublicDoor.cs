using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using WuWei.Access;
using WuWei.Calls;

namespace WuWei.Gateway.Public;

/// <summary>
/// The door for people's programs. With a certificate it speaks HTTP/1.1 and 2 on all addresses; without one HTTP/1.1 on
/// loopback only, for a demo or a reverse proxy on the same machine.
/// </summary>
public static class PublicDoor
{
    private const string PortSetting = "WUWEI_PUBLIC_PORT";
    private const int PortDefault = 5081;

    public static void Open(KestrelServerOptions kestrel, IConfiguration settings)
    {
        var port = Ports.Of(settings, PortSetting, PortDefault);
        if (settings["WUWEI_PUBLIC_CERTIFICATE"] is not { Length: > 0 } certificate)
        {
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                Door.Mark(listen, Doors.Public);
            });
            return;
        }

        var key = WuWeiServices.Required(settings, "WUWEI_PUBLIC_CERTIFICATE_KEY");
        kestrel.ListenAnyIP(port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key));
            Door.Mark(listen, Doors.Public);
        });
    }
}
