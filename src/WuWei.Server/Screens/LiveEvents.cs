using System.Diagnostics;
using System.Runtime.CompilerServices;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Screens;

/// <summary>An event, and the number of the journal by which who follows comes back.</summary>
public sealed record Happened(long Number, Guid UnitId, Wire.LiveEvent Event);

/// <summary>
/// What happens, read off the journal's numbers, so that nothing is missed and nothing told twice. One look at it serves
/// all who follow in this process; the newest part is kept, and who was away for longer reads the rest for themselves.
/// </summary>
public sealed class LiveEvents(Database database, Units units)
{
    private const int KeptMax = 4_096;
    private const int PageMax = 2_000;

    /// <summary>How far back somebody may come: about a day of a large district.</summary>
    private const int BackMax = 100_000;

    /// <summary>What a screen shows at once.</summary>
    private const int FirstMax = 20;

    private static readonly TimeSpan LookedAtEvery = TimeSpan.FromMilliseconds(500);

    private Look? _look;

    /// <summary>What happened in a unit and below it after a number; null: a few of the last, and what comes.</summary>
    public async IAsyncEnumerable<Happened> FollowAsync(
        Guid unitId, long? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = after ?? -1;
        while (true)
        {
            var kept = await KeptAsync(cancel);
            var tree = await units.TreeAsync(cancel);
            if (seen < 0)
            {
                seen = kept.Events.Where(Concerns).TakeLast(FirstMax).FirstOrDefault()?.Number - 1 ?? kept.To;
            }

            for (seen = Math.Max(seen, kept.To - BackMax); seen < kept.From;)
            {
                var to = Math.Min(seen + PageMax, kept.From);
                foreach (var happened in (await ReadAsync(seen, to, cancel)).Where(Concerns))
                {
                    yield return happened;
                }

                seen = to;
            }

            foreach (var happened in kept.Events.Where(e => e.Number > seen && Concerns(e)))
            {
                yield return happened;
            }

            seen = Math.Max(seen, kept.To);
            await Task.Delay(LookedAtEvery, cancel);

            bool Concerns(Happened happened) => tree.Find(happened.UnitId)?.IsWithin(unitId) == true;
        }
    }

    private async Task<Kept> KeptAsync(CancellationToken cancel)
    {
        var last = Volatile.Read(ref _look);
        if (last is not null && Stopwatch.GetElapsedTime(last.At) < LookedAtEvery)
        {
            return await last.Kept.Value.WaitAsync(cancel);
        }

        // Made for everybody, so not given up with whoever came first.
        var next = new Look(Stopwatch.GetTimestamp(), new(() => NextAsync(last)));
        var look = Interlocked.CompareExchange(ref _look, next, last) == last ? next : Volatile.Read(ref _look)!;
        return await look.Kept.Value.WaitAsync(cancel);
    }

    private async Task<Kept> NextAsync(Look? before)
    {
        var head = (await database.ReadAsync(db => db.GetHeadAsync(), CancellationToken.None)).Number;
        var kept = await OfAsync(before);
        if (kept is null || kept.To > head)
        {
            kept = new Kept(Math.Max(0, head - KeptMax), Math.Max(0, head - KeptMax), []);
        }

        if (kept.To == head)
        {
            return kept;
        }

        var events = kept.Events;
        for (var from = kept.To; from < head; from += PageMax)
        {
            events = [.. events, .. await ReadAsync(from, Math.Min(from + PageMax, head), CancellationToken.None)];
        }

        var first = Math.Max(kept.From, head - KeptMax);
        return new Kept(first, head, [.. events.Where(e => e.Number > first)]);
    }

    /// <returns>Null when that look failed: then what was kept is read anew.</returns>
    private static async Task<Kept?> OfAsync(Look? look)
    {
        try
        {
            return look is null ? null : await look.Kept.Value;
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private async Task<List<Happened>> ReadAsync(long from, long to, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var rows = await database.ReadAsync(db => db.ListHappenedAsync(from, to), cancel);
        return
        [
            .. rows.Select(row =>
            {
                // A grid is a few houses: its community is near enough.
                var place = tree.Find(row.UnitId) is { } unit ? tree.AudienceOf(unit) : null;
                return new Happened(row.Number, row.UnitId, new Wire.LiveEvent
                {
                    Kind = (Wire.LiveEventKind)row.EventKind,
                    At = Timestamp.FromDateTime(row.At),
                    UnitId = $"{place?.Id}",
                    UnitName = place?.Name ?? "",
                    About = row.About ?? "",
                });
            }),
        ];
    }

    private sealed record Look(long At, Lazy<Task<Kept>> Kept);

    /// <summary>All events with a number over <paramref name="From"/>, up to <paramref name="To"/>.</summary>
    private sealed record Kept(long From, long To, List<Happened> Events);
}
