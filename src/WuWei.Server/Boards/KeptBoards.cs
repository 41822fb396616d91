using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Google.Protobuf;

namespace WuWei.Boards;

/// <summary>A board as it is sent.</summary>
/// <param name="Version">Another one when anything on it is.</param>
public sealed record KeptBoard(Wire.GetBoardResponse Answer, string Version);

/// <summary>
/// The boards that many look at, each kept for a moment and read by one of them for all. Bounded: what does not fit is
/// read for each.
/// </summary>
public sealed class KeptBoards(BoardReader reader)
{
    private const int BoardsMax = 1_000;
    private const int VersionBytes = 12;
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(2);

    private static readonly ConditionalWeakTable<Wire.GetBoardResponse, byte[]> Written = [];

    private readonly ConcurrentDictionary<(BoardChoice Choice, int Top), Entry> _kept = new();

    /// <summary>What is sent for an answer that is kept; null for any other.</summary>
    public static byte[]? BytesOf(Wire.GetBoardResponse answer) => Written.TryGetValue(answer, out var bytes) ? bytes : null;

    /// <param name="ageMax">An older one is read anew.</param>
    public async ValueTask<KeptBoard> GetAsync(
        BoardChoice choice, int top, TimeSpan ageMax, CancellationToken cancel)
    {
        var key = (choice, top);
        if (!_kept.TryGetValue(key, out var entry) || Stopwatch.GetElapsedTime(entry.At) >= ageMax)
        {
            entry = Replace(key, entry);
        }

        try
        {
            return await entry.Board.Value.WaitAsync(cancel);
        }
        catch (Exception) when (entry.Board.Value.IsFaulted)
        {
            _kept.TryRemove(new(key, entry));
            throw;
        }
    }

    private Entry Replace((BoardChoice Choice, int Top) key, Entry? old)
    {
        // Read for everybody, so not given up with whoever came first.
        var entry = new Entry(Stopwatch.GetTimestamp(), new(() => ReadAsync(key.Choice, key.Top)));
        if (old is not null)
        {
            return _kept.TryUpdate(key, entry, old) ? entry : _kept.GetValueOrDefault(key, entry);
        }

        if (_kept.Count >= BoardsMax)
        {
            foreach (var (other, kept) in _kept.Where(k => Stopwatch.GetElapsedTime(k.Value.At) > Old))
            {
                _kept.TryRemove(new(other, kept));
            }

            if (_kept.Count >= BoardsMax)
            {
                return entry;
            }
        }

        return _kept.GetOrAdd(key, entry);
    }

    private async Task<KeptBoard> ReadAsync(BoardChoice choice, int top)
    {
        var answer = new Wire.GetBoardResponse { Board = await reader.TopAsync(choice, top, CancellationToken.None) };
        var bytes = answer.ToByteArray();
        Written.Add(answer, bytes);
        return new KeptBoard(answer, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, VersionBytes)));
    }

    private sealed record Entry(long At, Lazy<Task<KeptBoard>> Board);
}
