using System.Collections.Concurrent;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace WuWei.Tests.Harness;

/// <summary>Every call that the protos describe, and a way to make it with any bytes at all.</summary>
public static class Rpcs
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    /// <summary>One each: a channel remembers every method that it was ever given.</summary>
    private static readonly ConcurrentDictionary<string, Method<byte[], byte[]>> Methods = new();

    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [
        .. typeof(Wire.Me).Assembly.GetTypes()
            .Select(t => t.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static))
            .Where(p => p?.PropertyType == typeof(FileDescriptor))
            .Select(p => (FileDescriptor)p!.GetValue(null)!),
    ];

    public static IReadOnlyList<MethodDescriptor> All { get; } =
    [
        .. Files.SelectMany(f => f.Services).SelectMany(s => s.Methods).OrderBy(m => m.Name(), StringComparer.Ordinal),
    ];

    /// <summary>As the permission table has it, such as <c>wuwei.v1.WishService/ClaimWish</c>.</summary>
    public static string Name(this MethodDescriptor rpc) => $"{rpc.Service.FullName}/{rpc.Name}";

    /// <summary>Sends these bytes as the message of a call, signed by nobody unless a token is given.</summary>
    public static AsyncUnaryCall<byte[]> Send(
        this ChannelBase channel, string rpc, byte[] message, string? token = null, string? key = null)
    {
        var method = Methods.GetOrAdd(rpc, MethodOf);
        var (invoker, options) = (channel.CreateCallInvoker(), new CallOptions(Headers(token, key)));
        return method.Type == MethodType.ServerStreaming
            ? FirstOf(invoker.AsyncServerStreamingCall(method, null, options, message))
            : invoker.AsyncUnaryCall(method, null, options, message);
    }

    private static Method<byte[], byte[]> MethodOf(string rpc)
    {
        var slash = rpc.IndexOf('/', StringComparison.Ordinal);
        var streams = All.Any(m => m.IsServerStreaming && m.Name() == rpc);
        return new(streams ? MethodType.ServerStreaming : MethodType.Unary, rpc[..slash], rpc[(slash + 1)..], Raw, Raw);
    }

    /// <summary>A stream, as a call that is over with its first answer.</summary>
    private static AsyncUnaryCall<byte[]> FirstOf(AsyncServerStreamingCall<byte[]> stream)
    {
        return new(
            FirstAsync(), stream.ResponseHeadersAsync, stream.GetStatus, stream.GetTrailers, stream.Dispose);

        async Task<byte[]> FirstAsync()
        {
            using (stream)
            {
                return await stream.ResponseStream.MoveNext(CancellationToken.None) ? stream.ResponseStream.Current : [];
            }
        }
    }

    /// <summary>Makes a call by its name, with a key of its own.</summary>
    public static async Task<IMessage> CallAsync(this Actor actor, string rpc, IMessage request) => All
        .Single(m => m.Name() == rpc).OutputType.Parser
        .ParseFrom(await actor.Channel.Send(rpc, request.ToByteArray(), actor.Token, Guid.NewGuid().ToString()));

    /// <summary>The metadata of a call; null or empty leaves one out.</summary>
    public static Metadata Headers(string? token, string? key)
    {
        var headers = new Metadata();
        if (token is { Length: > 0 })
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        if (key is not null)
        {
            headers.Add("idempotency-key", key);
        }

        return headers;
    }
}
