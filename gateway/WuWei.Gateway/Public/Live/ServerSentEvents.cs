using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Google.Protobuf;

namespace WuWei.Gateway.Public.Live;

/// <summary>Streams of events as browsers read them (the HTML standard's text/event-stream).</summary>
public static class ServerSentEvents
{
    private const int WaitingMax = 64;
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);
    private static readonly byte[] Silence = ":\n\n"u8.ToArray();
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));
    private static readonly ConditionalWeakTable<object, byte[]> Written = [];

    /// <summary>One event; written once, however many it is sent to.</summary>
    /// <param name="of">What it tells: the same is the same event.</param>
    /// <param name="id">With which a client comes back; null leaves its last one.</param>
    public static byte[] Event(object of, string name, string? id, Func<IMessage> data) => Written.GetValue(of, _ =>
        Encoding.UTF8.GetBytes($"{(id is null ? "" : $"id: {id}\n")}event: {name}\ndata: {Json.Format(data())}\n\n"));

    /// <summary>Sends events until there are no more, and a sign of life when there are none for a while.</summary>
    public static async Task SendAsync(HttpContext http, IAsyncEnumerable<byte[]> events, CancellationToken cancel)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.StartAsync(cancel);
        var body = http.Response.BodyWriter;
        var next = events.GetAsyncEnumerator(cancel);
        var moved = next.MoveNextAsync().AsTask();
        try
        {
            while (await SomethingAsync(moved, body, cancel))
            {
                await body.WriteAsync(next.Current, cancel);
                moved = next.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An iterator cannot be disposed of while it runs; it ends with the same token.
            await ((Task)moved).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await next.DisposeAsync();
        }
    }

    private static async Task<bool> SomethingAsync(Task<bool> moved, PipeWriter body, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await moved.WaitAsync(SilenceMax, cancel);
            }
            catch (TimeoutException) when (!moved.IsCompleted)
            {
                await body.WriteAsync(Silence, cancel);
            }
        }
    }

    /// <summary>Both, as they come; over when one of them is.</summary>
    public static async IAsyncEnumerable<byte[]> Merge(
        IAsyncEnumerable<byte[]> one, IAsyncEnumerable<byte[]> other, [EnumeratorCancellation] CancellationToken cancel)
    {
        var both = Channel.CreateBounded<byte[]>(WaitingMax);
        _ = PumpAsync(one);
        _ = PumpAsync(other);
        await foreach (var next in both.Reader.ReadAllAsync(cancel))
        {
            yield return next;
        }

        async Task PumpAsync(IAsyncEnumerable<byte[]> source)
        {
            try
            {
                await foreach (var next in source.WithCancellation(cancel))
                {
                    await both.Writer.WriteAsync(next, cancel);
                }

                both.Writer.TryComplete();
            }
            catch (Exception e)
            {
                // The reader throws it.
                both.Writer.TryComplete(e);
            }
        }
    }
}
