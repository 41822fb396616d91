using System.Security.Cryptography;
using WuWei.Data;

namespace WuWei.Journal;

/// <summary>Recomputes the whole chain: numbers without a gap, every hash, no entry outside it.</summary>
public sealed class Verifier(Database database)
{
    private const int PageSize = 2_000;

    /// <param name="progress">Called now and then with how many entries were checked.</param>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public async Task<JournalReport> VerifyAsync(Action<long> progress, CancellationToken cancel)
    {
        var faults = new List<string>();
        var head = await database.ReadAsync(db => db.GetHeadAsync(), cancel);
        long number = 0;
        var hash = new byte[SHA256.HashSizeInBytes];
        while (number < head.Number && faults.Count == 0)
        {
            var page = await database.ReadAsync(db => db.ListSealedAsync(number, PageSize), cancel);
            if (page.Count == 0)
            {
                faults.Add($"entry {number + 1} is missing: the head stands at {head.Number}");
                break;
            }

            foreach (var seal in page.TakeWhile(s => s.Number <= head.Number))
            {
                number++;
                var fault = Fault(seal, number, hash);
                if (fault is not null)
                {
                    faults.Add(fault);
                    break;
                }

                hash = seal.Hash;
            }

            progress(number);
        }

        if (faults.Count == 0 && !hash.AsSpan().SequenceEqual(head.Hash))
        {
            faults.Add($"the head's hash is not that of entry {number}");
        }

        // Read in one statement, so that entries written meanwhile count on both sides.
        var totals = await database.ReadAsync(db => db.CountAsync(), cancel);
        if (totals.Entries != totals.Pending + totals.Seals)
        {
            faults.Add($"{totals.Entries} entries, but {totals.Seals} sealed and {totals.Pending} pending");
        }

        // A seal behind the head is no part of the chain, and would hide an entry that nobody ever sealed.
        if (totals.Seals != totals.Head)
        {
            faults.Add($"{totals.Seals} seals, but the head stands at {totals.Head}");
        }

        return new JournalReport(number, Convert.ToHexStringLower(hash), totals.Pending, faults);
    }

    private static string? Fault(SealedEntry seal, long number, byte[] before) =>
        seal.Number != number ? $"number {number} is missing"
        : seal.Id == Guid.Empty ? $"entry {number} ({seal.EntryId}) was removed"
        : !Sealer.Chain(before, seal, number).AsSpan().SequenceEqual(seal.Hash)
            ? $"entry {number} ({seal.EntryId}) was changed"
            : null;
}

/// <param name="Sealed">Entries checked.</param>
/// <param name="Hash">Of the last of them: noted elsewhere, it shows later that nothing before it was rewritten.</param>
/// <param name="Pending">Entries without a number yet.</param>
public sealed record JournalReport(long Sealed, string Hash, long Pending, IReadOnlyList<string> Faults);
