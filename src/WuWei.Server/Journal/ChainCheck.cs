using System.Security.Cryptography;

namespace WuWei.Journal;

/// <summary>
/// Follows the chain entry by entry and notes what does not hold: numbers without a gap, each hash over its entry and
/// the hash before, the head at the end, and every anchor. A fault does not hide the next one.
/// </summary>
internal sealed class ChainCheck(JournalHead head, IEnumerable<Anchor> anchors)
{
    /// <summary>As many entries are named; of the rest it is said how many they are.</summary>
    public const int FaultsMax = 20;

    private readonly Queue<Anchor> _anchors = new(anchors.OrderBy(a => a.Number));
    private readonly List<string> _faults = [];
    private byte[]? _hash = new byte[SHA256.HashSizeInBytes];
    private long _anchored;
    private bool _rewritten;
    private long _entryFaults;

    /// <summary>The last number seen.</summary>
    public long Number { get; private set; }

    /// <summary>The next seal, in the order of numbers, with its entry.</summary>
    public void Follow(SealedEntry seal)
    {
        Expect(seal.Number);
        Number = seal.Number;
        if (seal.Id == Guid.Empty)
        {
            FaultOfEntry($"entry {Number} ({seal.EntryId}) was removed");
        }
        else if (_hash is not null && !Sealer.Chain(_hash, seal, Number).AsSpan().SequenceEqual(seal.Hash))
        {
            FaultOfEntry($"entry {Number} ({seal.EntryId}) was changed, moved or given another hash");
        }

        // The hash as stored, so that one fault is not reported for every entry after it.
        _hash = seal.Hash;
        while (_anchors.TryPeek(out var anchor) && anchor.Number <= Number)
        {
            Compare(_anchors.Dequeue());
        }
    }

    /// <summary>Nothing follows.</summary>
    public List<string> End()
    {
        Expect(head.Number + 1);
        if (Number == head.Number && _hash is not null && !_hash.AsSpan().SequenceEqual(head.Hash))
        {
            _faults.Add($"the head's hash is not that of entry {Number}");
        }

        if (_anchors.LastOrDefault(a => a.Number > head.Number) is { } beyond)
        {
            _faults.Add(
                $"the end was cut off: the journal ends at {head.Number}, but anchor \"{beyond}\" says that entries "
                + $"{head.Number + 1} to {beyond.Number} were there");
        }

        if (_entryFaults > FaultsMax)
        {
            _faults.Add($"and {_entryFaults - FaultsMax} more faults of this kind");
        }

        return _faults;
    }

    private void FaultOfEntry(string fault)
    {
        if (++_entryFaults <= FaultsMax)
        {
            _faults.Add(fault);
        }
    }

    private void Expect(long number)
    {
        var next = Number + 1;
        if (number > next)
        {
            FaultOfEntry(number == next + 1
                ? $"number {next} is missing"
                : $"numbers {next} to {number - 1} are missing");
            // Nothing to compare the next hash with.
            _hash = null;
        }
    }

    private void Compare(Anchor anchor)
    {
        // One whose number is missing cannot be compared; after the first that differs, all others do.
        if (anchor.Number != Number || _rewritten)
        {
            return;
        }

        _rewritten = Convert.ToHexStringLower(_hash!) != anchor.Hash;
        if (_rewritten)
        {
            _faults.Add(
                $"the chain was rewritten: anchor \"{anchor}\" has another hash than entry {Number} now; the first "
                + $"entry at fault is one of {_anchored + 1} to {Number}");
        }
        else
        {
            _anchored = Number;
        }
    }
}
