using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace WuWei.Gateway.Public.Description;

/// <summary>The description of the JSON calls at <c>/openapi/v1.json</c>, and a page to read and try them at <c>/docs</c>.</summary>
public static class DescriptionPages
{
    private const string PagePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; frame-ancestors 'none'";

    public static void MapDescription(this IEndpointRouteBuilder app)
    {
        // Made once, when somebody asks: it never changes while the program runs.
        var made = new Lazy<Task<string>>(
            () => OpenApiDescription.Build().SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
        app.MapGet("/openapi/v1.json", async () => Results.Text(await made.Value, "application/json; charset=utf-8"));
        app.MapScalarApiReference("/docs", page => page.WithTitle("WuWei 五微").DisableDefaultFonts())
            .AddEndpointFilter((call, next) =>
            {
                call.HttpContext.Response.Headers.ContentSecurityPolicy = PagePolicy;
                return next(call);
            });
    }
}
