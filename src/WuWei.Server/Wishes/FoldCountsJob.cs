using WuWei.Data;
using WuWei.Jobs;

namespace WuWei.Wishes;

/// <summary>Moves changes of counts into the counts.</summary>
public sealed class FoldCountsJob(Database database) : IJob
{
    private const int RowsMax = 1_000;

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var batch = RowsMax; batch == RowsMax; total += batch)
        {
            batch = await database.HousekeepAsync(db => db.FoldCountsAsync(RowsMax), cancel);
        }

        return total;
    }
}
