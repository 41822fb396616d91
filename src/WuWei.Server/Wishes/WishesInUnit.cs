using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Wishes;

/// <summary>Whether a unit has wishes that are not over.</summary>
public sealed class WishesInUnit : IUnitUse
{
    public Task<bool> UsesAsync(DbSession db, Guid unitId) => db.HasLiveWishesAsync(unitId);
}
