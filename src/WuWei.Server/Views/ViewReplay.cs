using WuWei.Data;
using WuWei.Time;

namespace WuWei.Views;

/// <summary>Replays the views that are kept and compares with the counts of their days.</summary>
public sealed class ViewReplay(Database database, TimeProvider clock)
{
    /// <summary>Views are kept for so many days.</summary>
    public const int DaysKept = 90;

    private const int ShownMax = 20;

    /// <summary>Of today and the days before it, the first whose views are kept.</summary>
    public static DateTime FirstDay(DateTime now) => Clock.Day(now).AddDays(1 - DaysKept);

    /// <returns>Differences, each naming unit, day and module; empty when there is none.</returns>
    public async Task<IReadOnlyList<string>> CompareAsync(CancellationToken cancel)
    {
        var from = FirstDay(clock.Now());
        return
        [
            .. (await database.ReadAsync(db => db.CompareViewsAsync(from, ShownMax), cancel)).Select(d =>
                $"views of unit {d.UnitId} on {d.Day:yyyy-MM-dd}, module {d.Module}: kept {d.Kept}, replayed {d.Replayed}"),
        ];
    }
}
