using System.Collections.Concurrent;
using System.Diagnostics;

namespace WuWei.Data;

/// <summary>
/// What many look at, each thing kept for a moment and read by one of them for all. Bounded: what does not fit is read for
/// each.
/// </summary>
public sealed class Kept<TKey, TValue>(Func<TKey, Task<TValue>> read)
    where TKey : notnull
{
    private const int CountMax = 1_000;
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<TKey, Entry> _kept = new();

    /// <param name="ageMax">What is older is read anew.</param>
    public async ValueTask<TValue> GetAsync(TKey key, TimeSpan ageMax, CancellationToken cancel)
    {
        if (!_kept.TryGetValue(key, out var entry) || Stopwatch.GetElapsedTime(entry.At) >= ageMax)
        {
            entry = Replace(key, entry);
        }

        try
        {
            return await entry.Value.Value.WaitAsync(cancel);
        }
        catch (Exception) when (entry.Value.Value.IsFaulted)
        {
            _kept.TryRemove(new(key, entry));
            throw;
        }
    }

    private Entry Replace(TKey key, Entry? old)
    {
        // Read for everybody, so not given up with whoever came first.
        var entry = new Entry(Stopwatch.GetTimestamp(), new(() => read(key)));
        if (old is not null)
        {
            return _kept.TryUpdate(key, entry, old) ? entry : _kept.GetValueOrDefault(key, entry);
        }

        if (_kept.Count >= CountMax)
        {
            foreach (var (other, kept) in _kept.Where(k => Stopwatch.GetElapsedTime(k.Value.At) > Old))
            {
                _kept.TryRemove(new(other, kept));
            }

            if (_kept.Count >= CountMax)
            {
                return entry;
            }
        }

        return _kept.GetOrAdd(key, entry);
    }

    private sealed record Entry(long At, Lazy<Task<TValue>> Value);
}
