using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.Inbox;

/// <summary>Removes items after a year, and messages that went out or failed after 90 days.</summary>
public sealed class ForgetInboxJob(Database database, TimeProvider clock) : IJob
{
    private const int RowsMax = 500;
    private const int ItemDays = 365;
    private const int DeliveryDays = 90;

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.Now();
        return database.RepeatAsync(
            RowsMax, (db, rows) => db.ForgetInboxAsync(now.AddDays(-ItemDays), now.AddDays(-DeliveryDays), rows), cancel);
    }
}
