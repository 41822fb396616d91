using System.Security.Cryptography;
using System.Text;
using WuWei.Data;
using WuWei.Jobs;

namespace WuWei.Journal;

/// <summary>
/// Numbers committed entries without gaps and chains them by hash: hash(n) = SHA-256(hash(n-1), entry n). Numbering
/// happens after commit and in one place, so a reader who resumes by number misses nothing.
/// </summary>
public sealed class Sealer(Database database) : IJob
{
    private const int EntriesMax = 500;

    /// <summary>In each round: whoever follows by number, such as the boards, waits for it.</summary>
    public TimeSpan Every => TimeSpan.Zero;

    /// <summary>Seals what is pending, a batch at a time.</summary>
    /// <returns>How many entries were sealed.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var batch = EntriesMax; batch == EntriesMax; total += batch)
        {
            batch = await database.HousekeepAsync(SealBatchAsync, cancel);
        }

        return total;
    }

    public static byte[] Chain(byte[] before, StoredEntry entry, long number) =>
        SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(entry.Canonical(number))]);

    private static async Task<int> SealBatchAsync(DbSession db)
    {
        // Copies take turns: racing, one that is slower would lose to one with much to seal over and over.
        var from = await db.LockHeadAsync();
        var entries = await db.ListPendingAsync(EntriesMax);
        if (entries.Count == 0)
        {
            return 0;
        }

        var head = from;
        var seals = new List<JournalSeal>();
        foreach (var entry in entries)
        {
            var number = head.Number + 1;
            head = new JournalHead { Number = number, Hash = Chain(head.Hash, entry, number) };
            seals.Add(new JournalSeal(number, entry.Id, head.Hash));
        }

        db.QueueSeals(seals);

        if (!await db.MoveHeadAsync(from, head))
        {
            throw new ConflictException();
        }

        return entries.Count;
    }
}
