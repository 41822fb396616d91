using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Inbox;

/// <summary>Every SQL statement on inbox items and on how far inboxes have followed the journal.</summary>
public static class InboxStore
{
    /// <summary>As many stand for more.</summary>
    public const int UnreadMax = 1_000;

    private const int RowsMax = 500;

    private const string Columns =
        "id, person_id, subject, subject_id, topic, kind, audience, amount, number, at, times, important, unread";

    /// <summary>How far inboxes have followed; until the end of the transaction nobody else gets on.</summary>
    public static async Task<InboxHead> LockFollowedAsync(this DbSession db) =>
        await db.FindAsync<InboxHead>("SELECT number, told_to FROM inbox_head WHERE id = 1 FOR UPDATE")
        ?? throw new InvalidOperationException("The inboxes have no head row.");

    /// <returns>False when another copy got on meanwhile.</returns>
    public static async Task<bool> MoveFollowedAsync(this DbSession db, InboxHead from, InboxHead to) =>
        await db.ExecuteAsync(
            """
            UPDATE inbox_head SET number = @Number, told_to = @ToldTo
            WHERE id = 1 AND number = @fromNumber AND told_to <=> @fromToldTo
            """, new { to.Number, to.ToldTo, fromNumber = from.Number, fromToldTo = from.ToldTo }) == 1;

    /// <summary>Those of these people whom an entry was told already.</summary>
    public static async Task<HashSet<Guid>> ListToldAsync(
        this DbSession db, long number, IReadOnlyList<object> people) => people.Count == 0 ? [] :
    [
        .. await db.ListEachAsync<Guid>(
            "SELECT person_id FROM inbox_item WHERE number = @number AND person_id IN (", "@PersonId", people, ")",
            new { number }),
    ];

    /// <summary>
    /// Those items into which something new of the same object may go. Locked, so that nobody reads them while they grow.
    /// </summary>
    public static async Task<List<InboxItem>> ListOpenItemsAsync(
        this DbSession db, IReadOnlyList<object> peopleAndSubjects, DateTime since)
    {
        var open = new List<InboxItem>();
        foreach (var some in peopleAndSubjects.Chunk(RowsMax))
        {
            open.AddRange(await db.ListEachAsync<InboxItem>(
                $"SELECT {Columns} FROM inbox_item FORCE INDEX (of_subject) WHERE unread = 1 AND at >= @since AND (",
                "(person_id = @PersonId AND subject_id = @SubjectId)", some, ") FOR UPDATE", new { since }, " OR "));
        }

        return open;
    }

    public static void QueueItems(this DbSession db, IEnumerable<InboxItem> items)
    {
        foreach (var some in items.Chunk(RowsMax))
        {
            db.QueueEach(
                $"INSERT INTO inbox_item ({Columns}) VALUES",
                "(@Id, @PersonId, @Subject, @SubjectId, @Topic, @Kind, @Audience, @Amount, @Number, @At, @Times, "
                + "@Important, @Unread)", some);
        }
    }

    /// <summary>For an item that is locked.</summary>
    public static void QueueGrown(this DbSession db, InboxItem item) => db.Queue(
        """
        UPDATE inbox_item
        SET kind = @Kind, audience = @Audience, topic = @Topic, subject = @Subject, amount = @Amount, number = @Number,
          at = @At, times = @Times, important = @Important
        WHERE id = @Id AND number < @Number
        """,
        new
        {
            item.Id,
            item.Kind,
            item.Audience,
            item.Topic,
            item.Subject,
            item.Amount,
            item.Number,
            item.At,
            item.Times,
            item.Important,
        });

    public static Task<List<InboxItem>> ListItemsAsync(
        this DbSession db, Guid personId, bool unreadOnly, PageToken after, int countMax) => db.ListAsync<InboxItem>(
        $"""
        SELECT {Columns} FROM inbox_item
        WHERE person_id = @personId {(unreadOnly ? "AND unread = 1" : "")}
          AND at <= @At AND (at < @At OR id < @Id)
        ORDER BY at DESC, id DESC LIMIT @countMax
        """, new { personId, after.At, after.Id, countMax });

    public static Task<int> CountUnreadAsync(this DbSession db, Guid personId) => db.FindAsync<int>(
        $"""
        SELECT COUNT(*) FROM
          (SELECT 1 FROM inbox_item WHERE person_id = @personId AND unread = 1 LIMIT {UnreadMax}) some
        """, new { personId });

    public static void QueueRead(this DbSession db, Guid personId, Guid itemId) => db.Queue(
        "UPDATE inbox_item SET unread = 0 WHERE id = @itemId AND person_id = @personId AND unread = 1",
        new { personId, itemId });

    /// <returns>How many; not all that there are.</returns>
    public static Task<int> MarkReadAsync(this DbSession db, Guid personId, DateTime upTo, int countMax) =>
        db.ExecuteAsync(
            """
            UPDATE inbox_item SET unread = 0
            WHERE person_id = @personId AND unread = 1 AND at <= @upTo LIMIT @countMax
            """, new { personId, upTo, countMax });

    public static async Task<bool> IsUnreadAsync(this DbSession db, Guid itemId) =>
        await db.FindAsync<int?>("SELECT 1 FROM inbox_item WHERE id = @itemId AND unread = 1", new { itemId }) is not null;

    /// <summary>How many items of these people came since a time and are not read.</summary>
    public static Task<List<UnreadCount>> CountUnreadAsync(
        this DbSession db, IReadOnlyList<object> people, DateTime since) => db.ListEachAsync<UnreadCount>(
        "SELECT person_id, COUNT(*) AS unread FROM inbox_item WHERE unread = 1 AND at >= @Since AND person_id IN (",
        "@Id", people, ") GROUP BY person_id", new { since });

    /// <summary>What has served its time; at most <paramref name="countMax"/> rows of each.</summary>
    public static async Task<int> ForgetInboxAsync(
        this DbSession db, DateTime items, DateTime deliveries, int countMax) =>
        await db.ExecuteAsync("DELETE FROM inbox_item WHERE at < @items LIMIT @countMax", new { items, countMax })
        + await db.ExecuteAsync("DELETE FROM delivery WHERE at < @deliveries LIMIT @countMax", new { deliveries, countMax });
}

/// <summary>How far inboxes have followed the journal.</summary>
public sealed record InboxHead
{
    /// <summary>The last entry of which everybody was told.</summary>
    public long Number { get; init; }

    /// <summary>Of the next entry everybody was told but followers with larger ids; null: nobody yet.</summary>
    public Guid? ToldTo { get; init; }
}

public sealed record UnreadCount
{
    public Guid PersonId { get; init; }
    public int Unread { get; init; }
}
