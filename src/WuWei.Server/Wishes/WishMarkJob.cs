using WuWei.Data;
using WuWei.Jobs;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>
/// Marks wishes anew that were made before there were marks, or before their characters were read as they are now. Once all
/// of them are done there is nothing left to look at.
/// </summary>
public sealed class WishMarkJob(Database database, PersonalData personalData) : IJob
{
    private const int WishesMax = 100;

    /// <summary>Of a run: other background work waits for it.</summary>
    private const int BatchesMax = 20;

    public TimeSpan Every => TimeSpan.FromSeconds(10);

    public Task<int> RunAsync(CancellationToken cancel) =>
        database.RepeatAsync(WishesMax, (db, wishes) => db.MarkAgainAsync(personalData, wishes), cancel, BatchesMax);
}
