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
        await database.RepeatAsync(RowsMax, (db, rows) => db.FoldViewsAsync(rows), cancel, BatchesMax)
        + await database.RepeatAsync(
            RowsMax, (db, rows) => db.ForgetViewsAsync(ViewReplay.FirstDay(clock.Now()), rows), cancel, BatchesMax);
}
