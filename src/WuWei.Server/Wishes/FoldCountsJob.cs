using WuWei.Data;
using WuWei.Jobs;

namespace WuWei.Wishes;

/// <summary>Moves changes of counts into the counts.</summary>
public sealed class FoldCountsJob(Database database) : IJob
{
    private const int RowsMax = 1_000;

    public Task<int> RunAsync(CancellationToken cancel) =>
        database.RepeatAsync(RowsMax, (db, rows) => db.FoldCountsAsync(rows), cancel);
}
