using WuWei.Data;
using WuWei.Journal;

namespace WuWei.Points;

/// <summary>
/// A slice by whose rules what somebody earns earns somebody else something, too, such as whoever invited them.
/// </summary>
public interface IEarnsBeside
{
    /// <summary>What else is earned, by the same source; null when nothing is.</summary>
    /// <param name="earned">The act itself, not what came with it.</param>
    /// <param name="found">What looked odd about it.</param>
    Task<Earning?> FindAsync(DbSession db, Earning earned, Suspicion found, JournalEntry cause);

    /// <summary>All that a source paid was taken back.</summary>
    Task TakeBackAsync(DbSession db, Guid sourceId, JournalEntry cause);

    /// <summary>One award was taken back by a correction, and the others of its source stay.</summary>
    /// <returns>The act beside that was earned by it and goes with it; null when none was.</returns>
    Task<PointsAct?> TakeBackAsync(DbSession db, Award award, JournalEntry cause);
}
