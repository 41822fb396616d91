using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using WuWei.Data;

namespace WuWei.Privacy;

/// <summary>
/// Seals every value anew that is not sealed with the current key, while servers go on reading and writing. It may be
/// stopped at any moment and run again: what is left to do is in the values themselves.
/// </summary>
/// <param name="database">As the owner: the servers' own user cannot change what is append-only.</param>
public sealed class Resealing(Database database, PersonalData personalData, IKeyModule keys)
{
    /// <summary>
    /// By then after the key file changed, every server seals with the new key, and every call that began before has
    /// ended: a statement may take 30 s, and wait for others before it.
    /// </summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    private const int PageSize = 500;

    /// <summary>Few, because a server's call that meets one of the rows waits, or runs again.</summary>
    private const int BatchSize = 25;

    private const int FaultsMax = 20;

    /// <summary>
    /// Passes over everything until one that began when all had settled finds nothing to do: servers that had not
    /// noticed the new key sealed with the old one behind the passes before.
    /// </summary>
    /// <param name="settled">Normally <see cref="Settled"/>.</param>
    /// <param name="progress">Called now and then with column, rows seen and values sealed anew.</param>
    public async Task<ResealReport> RunAsync(
        TimeSpan settled, Action<SealedColumn, long, long> progress, CancellationToken cancel)
    {
        var since = Stopwatch.GetTimestamp();
        for (var total = 0L; ;)
        {
            var waited = Stopwatch.GetElapsedTime(since);
            var faults = new List<string>();
            var (seen, resealed) = (0L, 0L);
            foreach (var column in SealedColumn.All)
            {
                await foreach (var page in PagesAsync(column, cancel))
                {
                    seen += page.Count;
                    resealed += await ResealAsync(column, page, faults, cancel);
                    progress(column, seen, total + resealed);
                }
            }

            total += resealed;
            if (resealed == 0 && waited >= settled)
            {
                return new ResealReport(total, faults);
            }

            if (resealed == 0)
            {
                await Task.Delay(settled - waited, cancel);
            }
        }
    }

    /// <summary>The first value found that the current key did not seal, in words; null when there is none.</summary>
    public async Task<string?> FindOldAsync(Action<SealedColumn, long, long> progress, CancellationToken cancel)
    {
        var seen = 0L;
        foreach (var column in SealedColumn.All)
        {
            await foreach (var page in PagesAsync(column, cancel))
            {
                if (page.Find(r => r.Value is not null) is { } row)
                {
                    return $"{column.Name} of {row.Place} is sealed with key {row.Value!.ElementAtOrDefault(1)}";
                }

                seen += page.Count;
                progress(column, seen, 0);
            }
        }

        return null;
    }

    private async IAsyncEnumerable<List<SealedRow>> PagesAsync(
        SealedColumn column, [EnumeratorCancellation] CancellationToken cancel)
    {
        SealedRow? after = null;
        for (var count = PageSize; count == PageSize;)
        {
            var page = await database.ReadAsync(
                db => db.ListSealedAsync(column, after, keys.CurrentKey, PageSize), cancel);
            count = page.Count;
            after = page.LastOrDefault();
            yield return page;
        }
    }

    private async Task<int> ResealAsync(
        SealedColumn column, List<SealedRow> page, List<string> faults, CancellationToken cancel)
    {
        var resealed = 0;
        foreach (var batch in page.Where(r => r.Value is not null).Chunk(BatchSize))
        {
            var values = batch.Select(r => (Row: r, Value: Reseal(column, r, faults)))
                .Where(v => v.Value is not null).ToList();
            if (values.Count > 0)
            {
                await database.HousekeepAsync(db =>
                {
                    values.ForEach(v => db.QueueResealed(column, v.Row, v.Value!));
                    return Task.FromResult(true);
                }, cancel);
                resealed += values.Count;
            }
        }

        return resealed;
    }

    private byte[]? Reseal(SealedColumn column, SealedRow row, List<string> faults)
    {
        try
        {
            return personalData.Seal(column.Name, row.Place, personalData.Open(column.Name, row.Place, row.Value));
        }
        catch (CryptographicException e)
        {
            if (faults.Count < FaultsMax)
            {
                faults.Add($"{column.Name} of {row.Place} does not open: {e.Message}");
            }

            return null;
        }
    }
}

/// <param name="Faults">Values that do not open, and so could not be sealed anew; the first of them.</param>
public sealed record ResealReport(long Resealed, IReadOnlyList<string> Faults);
