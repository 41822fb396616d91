using System.Text;
using Google.Rpc;

namespace WuWei.Tests.Harness;

public static class Refusals
{
    /// <summary>The call is refused; its reason.</summary>
    public static async Task<string> ReasonAsync<T>(AsyncUnaryCall<T> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await call);
        return Reason(refusal);
    }

    public static string Reason(this RpcException refusal) =>
        refusal.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? $"no reason: {refusal.Status}";

    /// <summary>The fields at fault.</summary>
    public static IEnumerable<string> Fields(this RpcException refusal) =>
        refusal.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Select(f => f.Field) ?? [];

    /// <summary>Whatever of it reaches a caller: message, details and trailers.</summary>
    public static string Everything(this RpcException refusal) => string.Join(' ', refusal.Trailers
        .Select(t => $"{t.Key} {(t.IsBinary ? Encoding.UTF8.GetString(t.ValueBytes) : t.Value)}")
        .Prepend($"{refusal}"));
}
