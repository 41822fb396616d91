namespace WuWei.Gateway.Public;

/// <summary>What a browser is told about every answer of the public door.</summary>
public static class SecurityHeaders
{
    /// <summary>Of answers that are data: nothing in them is to be run or framed.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["referrer-policy"] = "no-referrer";
        headers["cross-origin-resource-policy"] = "cross-origin";
        headers.ContentSecurityPolicy = DataPolicy;
        headers.CacheControl = "no-store";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(http);
    });
}
