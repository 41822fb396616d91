using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>Removes tickets and remembered codes that have served their time.</summary>
public sealed class ForgetWeChatJob(Database database, TimeProvider clock) : IJob
{
    private const int RowsMax = 500;

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var batch = RowsMax; batch >= RowsMax; total += batch)
        {
            batch = await database.HousekeepAsync(db => db.ForgetWeChatAsync(clock.Now(), RowsMax), cancel);
        }

        return total;
    }
}
