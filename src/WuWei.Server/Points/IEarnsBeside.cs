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
}
