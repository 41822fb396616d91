using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Campaigns;

/// <summary>Freezes the boards of festivals and campaigns a day after their end.</summary>
public sealed class CampaignJob(Database database, TimeProvider clock) : IJob
{
    private const int CampaignsMax = 100;

    /// <summary>What was done last can only be confirmed once it is over.</summary>
    private static readonly TimeSpan FrozenAfter = TimeSpan.FromDays(1);

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var ended = await database.ReadAsync(
            db => db.ListEndedAsync(clock.Now() - FrozenAfter, CampaignsMax), cancel);
        var frozen = 0;
        foreach (var campaign in ended)
        {
            frozen += await database.HousekeepAsync(db => FreezeAsync(db, campaign, clock.Now()), cancel);
        }

        return frozen;
    }

    /// <summary>Recorded by whoever freezes it, of several copies one.</summary>
    private static async Task<int> FreezeAsync(DbSession db, EndedCampaign campaign, DateTime now)
    {
        if (await db.FreezeAsync(campaign, now) is not { } people)
        {
            return 0;
        }

        db.Record(JournalEntry.BySystem(
            now, "clock", "CAMPAIGN_FROZEN", "activity", campaign.Id, campaign.UnitId, new { people }));
        return 1;
    }
}
