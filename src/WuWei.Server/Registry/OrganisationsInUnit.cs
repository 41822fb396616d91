using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Registry;

/// <summary>Whether an organisation serves in a unit, or asked to.</summary>
public sealed class OrganisationsInUnit : IUnitUse
{
    public Task<bool> UsesAsync(DbSession db, Guid unitId) => db.HasScopesAsync(unitId);
}
