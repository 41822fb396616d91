using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>Removes sessions, codes, limits, keys, ties and security events that have served their time.</summary>
public sealed class ForgetJob(Database database, TimeProvider clock) : IJob
{
    private const int RowsMax = 500;

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var batch = RowsMax; batch >= RowsMax; total += batch)
        {
            batch = await database.HousekeepAsync(db => db.ForgetExpiredAsync(clock.Now(), RowsMax), cancel);
        }

        return total;
    }
}
