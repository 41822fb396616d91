using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Status = Google.Rpc.Status;

namespace WuWei.Errors;

/// <summary>
/// A message that cannot be parsed fails before any interceptor runs, as UNKNOWN. It is the caller's fault, so here
/// it becomes INVALID_ARGUMENT with reason MESSAGE_MALFORMED.
/// </summary>
public static class MalformedMessages
{
    private const string StatusTrailer = "grpc-status";
    private static readonly object Read = new();

    /// <summary>Notes that the message was parsed: what goes wrong later is not its fault.</summary>
    public static void MarkRead(ServerCallContext context) => context.GetHttpContext().Items[Read] = true;

    public static IApplicationBuilder UseMalformedMessages(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);

        var trailers = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (http.Items.ContainsKey(Read) || trailers is null
            || trailers[StatusTrailer] != ((int)StatusCode.Unknown).ToString())
        {
            return;
        }

        const string message = "The message could not be read.";
        var status = new Status { Code = (int)StatusCode.InvalidArgument, Message = message };
        status.Details.Add(Any.Pack(new ErrorInfo
        {
            Reason = "MESSAGE_MALFORMED",
            Domain = RefusalInterceptor.Domain,
        }));
        trailers[StatusTrailer] = ((int)StatusCode.InvalidArgument).ToString();
        trailers["grpc-message"] = message;
        trailers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
    });
}
