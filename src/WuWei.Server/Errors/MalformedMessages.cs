using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Status = Google.Rpc.Status;

namespace WuWei.Errors;

/// <summary>
/// A message that cannot be parsed fails before any interceptor runs, as UNKNOWN, one whose frame is cut off or wrongly
/// packed as INTERNAL, and one that is too large without a reason. All are the caller's fault, so here they become refusals
/// like any other.
/// </summary>
public static class MalformedMessages
{
    private const string StatusName = "grpc-status";
    private static readonly object Read = new();

    /// <summary>Notes that the message was parsed: what goes wrong later is not its fault.</summary>
    public static void MarkRead(ServerCallContext context) => context.GetHttpContext().Items[Read] = true;

    public static IApplicationBuilder UseMalformedMessages(this IApplicationBuilder app)
    {
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return app.Use((http, next) => RefuseMalformedAsync(http, next, stopping));
    }

    private static async Task RefuseMalformedAsync(HttpContext http, RequestDelegate next, CancellationToken stopping)
    {
        await next(http);
        if (stopping.IsCancellationRequested || http.RequestAborted.IsCancellationRequested)
        {
            // It was not read for that reason: the caller tries again.
            return;
        }

        // A response without any message carries its status as a header, unless it has begun.
        var trailers = http.Response.HasStarted
            ? http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : http.Response.Headers;
        if (http.Items.ContainsKey(Read) || trailers is null || Refusal(trailers[StatusName]) is not { } refused)
        {
            return;
        }

        Put(trailers, refused);
    }

    /// <summary>A refusal as the whole answer to a gRPC call that is not read at all.</summary>
    public static void Answer(HttpContext http, RefusedException refused)
    {
        http.Response.ContentType = "application/grpc";
        Put(http.Response.Headers, refused);
    }

    private static void Put(IHeaderDictionary trailers, RefusedException refused)
    {
        var status = new Status { Code = (int)refused.Code, Message = refused.Message };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = refused.Reason, Domain = RefusalInterceptor.Domain }));
        trailers[StatusName] = status.Code.ToString(CultureInfo.InvariantCulture);
        trailers["grpc-message"] = Uri.EscapeDataString(refused.Message);
        trailers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
    }

    private static RefusedException? Refusal(string? status) =>
        !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? null
        : (StatusCode)code switch
        {
            StatusCode.Unknown or StatusCode.Internal => Refuse.Invalid("MESSAGE_MALFORMED", "请求的内容无法读取。"),
            StatusCode.ResourceExhausted => Refuse.Exhausted("MESSAGE_TOO_LARGE", "请求的内容太大。"),
            _ => null,
        };
}
