using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace WuWei.Gateway.Public;

/// <summary>The pages of gateway/web, from the folder that WUWEI_WEB names; each app below its own path.</summary>
public static class Pages
{
    private const string FolderSetting = "WUWEI_WEB";

    /// <summary>Nothing from elsewhere runs in them, and nobody frames them.</summary>
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

    private static readonly string[] Apps = ["screen", "h5"];

    public static IApplicationBuilder UsePages(this IApplicationBuilder app, IConfiguration settings)
    {
        foreach (var name in Apps)
        {
            if (settings[FolderSetting] is { Length: > 0 } folder && Path.Join(Path.GetFullPath(folder), name) is var files
                && Directory.Exists(files))
            {
                app.UseFileServer(new FileServerOptions
                {
                    RequestPath = $"/{name}",
                    FileProvider = new PhysicalFileProvider(files),
                    StaticFileOptions = { OnPrepareResponse = Prepare },
                });
            }
        }

        return app;
    }

    private static void Prepare(StaticFileResponseContext context)
    {
        var headers = context.Context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        // What is built has its content's hash in its name; the page that names it has not.
        headers.CacheControl = context.File.Name.EndsWith(".html", StringComparison.Ordinal)
            ? "no-cache"
            : "public, max-age=31536000, immutable";
    }
}
