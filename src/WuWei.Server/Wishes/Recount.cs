using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Counts every wish again and compares with the counts that are kept.</summary>
public sealed class Recount(Database database)
{
    private const int PageSize = 5_000;

    /// <param name="progress">Called now and then with how many wishes were counted.</param>
    /// <returns>Differences, each naming unit, measure, kept and recounted figure; empty when there is none.</returns>
    public async Task<IReadOnlyList<string>> CompareAsync(Action<long> progress, CancellationToken cancel)
    {
        var recounted = new Dictionary<(Guid UnitId, int Measure), long>();
        long seen = 0;
        await EachAsync((db, after) => db.ListForRecountAsync(after, PageSize), w => w.Id, wish =>
        {
            foreach (var measure in WishCounts.Of(wish))
            {
                Add(recounted, wish.UnitId, measure);
            }

            if (++seen % PageSize == 0)
            {
                progress(seen);
            }
        }, cancel);
        await EachAsync((db, after) => db.ListClaimsForRecountAsync(after, PageSize), c => c.Id,
            claim => Add(recounted, claim.UnitId, WishCounts.OfClaim(claim.OpenedAt, claim.ClaimedAt)), cancel);
        await EachAsync((db, after) => db.ListOpenFollowUpsAsync(after, PageSize), f => f.Id,
            followUp => Add(recounted, followUp.UnitId, WishCounts.OpenFollowUps), cancel);

        var kept = (await database.ReadAsync(db => db.ListCountsAsync(), cancel))
            .ToDictionary(c => (c.UnitId, c.Measure), c => c.Amount);
        return
        [
            .. recounted.Keys.Union(kept.Keys)
                .Select(k => (Key: k, Kept: kept.GetValueOrDefault(k), Recounted: recounted.GetValueOrDefault(k)))
                .Where(d => d.Kept != d.Recounted)
                .Select(d => $"unit {d.Key.UnitId} measure {d.Key.Measure}: kept {d.Kept}, recounted {d.Recounted}"),
        ];
    }

    private async Task EachAsync<T>(
        Func<DbSession, Guid, Task<List<T>>> list, Func<T, Guid> id, Action<T> count, CancellationToken cancel)
    {
        var after = Guid.Empty;
        for (var page = await Page(); page.Count > 0; page = await Page())
        {
            page.ForEach(count);
            after = id(page[^1]);
        }

        Task<List<T>> Page() => database.ReadAsync(db => list(db, after), cancel);
    }

    private static void Add(Dictionary<(Guid, int), long> counts, Guid unitId, int measure) =>
        counts[(unitId, measure)] = counts.GetValueOrDefault((unitId, measure)) + 1;
}
