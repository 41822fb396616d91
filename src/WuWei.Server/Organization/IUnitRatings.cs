using WuWei.Data;

namespace WuWei.Organization;

/// <summary>How content people were with what was done for them in a unit and all below it.</summary>
/// <param name="Average">1 to 5.</param>
public sealed record UnitRating(Guid UnitId, long Ratings, double Average);

/// <summary>How content people were, for slices that need not know with what.</summary>
public interface IUnitRatings
{
    /// <summary>Of these units, without those that too few people rated for an average to be fair.</summary>
    /// <param name="to">The first day that does not count.</param>
    Task<IReadOnlyList<UnitRating>> RatingsAsync(
        DbSession db, IReadOnlyCollection<Guid> unitIds, DateTime from, DateTime to);
}
