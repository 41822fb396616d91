using WuWei.Data;

namespace WuWei.Organization;

/// <summary>Something that may live in a unit: only a unit in which nothing does is closed by one person.</summary>
public interface IUnitUse
{
    Task<bool> UsesAsync(DbSession db, Guid unitId);
}
