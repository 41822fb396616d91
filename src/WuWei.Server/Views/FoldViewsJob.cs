using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.Views;

/// <summary>Adds views to the counts, and forgets those that have served their time.</summary>
public sealed class FoldViewsJob(Database database, TimeProvider clock) : IJob
{
    private const int RowsMax = 1_000;
    private const int BatchesMax = 20;

    public async Task<int> RunAsync(CancellationToken cancel) =>
        await RepeatAsync(db => db.FoldViewsAsync(RowsMax), cancel)
        + await RepeatAsync(db => db.ForgetViewsAsync(ViewReplay.FirstDay(clock.Now()), RowsMax), cancel);

    /// <summary>A bounded part: other background work waits for it.</summary>
    private async Task<int> RepeatAsync(Func<DbSession, Task<int>> act, CancellationToken cancel)
    {
        var total = 0;
        for (var (batches, done) = (0, RowsMax); batches < BatchesMax && done == RowsMax; batches++, total += done)
        {
            done = await database.HousekeepAsync(act, cancel);
        }

        return total;
    }
}
