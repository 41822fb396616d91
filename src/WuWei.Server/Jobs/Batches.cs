using WuWei.Data;

namespace WuWei.Jobs;

/// <summary>Work on many rows, some at a time, each time in a transaction of its own.</summary>
public static class Batches
{
    /// <param name="act">Works on this many rows at most, and says on how many; fewer are the last.</param>
    /// <param name="batchesMax">Where other background work should not wait for all of it.</param>
    public static async Task<int> RepeatAsync(
        this Database database, int rowsMax, Func<DbSession, int, Task<int>> act, CancellationToken cancel,
        int batchesMax = int.MaxValue)
    {
        var total = 0;
        for (var (batches, done) = (0, rowsMax); batches < batchesMax && done >= rowsMax; batches++, total += done)
        {
            done = await database.HousekeepAsync(db => act(db, rowsMax), cancel);
        }

        return total;
    }
}
