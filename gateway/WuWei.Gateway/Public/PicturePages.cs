using WuWei.Access;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Pictures;

namespace WuWei.Gateway.Public;

/// <summary>GET /pictures/NAME: the file that a link is good for; described in pictures.proto.</summary>
public sealed class PicturePages(PictureFiles files, RateLimits rates)
{
    /// <summary>Opened by itself, a picture is shown alone: nothing in it runs, and it frames nothing.</summary>
    private const string Policy = "default-src 'none'; frame-ancestors 'none'; sandbox";

    public async Task ServeAsync(HttpContext http, string name)
    {
        if (Door.Of(http) != Doors.Public)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            rates.Take(RateOf.Pictures, AccessInterceptor.Source(http.Connection.RemoteIpAddress));
            var link = $"{http.Request.Query[PictureLinks.Query]}";
            await using var file = await files.OpenAsync(name, link, http.RequestAborted);
            var headers = http.Response.Headers;
            headers.ContentType = "image/jpeg";
            headers.ContentLength = file.Jpeg.Length;
            headers.ContentDisposition = "inline; filename=\"picture.jpg\"";
            headers.ContentSecurityPolicy = Policy;
            headers.CacheControl = $"private, max-age={(int)file.KeptFor.TotalSeconds}";
            await file.Jpeg.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (RefusedException refused) when (!http.Response.HasStarted)
        {
            await JsonEnvelope.RefuseAsync(http, refused);
        }
    }
}
