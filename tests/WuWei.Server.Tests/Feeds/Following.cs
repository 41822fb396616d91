using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>A stream of the journal, message by message.</summary>
public sealed class Following : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly AsyncServerStreamingCall<Wire.FollowResponse> _call;
    private readonly Queue<Wire.JournalEntry> _entries = new();

    public Following(AsyncServerStreamingCall<Wire.FollowResponse> call) => _call = call;

    /// <summary>The next message, which comes soon.</summary>
    public async Task<Wire.FollowResponse> MessageAsync()
    {
        using var soon = new CancellationTokenSource(Patience);
        Assert.True(await _call.ResponseStream.MoveNext(soon.Token), "the stream is over");
        return _call.ResponseStream.Current;
    }

    /// <summary>The next entries, whatever comes between them.</summary>
    public async Task<List<Wire.JournalEntry>> NextAsync(int count)
    {
        while (_entries.Count < count)
        {
            foreach (var entry in (await MessageAsync()).Entries)
            {
                _entries.Enqueue(entry);
            }
        }

        return [.. Enumerable.Range(0, count).Select(_ => _entries.Dequeue())];
    }

    /// <summary>Why the stream ends, which it does soon.</summary>
    public async Task<string> EndAsync()
    {
        using var soon = new CancellationTokenSource(Patience);
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await _call.ResponseStream.MoveNext(soon.Token))
            {
                // What was said before.
            }
        });
        return ended.Reason();
    }

    public ValueTask DisposeAsync()
    {
        _call.Dispose();
        return ValueTask.CompletedTask;
    }
}
