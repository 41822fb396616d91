using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>Removes sessions, codes, limits, keys, ties and security events that have served their time.</summary>
public sealed class ForgetJob(Database database, TimeProvider clock) : IJob
{
    private const int RowsMax = 500;

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public Task<int> RunAsync(CancellationToken cancel) =>
        database.RepeatAsync(RowsMax, (db, rows) => db.ForgetExpiredAsync(clock.Now(), rows), cancel);
}
