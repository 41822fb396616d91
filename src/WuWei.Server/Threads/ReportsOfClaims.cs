using WuWei.Data;
using WuWei.Wishes;

namespace WuWei.Threads;

/// <summary>Reports are for the staff of the wish's unit, whichever that is.</summary>
public sealed class ReportsOfClaims : IListedByUnit
{
    public void QueueUnit(DbSession db, IReadOnlyList<Guid> claimIds, Guid unitId)
    {
        foreach (var id in claimIds)
        {
            db.QueueReportUnit(threadId: id, unitId);
        }
    }
}
