using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Status = Google.Rpc.Status;

namespace WuWei.Errors;

/// <summary>The only place where an exception becomes a gRPC status.</summary>
public sealed partial class RefusalInterceptor(ILogger<RefusalInterceptor> log) : Interceptor
{
    /// <summary>The domain of every reason in google.rpc.ErrorInfo.</summary>
    public const string Domain = "wuwei";

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        MalformedMessages.MarkRead(context);
        return await RefuseAsync(context, () => continuation(request, context));
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        MalformedMessages.MarkRead(context);
        return RefuseAsync(context, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });
    }

    public static RpcException ToRpc(RefusedException refused)
    {
        var status = new Status { Code = (int)refused.Code, Message = refused.Message };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = refused.Reason, Domain = Domain }));
        if (refused.Fields.Count > 0)
        {
            var faults = refused.Fields.Select(f => new BadRequest.Types.FieldViolation
            {
                Field = f.Field,
                Description = f.Description,
            });
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { faults } }));
        }

        return status.ToRpcException();
    }

    private async Task<T> RefuseAsync<T>(ServerCallContext context, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (RefusedException refused)
        {
            throw ToRpc(refused);
        }
        catch (Exception bug) when (!IsCallersOwn(bug, context))
        {
            // Details stay in our log, and there without the message: it may quote a resident.
            LogBug(context.Method, bug.GetType().Name, bug.StackTrace);
            throw ToRpc(new RefusedException(StatusCode.Internal, "INTERNAL", "系统出错了，我们会尽快处理。", []));
        }
    }

    private static bool IsCallersOwn(Exception e, ServerCallContext context) =>
        e is RpcException || (e is OperationCanceledException && context.CancellationToken.IsCancellationRequested);

    [LoggerMessage(LogLevel.Error, "{Method} failed with {Kind} at {Trace}")]
    private partial void LogBug(string method, string kind, string? trace);
}
