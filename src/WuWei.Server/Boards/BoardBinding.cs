using System.Buffers;
using Google.Protobuf.Reflection;

namespace WuWei.Boards;

/// <summary>
/// Binds <see cref="BoardService"/> as generated code does, except that a kept board goes out as the bytes it is kept as,
/// and is not written anew for everybody who looks at it.
/// </summary>
public static class BoardBinding
{
    /// <summary>Found by its name, as on generated code, by whatever gives the calls other routes.</summary>
    public static ServiceDescriptor Descriptor => Wire.BoardService.Descriptor;

    public static void Bind(ServiceBinderBase binder, Wire.BoardService.BoardServiceBase service) =>
        Wire.BoardService.BindService(new Binder(binder), service);

    private static Marshaller<Wire.GetBoardResponse> OfKept(Marshaller<Wire.GetBoardResponse> generated) => new(
        (answer, context) =>
        {
            if (KeptBoards.BytesOf(answer) is not { } bytes)
            {
                generated.ContextualSerializer(answer, context);
                return;
            }

            context.SetPayloadLength(bytes.Length);
            context.GetBufferWriter().Write(bytes);
            context.Complete();
        },
        generated.ContextualDeserializer);

    private sealed class Binder(ServiceBinderBase inner) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            inner.AddMethod(
                method.ResponseMarshaller is Marshaller<Wire.GetBoardResponse> generated
                    ? new Method<TRequest, TResponse>(
                        method.Type, method.ServiceName, method.Name, method.RequestMarshaller,
                        (Marshaller<TResponse>)(object)OfKept(generated))
                    : method,
                handler);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            inner.AddMethod(method, handler);
    }
}
