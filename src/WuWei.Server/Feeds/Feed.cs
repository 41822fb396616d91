using System.Diagnostics;
using WuWei.Data;
using WuWei.Journal;

namespace WuWei.Feeds;

/// <summary>
/// The journal as it grows. One look at its end serves all who follow in this process; the newest part is kept, and who is
/// further behind reads the rest in pages.
/// </summary>
public sealed class Feed(Database database)
{
    /// <summary>How long an entry that was numbered may wait to be seen, beside the look itself.</summary>
    public static readonly TimeSpan LookedAtEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Numbers that one reading goes over, whatever is among them.</summary>
    public const int PageMax = 500;

    private const int KeptMax = 4_096;

    private Look? _look;

    /// <summary>The end of the journal, a moment old.</summary>
    public async ValueTask<FeedTail> TailAsync(CancellationToken cancel)
    {
        var last = Volatile.Read(ref _look);
        if (last is not null && Stopwatch.GetElapsedTime(last.At) < LookedAtEvery)
        {
            return await last.Tail.Value.WaitAsync(cancel);
        }

        // Made for everybody, so not given up with whoever came first.
        var next = new Look(Stopwatch.GetTimestamp(), new(() => NextAsync(last)));
        var look = Interlocked.CompareExchange(ref _look, next, last) == last ? next : Volatile.Read(ref _look)!;
        return await look.Tail.Value.WaitAsync(cancel);
    }

    /// <summary>The head as it is at this moment.</summary>
    public async Task<JournalHead> HeadAsync(CancellationToken cancel) =>
        await database.ReadAsync(db => db.GetHeadAsync(), cancel);

    /// <summary>What is shown of the entries over one number, up to another: <see cref="PageMax"/> at most.</summary>
    public async Task<IReadOnlyList<FeedEntry>> ReadAsync(long from, long to, CancellationToken cancel)
    {
        var rows = await database.ReadAsync(db => db.ListFeedAsync(from, to), cancel);
        return [.. rows.Select(FeedEntry.Of).Where(e => e is not null).Select(e => e!)];
    }

    private async Task<FeedTail> NextAsync(Look? before)
    {
        var head = (await HeadAsync(CancellationToken.None)).Number;
        var kept = await OfAsync(before);
        if (kept is null || kept.To > head || head - kept.To > KeptMax)
        {
            kept = new FeedTail(Math.Max(0, head - KeptMax), Math.Max(0, head - KeptMax), []);
        }

        if (kept.To == head)
        {
            return kept;
        }

        var first = Math.Max(kept.From, head - KeptMax);
        List<FeedEntry> entries = [.. kept.After(first)];
        for (var from = kept.To; from < head; from += PageMax)
        {
            entries.AddRange(await ReadAsync(from, Math.Min(from + PageMax, head), CancellationToken.None));
        }

        return new FeedTail(first, head, entries);
    }

    /// <returns>Null when that look failed: then what was kept is read anew.</returns>
    private static async Task<FeedTail?> OfAsync(Look? look)
    {
        try
        {
            return look is null ? null : await look.Tail.Value;
        }
        catch (Exception)
        {
            // Whoever waited for it got it; what comes next is not to fail with it.
            return null;
        }
    }

    private sealed record Look(long At, Lazy<Task<FeedTail>> Tail);
}

/// <summary>What is shown of all entries over one number, up to another.</summary>
public sealed record FeedTail(long From, long To, IReadOnlyList<FeedEntry> Entries)
{
    /// <summary>Those after a number; found, not searched for, because many ask for the last few of thousands.</summary>
    public IEnumerable<FeedEntry> After(long number)
    {
        var (low, high) = (0, Entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Entries[middle].Number <= number ? (middle + 1, high) : (low, middle);
        }

        for (; low < Entries.Count; low++)
        {
            yield return Entries[low];
        }
    }
}
