using WuWei.Data;

namespace WuWei.Journal;

/// <summary>
/// Recomputes the whole chain in one pass, compares it with anchors kept elsewhere, and looks for entries outside it.
/// </summary>
public sealed class Verifier(Database database)
{
    private const int ProgressEvery = 5_000;

    public Task<JournalReport> VerifyAsync(Action<long> progress, CancellationToken cancel) =>
        VerifyAsync([], progress, cancel);

    /// <param name="anchors">Without them, a chain that was rewritten whole or cut off at its end looks right.</param>
    /// <param name="progress">Called now and then with how many entries were checked.</param>
    /// <returns>What is wrong; nothing when all is right.</returns>
    public async Task<JournalReport> VerifyAsync(
        IReadOnlyList<Anchor> anchors, Action<long> progress, CancellationToken cancel)
    {
        // Seals up to the head never change, so entries written meanwhile do not disturb.
        var head = await database.ReadAsync(db => db.GetHeadAsync(), cancel);
        var faults = await database.ReadAsync(async db =>
        {
            var chain = new ChainCheck(head, anchors);
            await foreach (var seal in db.StreamSealedAsync(0, head.Number))
            {
                chain.Follow(seal);
                if (chain.Number % ProgressEvery == 0)
                {
                    progress(chain.Number);
                }
            }

            return chain.End();
        }, cancel);
        var (strays, pending) = await database.ReadAsync(
            async db => (await db.ListStraysAsync(ChainCheck.FaultsMax), await db.CountPendingAsync()), cancel);
        faults.AddRange(strays.Select(s => $"{s.What}: {s.EntryId}"));
        return new JournalReport(head.Number, Convert.ToHexStringLower(head.Hash), pending, faults);
    }
}

/// <param name="Sealed">Entries checked.</param>
/// <param name="Hash">Of the last of them: noted elsewhere, it shows later that nothing before it was rewritten.</param>
/// <param name="Pending">Entries without a number yet.</param>
public sealed record JournalReport(long Sealed, string Hash, long Pending, IReadOnlyList<string> Faults);
