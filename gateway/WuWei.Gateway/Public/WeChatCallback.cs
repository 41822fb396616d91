using Microsoft.AspNetCore.Http.Features;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.WeChat;

namespace WuWei.Gateway.Public;

/// <summary>Where WeChat pushes to, at the public door: it tries it with GET, and tells what happened by POST.</summary>
public static class WeChatCallback
{
    private const string Path = "/wechat/callback";
    private const int BodyBytesMax = 64 * 1024;
    private const int EchoLengthMax = 128;

    public static void MapWeChatCallback(this IEndpointRouteBuilder app)
    {
        app.MapGet(Path, TryAsync);
        app.MapPost(Path, TakeAsync);
    }

    private static async Task TryAsync(HttpContext http, WeChatPushes pushes, RateLimits rates)
    {
        var echo = $"{http.Request.Query["echostr"]}";
        if (Door.Of(http) != Doors.Public || echo.Length is 0 or > EchoLengthMax || !echo.All(char.IsAsciiLetterOrDigit))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await AnswerAsync(http, rates, async () => await pushes.IsTrialAsync(Read(http, [])) ? echo : null);
    }

    private static async Task TakeAsync(HttpContext http, WeChatPushes pushes, RateLimits rates)
    {
        if (Door.Of(http) != Doors.Public)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = BodyBytesMax;
        if (http.Request.ContentLength > BodyBytesMax)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        await AnswerAsync(http, rates, async () =>
            await pushes.TakeAsync(Read(http, body.ToArray()), http.RequestAborted) ? "success" : null);
    }

    private static UnprovenPush Read(HttpContext http, byte[] body)
    {
        var query = http.Request.Query;
        return new UnprovenPush(
            $"{query["signature"]}", $"{query["msg_signature"]}", $"{query["timestamp"]}", $"{query["nonce"]}", body,
            AccessInterceptor.Source(http.Connection.RemoteIpAddress));
    }

    /// <summary>WeChat comes again when we have no database, and is told nothing else.</summary>
    private static async Task AnswerAsync(HttpContext http, RateLimits rates, Func<Task<string?>> act)
    {
        try
        {
            rates.Take(RateOf.Address, AccessInterceptor.Source(http.Connection.RemoteIpAddress));
            if (await act() is { } answer)
            {
                http.Response.ContentType = "text/plain";
                await http.Response.WriteAsync(answer, http.RequestAborted);
                return;
            }

            http.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        catch (RefusedException refused)
        {
            http.Response.StatusCode = refused.Code == Grpc.Core.StatusCode.ResourceExhausted
                ? StatusCodes.Status429TooManyRequests
                : StatusCodes.Status503ServiceUnavailable;
        }
    }
}
