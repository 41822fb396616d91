using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Something about claims that is listed by the unit of their wish, and goes with it to another.</summary>
public interface IListedByUnit
{
    void QueueUnit(DbSession db, IReadOnlyList<Guid> claimIds, Guid unitId);
}
