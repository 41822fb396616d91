using WuWei.Data;

namespace WuWei.Organization;

/// <summary>Lists by unit that follow one which got other ancestors, all of it at once.</summary>
public interface IUnitFollower
{
    Task FollowAsync(DbSession db, Guid unitId);
}
