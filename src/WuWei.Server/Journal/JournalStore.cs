using WuWei.Data;

namespace WuWei.Journal;

/// <summary>Every SQL statement on the journal.</summary>
public static class JournalStore
{
    /// <summary>Records a change in the transaction that makes it, with the partner through which it is made.</summary>
    public static void Record(this DbSession db, JournalEntry made)
    {
        var entry = db.Through is { } partner ? made.Through(partner) : made;
        var id = Guid.CreateVersion7(entry.At);
        db.QueueEntry(
            """
            INSERT INTO journal_entry
              (id, at, kind, actor_id, actor_role, channel, subject, subject_id, unit_id, detail)
            VALUES
              (@id, @At, @Kind, @ActorId, @ActorRole, @Channel, @Subject, @SubjectId, @UnitId, @Detail)
            """,
            new
            {
                id,
                entry.At,
                entry.Kind,
                entry.ActorId,
                entry.ActorRole,
                entry.Channel,
                entry.Subject,
                entry.SubjectId,
                entry.UnitId,
                entry.Detail,
            });
        db.Queue("INSERT INTO journal_pending (entry_id) VALUES (@id)", new { id });
    }

    public static async Task<JournalHead> GetHeadAsync(this DbSession db) =>
        await db.FindAsync<JournalHead>("SELECT number, hash FROM journal_head WHERE id = 1")
        ?? throw new InvalidOperationException("The journal has no head row.");

    /// <summary>The same; until the end of the transaction nobody else moves it.</summary>
    public static async Task<JournalHead> LockHeadAsync(this DbSession db) =>
        await db.FindAsync<JournalHead>("SELECT number, hash FROM journal_head WHERE id = 1 FOR UPDATE")
        ?? throw new InvalidOperationException("The journal has no head row.");

    public static Task<bool> MoveHeadAsync(this DbSession db, JournalHead from, JournalHead to) => Moved(db.ExecuteAsync(
        """
        UPDATE journal_head SET number = @number, hash = @hash WHERE id = 1 AND number = @from AND hash = @fromHash
        """, new { number = to.Number, hash = to.Hash, from = from.Number, fromHash = from.Hash }));

    public static Task<List<StoredEntry>> ListPendingAsync(this DbSession db, int countMax) => db.ListAsync<StoredEntry>(
        """
        SELECT e.id, e.at, e.kind, e.actor_id, e.actor_role, e.channel, e.subject, e.subject_id, e.unit_id, e.detail
        FROM journal_pending p JOIN journal_entry e ON e.id = p.entry_id
        ORDER BY p.entry_id LIMIT @countMax
        """, new { countMax });

    /// <summary>Numbers entries that were pending until now.</summary>
    public static void QueueSeals(this DbSession db, IReadOnlyList<JournalSeal> seals)
    {
        db.QueueEach(
            "INSERT INTO journal_seal (number, entry_id, hash) VALUES", "(@Number, @EntryId, @Hash)", seals);
        // By the key and nothing else: a scan would wait for writes that are not committed yet.
        db.QueueEach(
            "DELETE p FROM journal_pending p FORCE INDEX (PRIMARY) WHERE p.entry_id IN (", "@EntryId",
            [.. seals.Select(s => new { s.EntryId })], ")");
    }

    /// <summary>
    /// Sealed entries in the order of their numbers, after <paramref name="number"/>: how readers resume. One at a
    /// time, so that a journal of any length can be read whole.
    /// </summary>
    public static IAsyncEnumerable<SealedEntry> StreamSealedAsync(this DbSession db, long number, long numberMax) =>
        db.StreamAsync<SealedEntry>(
            """
            SELECT s.number, s.hash, s.entry_id, e.id, e.at, e.kind, e.actor_id, e.actor_role, e.channel, e.subject,
              e.subject_id, e.unit_id, e.detail
            FROM journal_seal s LEFT JOIN journal_entry e ON e.id = s.entry_id
            WHERE s.number > @number AND s.number <= @numberMax ORDER BY s.number
            """, new { number, numberMax });

    /// <summary>
    /// What is outside the chain. One statement and so one view of the database: entries written meanwhile are in it
    /// with all their rows or not at all.
    /// </summary>
    public static async Task<List<StrayEntry>> ListStraysAsync(this DbSession db, int countMax)
    {
        var strays = new List<StrayEntry>();
        await foreach (var stray in db.StreamAsync<StrayEntry>(
            """
            (SELECT 'entry neither sealed nor pending' AS what, e.id AS entry_id
             FROM journal_entry e
             LEFT JOIN journal_seal s ON s.entry_id = e.id
             LEFT JOIN journal_pending p ON p.entry_id = e.id
             WHERE s.entry_id IS NULL AND p.entry_id IS NULL ORDER BY e.id LIMIT @countMax)
            UNION ALL
            (SELECT 'pending entry was removed', p.entry_id
             FROM journal_pending p LEFT JOIN journal_entry e ON e.id = p.entry_id
             WHERE e.id IS NULL ORDER BY p.entry_id LIMIT @countMax)
            UNION ALL
            (SELECT 'entry sealed and pending at once', p.entry_id
             FROM journal_pending p JOIN journal_seal s ON s.entry_id = p.entry_id
             ORDER BY p.entry_id LIMIT @countMax)
            UNION ALL
            (SELECT 'entry with a number outside the chain', s.entry_id
             FROM journal_head h JOIN journal_seal s ON s.number > h.number OR s.number = 0
             WHERE h.id = 1 ORDER BY s.number LIMIT @countMax)
            """, new { countMax }))
        {
            strays.Add(stray);
        }

        return strays;
    }

    public static Task<long> CountPendingAsync(this DbSession db) =>
        db.FindAsync<long>("SELECT COUNT(*) FROM journal_pending");

    private static async Task<bool> Moved(Task<int> rows) => await rows == 1;
}

public sealed record JournalSeal(long Number, Guid EntryId, byte[] Hash);

public sealed record JournalHead
{
    public long Number { get; init; }
    public byte[] Hash { get; init; } = [];
}

/// <summary>A seal with its entry; the entry's id is empty if it was removed.</summary>
public sealed record SealedEntry : StoredEntry
{
    public long Number { get; init; }
    public byte[] Hash { get; init; } = [];
    public Guid EntryId { get; init; }
}

/// <summary>An entry that is not where it belongs, and how.</summary>
public sealed record StrayEntry
{
    public string What { get; init; } = "";
    public Guid EntryId { get; init; }
}
