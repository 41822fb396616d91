using System.Buffers.Text;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Feeds;

/// <param name="SeenUntil">The reader has all that is theirs up to this number.</param>
/// <param name="Head">How far the journal was.</param>
public sealed record FeedBatch(IReadOnlyList<Wire.JournalEntry> Entries, long SeenUntil, long Head)
{
    public bool AtHead => SeenUntil >= Head;
}

/// <summary>Gives readers their part of the journal, a bounded piece at a time, so that they decide on the pace.</summary>
public sealed class FeedReader(Feed feed, Units units, PersonalData personalData)
{
    private const string Purpose = "feed";
    private const int PseudonymBytes = 16;

    /// <summary>The tree that is kept is newer than the entries up to this number.</summary>
    private long _treeAfter;

    /// <summary>What comes next after a number: at most so many entries, out of at most a page of numbers.</summary>
    /// <param name="until">The last number wanted.</param>
    public async Task<FeedBatch> NextAsync(
        FeedReach reach, long after, int countMax, CancellationToken cancel, long until = long.MaxValue)
    {
        var tail = await feed.TailAsync(cancel);
        var end = Math.Min(tail.To, until);
        if (after >= end)
        {
            return new FeedBatch([], after, tail.To);
        }

        var to = after < tail.From ? Math.Min(Math.Min(after + Feed.PageMax, tail.From), end) : end;
        var read = after < tail.From ? await feed.ReadAsync(after, to, cancel) : tail.After(after);
        List<FeedEntry> page = [.. read.TakeWhile(e => e.Number <= to)];
        var tree = await TreeAsync(page, cancel);
        var entries = new List<Wire.JournalEntry>();
        foreach (var entry in page.Where(e => reach.Shows(e, tree)))
        {
            if (entries.Count == countMax)
            {
                return new FeedBatch(entries, entries[^1].Number, tail.To);
            }

            entries.Add(Tell(reach, entry));
        }

        return new FeedBatch(entries, to, tail.To);
    }

    /// <summary>
    /// The tree by which entries are judged: never older than one of them that changed it, be it on another copy of the
    /// server. What it does not know is skipped for good.
    /// </summary>
    private async Task<UnitTree> TreeAsync(List<FeedEntry> page, CancellationToken cancel)
    {
        // Looked at before the tree is: others move it on when they have forgotten an older one.
        var known = Volatile.Read(ref _treeAfter);
        var tree = await units.TreeAsync(cancel);
        var changed = page.FindLast(
            e => e.Number > known && (e.Topic == EntryTopic.Units || tree.Find(e.UnitId) is null));
        if (changed is null)
        {
            return tree;
        }

        units.Forget();
        Volatile.Write(ref _treeAfter, changed.Number);
        return await units.TreeAsync(cancel);
    }

    private Wire.JournalEntry Tell(FeedReach reach, FeedEntry entry)
    {
        if (entry.PersonId is not { } person)
        {
            return entry.Told;
        }

        var told = entry.Told.Clone();
        told.Person = Pseudonym(reach.ReaderId, person);
        return told;
    }

    /// <summary>
    /// Who it is, for this reader: the same whenever they read, and nothing to be compared with what another one got.
    /// </summary>
    private string Pseudonym(Guid readerId, Guid personId) => Base64Url.EncodeToString(
        personalData.Mac(Purpose, [.. readerId.ToByteArray(), .. personId.ToByteArray()]).AsSpan(0, PseudonymBytes));
}
