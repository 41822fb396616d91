using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Activities;

/// <summary>Whether a unit has activities that are not over; and their lists follow it when it moves.</summary>
public sealed class ActivitiesInUnit : IUnitUse, IUnitFollower
{
    public Task<bool> UsesAsync(DbSession db, Guid unitId) => db.HasLiveActivitiesAsync(unitId);

    public Task FollowAsync(DbSession db, Guid unitId) => db.FollowActivitiesAsync(unitId);
}
