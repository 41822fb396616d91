using WuWei.Data;
using WuWei.Jobs;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>Removes tickets and remembered codes that have served their time.</summary>
public sealed class ForgetWeChatJob(Database database, TimeProvider clock) : IJob
{
    private const int RowsMax = 500;

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public Task<int> RunAsync(CancellationToken cancel) =>
        database.RepeatAsync(RowsMax, (db, rows) => db.ForgetWeChatAsync(clock.Now(), rows), cancel);
}
