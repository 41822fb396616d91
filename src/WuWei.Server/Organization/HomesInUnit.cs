using WuWei.Data;
using WuWei.Identity;

namespace WuWei.Organization;

/// <summary>Whether somebody is at home in a unit.</summary>
public sealed class HomesInUnit : IUnitUse
{
    public async Task<bool> UsesAsync(DbSession db, Guid unitId) =>
        (await db.ListAtHomeAsync(unitId, Guid.Empty, countMax: 1)).Count > 0;
}
