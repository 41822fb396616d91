using WuWei.Data;
using WuWei.Identity;

namespace WuWei.Organization;

/// <summary>Whether somebody is at home in a unit, or in one that closed into it.</summary>
public sealed class HomesInUnit : IUnitUse
{
    public Task<bool> UsesAsync(DbSession db, Guid unitId) => db.HasResidentsAsync(unitId);
}
