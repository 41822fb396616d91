using WuWei.Data;
using WuWei.Jobs;
using WuWei.Organization;

namespace WuWei.Wishes;

/// <summary>
/// Lets the lists of wishes and of follow-ups follow units that got other ancestors: so many wishes in each transaction, which notes how far
/// it came, so that it goes on there after any crash. A run does a bounded part: other background work waits for it.
/// </summary>
public sealed class FollowUnitsJob(Database database, IEnumerable<IUnitFollower> followers) : IJob
{
    private const int WishesMax = 100;
    private const int BatchesMax = 20;

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var batch = 0; batch < BatchesMax; batch++)
        {
            if (await database.HousekeepAsync(FollowAsync, cancel) is not { } followed)
            {
                break;
            }

            total += followed;
        }

        return total;
    }

    /// <returns>How many wishes followed; null when no unit is left.</returns>
    private async Task<int?> FollowAsync(DbSession db)
    {
        if (await db.NextMovedAsync() is not { } moved)
        {
            return null;
        }

        var wishes = await db.ListOfUnitAsync(moved.UnitId, moved.DoneTo, WishesMax);
        if (wishes.Count > 0)
        {
            await db.FollowAsync(moved.UnitId, moved.DoneTo, wishes[^1]);
            await db.FollowFollowUpsAsync(moved.UnitId, moved.DoneTo, wishes[^1]);
        }

        if (wishes.Count < WishesMax)
        {
            foreach (var follower in followers)
            {
                await follower.FollowAsync(db, moved.UnitId);
            }
        }

        return await db.NoteFollowedAsync(moved, wishes.Count < WishesMax ? null : wishes[^1])
            ? wishes.Count
            : throw new ConflictException();
    }
}
