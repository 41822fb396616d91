using WuWei.Data;

namespace WuWei.Journal;

/// <summary>Every SQL statement on the journal.</summary>
public static class JournalStore
{
    /// <summary>Records a change in the transaction that makes it.</summary>
    public static void Record(this DbSession db, JournalEntry entry)
    {
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

    public static void QueueSeal(this DbSession db, long number, Guid entryId, byte[] hash)
    {
        db.Queue(
            "INSERT INTO journal_seal (number, entry_id, hash) VALUES (@number, @entryId, @hash)",
            new { number, entryId, hash });
        db.Queue("DELETE FROM journal_pending WHERE entry_id = @entryId", new { entryId });
    }

    /// <summary>Sealed entries by number, after <paramref name="number"/>: how readers resume.</summary>
    public static Task<List<SealedEntry>> ListSealedAsync(this DbSession db, long number, int countMax) =>
        db.ListAsync<SealedEntry>(
            """
            SELECT s.number, s.hash, s.entry_id, e.id, e.at, e.kind, e.actor_id, e.actor_role, e.channel, e.subject,
              e.subject_id, e.unit_id, e.detail
            FROM journal_seal s LEFT JOIN journal_entry e ON e.id = s.entry_id
            WHERE s.number > @number ORDER BY s.number LIMIT @countMax
            """, new { number, countMax });

    public static async Task<JournalTotals> CountAsync(this DbSession db) =>
        (await db.FindAsync<JournalTotals>(
            """
            SELECT (SELECT COUNT(*) FROM journal_entry) AS entries,
              (SELECT COUNT(*) FROM journal_pending p JOIN journal_entry e ON e.id = p.entry_id) AS pending,
              (SELECT COUNT(*) FROM journal_seal) AS seals,
              (SELECT number FROM journal_head WHERE id = 1) AS head
            """))!;

    private static async Task<bool> Moved(Task<int> rows) => await rows == 1;
}

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

public sealed record JournalTotals
{
    public long Entries { get; init; }
    public long Pending { get; init; }
    public long Seals { get; init; }

    /// <summary>The last number given.</summary>
    public long Head { get; init; }
}
