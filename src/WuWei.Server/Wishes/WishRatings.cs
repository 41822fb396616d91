using Microsoft.Extensions.Options;
using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Wishes;

/// <summary>Units as beneficiaries rate the wishes that were kept in them.</summary>
public sealed class WishRatings(IOptions<WishOptions> options) : IUnitRatings
{
    public async Task<IReadOnlyList<UnitRating>> RatingsAsync(
        DbSession db, IReadOnlyCollection<Guid> unitIds, DateTime from, DateTime to) =>
    [
        .. (await db.SumRatingsAsync(unitIds, from, to)).GroupBy(c => c.UnitId)
            .Select(unit => (unit.Key, Satisfaction: WishCounts.SatisfactionOf(
                unit.ToDictionary(c => c.Measure, c => c.Amount))))
            .Where(unit => unit.Satisfaction.Average(options.Value.RatingsMin) is not null)
            .Select(unit => new UnitRating(
                unit.Key, unit.Satisfaction.Ratings, unit.Satisfaction.Average(options.Value.RatingsMin)!.Value)),
    ];
}
