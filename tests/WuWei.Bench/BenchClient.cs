using Google.Protobuf;

namespace WuWei.Bench;

/// <summary>
/// Makes the calls that are measured without reading the answers: what a client does with an answer is its own cost, and on
/// this machine would be taken from the server's.
/// </summary>
public static class BenchClient
{
    private static readonly Dictionary<string, Method<IMessage, Answer>> Methods =
        new[]
        {
            Wire.WishService.Descriptor, Wire.BoardService.Descriptor, Wire.SignUpService.Descriptor,
            Wire.AttendanceService.Descriptor,
        }.SelectMany(s => s.Methods).ToDictionary(m => m.Name, m => new Method<IMessage, Answer>(
            MethodType.Unary, m.Service.FullName, m.Name,
            Marshallers.Create<IMessage>(Write, _ => throw new NotSupportedException()),
            Marshallers.Create<Answer>((_, _) => throw new NotSupportedException(), _ => Answer.Unread)));

    public static async Task CallAsync(ChannelBase channel, string rpc, IMessage request, Metadata? headers = null) =>
        await channel.CreateCallInvoker().AsyncUnaryCall(Methods[rpc], host: null, new CallOptions(headers), request);

    private static void Write(IMessage message, SerializationContext context)
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private sealed class Answer
    {
        public static Answer Unread { get; } = new();
    }
}
