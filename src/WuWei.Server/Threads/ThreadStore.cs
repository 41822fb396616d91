using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;

namespace WuWei.Threads;

/// <summary>Every SQL statement on threads and their messages.</summary>
public static class ThreadStore
{
    private const string Columns =
        """
        c.id, c.wish_id, w.unit_id, w.content IS NOT NULL AS is_sealed, c.claimer_id, c.ended_at, w.claim_id <=> c.id AS is_the_wishs, w.origin, w.maker_id,
        w.beneficiary_index, b.id AS beneficiary_id, COALESCE(t.shown, 0) AS shown, t.wisher_agreed_at, t.claimer_agreed_at,
        t.closed_at, m.shown_name AS maker_name, b.shown_name AS beneficiary_name, k.shown_name AS claimer_name,
        (SELECT COUNT(*) FROM thread_message x
          WHERE x.thread_id = c.id AND x.number > COALESCE(p.read_to, 0) AND x.state = 2 AND x.hidden_at IS NULL
            AND x.author_id <> @personId) AS unread
        """;

    private const string Joins =
        """
        JOIN wish w ON w.id = c.wish_id
        LEFT JOIN thread t ON t.id = c.id
        LEFT JOIN thread_party p ON p.thread_id = c.id AND p.person_id = @personId
        LEFT JOIN person m ON m.id = w.maker_id
        LEFT JOIN person b ON b.phone_index = w.beneficiary_index
        LEFT JOIN person k ON k.id = c.claimer_id
        """;

    private const string MessageColumns =
        """
        x.id, x.thread_id, x.sent_at, x.author_id, a.shown_name AS author_name, x.side, x.text, x.state, x.number,
        x.hidden_at, b.id AS previous_id, b.text AS previous_text, e.id AS earlier_id, e.text AS earlier_text
        """;

    private const string MessageJoins =
        """
        LEFT JOIN person a ON a.id = x.author_id
        LEFT JOIN thread_message b ON b.id = x.previous_id
        LEFT JOIN thread_message e ON e.id = b.previous_id
        """;

    /// <param name="personId">Whose unread messages are counted.</param>
    public static Task<Thread?> FindThreadAsync(this DbSession db, Guid id, Guid personId) => db.FindAsync<Thread>(
        $"SELECT {Columns} FROM wish_claim c {Joins} WHERE c.id = @id", new { id, personId });

    /// <summary>Those in which there is something for a person, the latest first, with one more than fits.</summary>
    public static Task<List<ListedThread>> ListThreadsAsync(
        this DbSession db, Guid personId, PageToken from, int countMax) => db.ListAsync<ListedThread>(
        $"""
        SELECT page.last_at, {Columns}
        FROM (
          SELECT l.thread_id, l.last_at FROM thread_party l
          WHERE l.person_id = @personId AND l.last_at <= @at AND (l.last_at < @at OR l.thread_id < @id)
          ORDER BY l.last_at DESC, l.thread_id DESC LIMIT @countMax
        ) page
        JOIN wish_claim c ON c.id = page.thread_id {Joins}
        ORDER BY page.last_at DESC, page.thread_id DESC
        """, new { personId, at = from.At, id = from.Id, countMax });

    /// <summary>Writes a message, if nobody closed the thread meanwhile.</summary>
    public static async Task AddMessageAsync(this DbSession db, Thread thread, Message message)
    {
        await db.BeginThreadAsync(thread);
        if (await db.ExecuteAsync(
            "UPDATE thread SET written = written + 1 WHERE id = @Id AND closed_at IS NULL", new { thread.Id }) == 0)
        {
            throw new ConflictException();
        }

        db.Queue(
            """
            INSERT INTO thread_message (id, thread_id, sent_at, author_id, side, text, state, previous_id)
            SELECT @Id, @ThreadId, @SentAt, @AuthorId, @Side, @Text, @State, b.id
            FROM (SELECT 1 AS one) o
            LEFT JOIN (
              SELECT x.id FROM thread_message x WHERE x.thread_id = @ThreadId AND x.author_id = @AuthorId
              ORDER BY x.sent_at DESC, x.id DESC LIMIT 1
            ) b ON TRUE
            """,
            new
            {
                message.Id,
                message.ThreadId,
                message.SentAt,
                message.AuthorId,
                message.Side,
                message.Text,
                message.State,
            });
        db.QueueParty(message.AuthorId, thread.Id, message.SentAt);
    }

    public static Task<Message?> FindMessageAsync(this DbSession db, Guid id) => db.FindAsync<Message>(
        $"SELECT {MessageColumns} FROM thread_message x {MessageJoins} WHERE x.id = @id", new { id });

    /// <summary>The newest first, with some more than fit.</summary>
    /// <param name="personId">Who sees what they wrote whatever became of it.</param>
    public static Task<List<Message>> ListMessagesAsync(
        this DbSession db, Guid threadId, Guid personId, PageToken from, int countMax) => db.ListAsync<Message>(
        $"""
        SELECT {MessageColumns}
        FROM thread_message x {MessageJoins}
        WHERE x.thread_id = @threadId AND (x.state = 2 OR x.author_id = @personId)
          AND x.sent_at <= @at AND (x.sent_at < @at OR x.id < @id)
        ORDER BY x.sent_at DESC, x.id DESC LIMIT @countMax
        """, new { threadId, personId, at = from.At, id = from.Id, countMax });

    /// <summary>Those of these messages that there are, for whoever checks them.</summary>
    public static Task<List<Message>> ListMessagesAsync(this DbSession db, string ids) => db.ListAsync<Message>(
        $"""
        SELECT {MessageColumns}
        FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i
        JOIN thread_message x ON x.id = UNHEX(i.id) {MessageJoins}
        """, new { ids });

    /// <summary>Stores what came of the check. What is shown to all for the first time gets the thread's next number.</summary>
    public static async Task MoveMessageAsync(this DbSession db, Message before, ContentState state)
    {
        var number = before.Number;
        if (state == ContentState.Passed && number is null)
        {
            // The row is the order in which messages are shown.
            await db.ExecuteAsync("UPDATE thread SET shown = shown + 1 WHERE id = @ThreadId", new { before.ThreadId });
            number = await db.FindAsync<int>("SELECT shown FROM thread WHERE id = @ThreadId", new { before.ThreadId });
        }

        if (await db.ExecuteAsync(
            "UPDATE thread_message SET state = @state, number = @number WHERE id = @Id AND state = @was",
            new { before.Id, was = before.State, state, number }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>There is something for them in it.</summary>
    public static void QueueParty(this DbSession db, Guid personId, Guid threadId, DateTime at) => db.Queue(
        """
        INSERT INTO thread_party (person_id, thread_id, last_at, read_to) VALUES (@personId, @threadId, @at, 0)
        ON DUPLICATE KEY UPDATE last_at = GREATEST(last_at, @at)
        """, new { personId, threadId, at });

    public static Task<int> MarkReadAsync(this DbSession db, Guid personId, Guid threadId, int number, DateTime now) =>
        db.ExecuteAsync(
            """
            INSERT INTO thread_party (person_id, thread_id, last_at, read_to) VALUES (@personId, @threadId, @now, @number)
            ON DUPLICATE KEY UPDATE read_to = GREATEST(read_to, @number)
            """, new { personId, threadId, now, number });

    /// <summary>Stores that a side agreed, if it did not before.</summary>
    public static async Task AgreeAsync(this DbSession db, Thread before, Thread after)
    {
        await db.BeginThreadAsync(before);
        if (await db.ExecuteAsync(
            """
            UPDATE thread SET wisher_agreed_at = @WisherAgreedAt, claimer_agreed_at = @ClaimerAgreedAt
            WHERE id = @Id AND wisher_agreed_at <=> @wisherBefore AND claimer_agreed_at <=> @claimerBefore
              AND closed_at IS NULL
            """,
            new
            {
                after.Id,
                after.WisherAgreedAt,
                after.ClaimerAgreedAt,
                wisherBefore = before.WisherAgreedAt,
                claimerBefore = before.ClaimerAgreedAt,
            }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <returns>False when it was hidden already, or is none of this thread.</returns>
    public static async Task<bool> HideMessageAsync(this DbSession db, Guid threadId, Guid messageId, DateTime now) =>
        await db.ExecuteAsync(
            """
            UPDATE thread_message SET hidden_at = COALESCE(hidden_at, @now) WHERE id = @messageId AND thread_id = @threadId
            """, new { threadId, messageId, now }) == 1;

    public static async Task CloseThreadAsync(this DbSession db, Thread thread, DateTime now)
    {
        await db.BeginThreadAsync(thread);
        await db.ExecuteAsync(
            "UPDATE thread SET closed_at = @now WHERE id = @Id AND closed_at IS NULL", new { thread.Id, now });
    }

    private static Task<int> BeginThreadAsync(this DbSession db, Thread thread) => db.ExecuteAsync(
        "INSERT IGNORE INTO thread (id, wish_id, written, shown) VALUES (@Id, @WishId, 0, 0)",
        new { thread.Id, thread.WishId });
}

/// <summary>A thread with what lists of them are sorted by.</summary>
public sealed record ListedThread : Thread
{
    public DateTime LastAt { get; init; }
}
