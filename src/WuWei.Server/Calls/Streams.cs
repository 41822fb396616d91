using System.Collections.Concurrent;
using WuWei.Errors;

namespace WuWei.Calls;

/// <summary>How many streams are open at the same time in this process: of one person or screen, and of all.</summary>
public sealed class Streams
{
    private const int OfAllMax = 10_000;

    private readonly ConcurrentDictionary<Guid, int> _open = new();
    private int _all;

    /// <summary>Until it is disposed of, one more is open.</summary>
    /// <param name="of">Whose it is.</param>
    public IDisposable Enter(Guid of, int ofOneMax)
    {
        var place = new Place(this, of);
        if (Interlocked.Increment(ref _all) > OfAllMax | _open.AddOrUpdate(of, 1, (_, n) => n + 1) > ofOneMax)
        {
            place.Dispose();
            throw Refuse.Exhausted("STREAMS_TOO_MANY", "同时打开的实时页面太多，请先关闭几个。");
        }

        return place;
    }

    private void Leave(Guid of)
    {
        Interlocked.Decrement(ref _all);
        if (_open.AddOrUpdate(of, 0, (_, n) => n - 1) == 0)
        {
            _open.TryRemove(new(of, 0));
        }
    }

    private sealed class Place(Streams streams, Guid of) : IDisposable
    {
        public void Dispose() => streams.Leave(of);
    }
}
