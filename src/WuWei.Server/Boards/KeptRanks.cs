using System.Collections.Concurrent;
using System.Diagnostics;

namespace WuWei.Boards;

/// <summary>
/// Somebody's own places, each kept for a second at most and while the boards are not known to have moved: whoever looks
/// again at once costs nothing. Bounded.
/// </summary>
public sealed class KeptRanks(BoardReader reader, BoardHeads heads)
{
    /// <summary>An older one is read anew.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);

    private const int RanksMax = 20_000;

    private readonly ConcurrentDictionary<(Guid PersonId, BoardChoice Choice), Entry> _kept = new();
    private int _added;

    public async ValueTask<IReadOnlyList<Wire.MyRank>> GetAsync(
        IReadOnlyList<BoardChoice> choices, Guid personId, CancellationToken cancel)
    {
        var state = (await heads.HeadAsync(cancel)).State;
        var boards = (state.Generation, state.Number);
        var ranks = new Wire.MyRank[choices.Count];
        var missing = new List<int>();
        for (var i = 0; i < choices.Count; i++)
        {
            if (_kept.TryGetValue((personId, choices[i]), out var kept) && kept.Boards == boards
                && Stopwatch.GetElapsedTime(kept.At) < AgeMax)
            {
                ranks[i] = kept.Rank;
            }
            else
            {
                missing.Add(i);
            }
        }

        if (missing.Count == 0)
        {
            return ranks;
        }

        // Not the dictionary's own count, for which it locks itself.
        if (Interlocked.Add(ref _added, missing.Count) > RanksMax)
        {
            _kept.Clear();
            _added = missing.Count;
        }

        var at = Stopwatch.GetTimestamp();
        var read = await reader.RanksAsync([.. missing.Select(i => choices[i])], personId, cancel);
        foreach (var (i, rank) in missing.Zip(read))
        {
            ranks[i] = rank;
            _kept[(personId, choices[i])] = new Entry(at, boards, rank);
        }

        return ranks;
    }

    /// <param name="Boards">Which they were, and how far.</param>
    private sealed record Entry(long At, (Guid Generation, long Number) Boards, Wire.MyRank Rank);
}
