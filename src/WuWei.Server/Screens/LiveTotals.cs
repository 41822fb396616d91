using System.Collections.Concurrent;
using System.Diagnostics;
using WuWei.Activities;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Screens;

/// <summary>A unit's sums, read by one for all who follow it, at most every few seconds.</summary>
public sealed class LiveTotals(Database database, TimeProvider clock)
{
    public static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(5);

    /// <summary>At most one for each unit there is.</summary>
    private readonly ConcurrentDictionary<Guid, Entry> _kept = new();

    public async Task<Wire.LiveTotals> GetAsync(Unit unit, CancellationToken cancel)
    {
        var entry = _kept.AddOrUpdate(
            unit.Id, _ => New(unit), (_, old) => Stopwatch.GetElapsedTime(old.At) < AgeMax ? old : New(unit));
        try
        {
            return await entry.Totals.Value.WaitAsync(cancel);
        }
        catch (Exception) when (entry.Totals.Value.IsFaulted)
        {
            _kept.TryRemove(new(unit.Id, entry));
            throw;
        }
    }

    private Entry New(Unit unit) => new(Stopwatch.GetTimestamp(), new(() => ReadAsync(unit)));

    private async Task<Wire.LiveTotals> ReadAsync(Unit unit)
    {
        var today = Clock.Day(clock.Now());
        var year = Clock.FromChina(new DateTime(today.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var (wishes, held) = await database.ReadAsync(async db => (
            await db.CountWishesAsync(unit.Id),
            await db.CountHeldAsync(unit.Id, year, Clock.FromChina(today.AddDays(1)))), CancellationToken.None);
        return new Wire.LiveTotals
        {
            UnitId = $"{unit.Id}",
            UnitName = unit.Name,
            WishesMade = Count(WishCounts.Made),
            WishesOpen = Count(WishCounts.InStatus(WishStatus.Open)),
            WishesUnderWay = Count(WishCounts.InStatus(WishStatus.Claimed)) + Count(WishCounts.InStatus(WishStatus.Delivered)),
            WishesKept = Count(WishCounts.InStatus(WishStatus.Kept)),
            ActivitiesHeld = held.Sum(day => (long)day.Held),
        };

        long Count(int measure) => wishes.GetValueOrDefault(measure);
    }

    private sealed record Entry(long At, Lazy<Task<Wire.LiveTotals>> Totals);
}
