using System.Collections.Concurrent;
using WuWei.Errors;

namespace WuWei.Boards;

/// <summary>How many watch at the same time, in this process.</summary>
public sealed class BoardWatchers
{
    private const int OfOneMax = 5;
    private const int OfAllMax = 2_000;

    private readonly ConcurrentDictionary<Guid, int> _watching = new();
    private int _all;

    /// <summary>Until it is disposed of, one more watches.</summary>
    public IDisposable Enter(Guid personId)
    {
        var place = new Place(this, personId);
        if (Interlocked.Increment(ref _all) > OfAllMax | _watching.AddOrUpdate(personId, 1, (_, n) => n + 1) > OfOneMax)
        {
            place.Dispose();
            throw Refuse.Exhausted("STREAMS_TOO_MANY", "同时打开的排行榜太多，请先关闭几个。");
        }

        return place;
    }

    private void Leave(Guid personId)
    {
        Interlocked.Decrement(ref _all);
        if (_watching.AddOrUpdate(personId, 0, (_, n) => n - 1) == 0)
        {
            _watching.TryRemove(new(personId, 0));
        }
    }

    private sealed class Place(BoardWatchers watchers, Guid personId) : IDisposable
    {
        public void Dispose() => watchers.Leave(personId);
    }
}
