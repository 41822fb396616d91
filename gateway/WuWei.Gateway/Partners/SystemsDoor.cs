using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Partners;

namespace WuWei.Gateway.Partners;

/// <summary>
/// The door for other systems: gRPC over HTTP/2. With a certificate it is TLS on all addresses, for partners with client
/// certificates only; without one it is plain and on loopback only, for a demo and for tests.
/// </summary>
public static class SystemsDoor
{
    private const string PortSetting = "WUWEI_GRPC_PORT";
    private const string CertificateSetting = "WUWEI_GRPC_CERTIFICATE";
    private const string KeySetting = "WUWEI_GRPC_CERTIFICATE_KEY";
    private const string AuthoritySetting = "WUWEI_GRPC_CLIENT_CA";
    private const int PortDefault = 5080;
    private const string GrpcContent = "application/grpc";

    public static void Open(KestrelServerOptions kestrel, IConfiguration settings)
    {
        var port = Ports.Of(settings, PortSetting, PortDefault);
        if (settings[CertificateSetting] is not { Length: > 0 } certificate)
        {
            if (settings[AuthoritySetting] is { Length: > 0 } || settings[KeySetting] is { Length: > 0 })
            {
                throw new InvalidOperationException($"{CertificateSetting} is not set, so the gRPC door would have no TLS.");
            }

            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                Door.Mark(listen, Doors.Systems);
            });
            return;
        }

        var own = X509Certificate2.CreateFromPemFile(certificate, WuWeiServices.Required(settings, KeySetting));
        var authorities = All(WuWeiServices.Required(settings, AuthoritySetting));
        var clock = kestrel.ApplicationServices.GetRequiredService<TimeProvider>();
        var tls = new MutualTls(own, All(certificate), authorities, clock);
        kestrel.ListenAnyIP(port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(tls.Options);
            Door.Mark(listen, Doors.Systems);
        });
    }

    private static X509Certificate2Collection All(string path)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(path);
        return all.Count > 0 ? all : throw new InvalidOperationException($"{path} has no certificate in it.");
    }

    /// <summary>Nothing but gRPC is to be had at it, and with client certificates nothing before a partner is known.</summary>
    public static IApplicationBuilder UseSystemsDoor(this IApplicationBuilder app)
    {
        var gate = app.ApplicationServices.GetRequiredService<PartnerGate>();
        return app.Use((http, next) =>
        {
            if (Door.Of(http) != Doors.Systems)
            {
                return next(http);
            }

            if (http.Request.ContentType?.StartsWith(GrpcContent, StringComparison.OrdinalIgnoreCase) == true)
            {
                return PartnerConnection.IsPartnersOnly(http) ? AdmitAsync(gate, http, next) : next(http);
            }

            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>Only a call there is: what anybody can send must not fill a table.</summary>
    private static string CallOf(HttpContext http) =>
        http.Request.Path.Value?.TrimStart('/') is { } path && Permissions.ByRpc.ContainsKey(path) ? path : "";

    private static async Task AdmitAsync(PartnerGate gate, HttpContext http, RequestDelegate next)
    {
        try
        {
            PartnerConnection.Admit(http, await gate.AdmitAsync(
                PartnerConnection.Certificate(http), AccessInterceptor.Source(http.Connection.RemoteIpAddress),
                CallOf(http), http.RequestAborted));
        }
        catch (RefusedException refused)
        {
            MalformedMessages.Answer(http, refused);
            return;
        }

        await next(http);
    }
}
