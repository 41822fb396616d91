using WuWei.Data;

namespace WuWei.Inbox;

/// <summary>Every SQL statement on deliveries.</summary>
public static class DeliveryStore
{
    private const int RowsMax = 500;

    private const string Columns =
        "id, person_id, channel, topic, source, source_id, number, text, at, state, bulk, due_at, attempts, claimed_at, "
        + "fault";

    /// <summary>What is queued already for the same person, source and event stays as it is.</summary>
    public static void QueueDeliveries(this DbSession db, IEnumerable<Delivery> deliveries)
    {
        foreach (var some in deliveries.Chunk(RowsMax))
        {
            db.QueueEach(
                $"INSERT IGNORE INTO delivery ({Columns}) VALUES",
                "(@Id, @PersonId, @Channel, @Topic, @Source, @SourceId, @Number, @Text, @At, @State, @Bulk, @DueAt, "
                + "@Attempts, @ClaimedAt, @Fault)", some);
        }
    }

    /// <summary>Those of these sources that nobody has begun to send; locked.</summary>
    public static Task<List<Delivery>> ListWaitingAsync(this DbSession db, IReadOnlyList<object> sources) =>
        db.ListEachAsync<Delivery>(
            $"SELECT {Columns} FROM delivery WHERE state = 1 AND source_id IN (", "@Id", sources, ") FOR UPDATE");

    /// <summary>It tells of something newer, before it goes out.</summary>
    public static void QueueReworded(this DbSession db, Guid id, string text, DateTime at) => db.Queue(
        "UPDATE delivery SET text = @text, at = @at WHERE id = @id AND state = 1", new { id, text, at });

    /// <summary>What is due by now, first what is for one person.</summary>
    public static Task<List<Guid>> ListDueDeliveriesAsync(
        this DbSession db, MessageChannel channel, DateTime now, int countMax) => db.ListAsync<Guid>(
        """
        SELECT id FROM delivery WHERE state = 1 AND channel = @channel AND bulk IN (0, 1) AND due_at <= @now
        ORDER BY bulk, due_at LIMIT @countMax
        """, new { channel, now, countMax });

    /// <summary>From here on it is sent by whoever claimed it, or by nobody.</summary>
    /// <returns>False when it is not due any more, or somebody else's.</returns>
    public static async Task<bool> ClaimDeliveryAsync(this DbSession db, Guid id, DateTime now) => await db.ExecuteAsync(
        """
        UPDATE delivery SET state = 2, attempts = attempts + 1, claimed_at = @now
        WHERE id = @id AND state = 1 AND due_at <= @now
        """, new { id, now }) == 1;

    public static Task<Delivery?> FindDeliveryAsync(this DbSession db, Guid id) =>
        db.FindAsync<Delivery>($"SELECT {Columns} FROM delivery WHERE id = @id", new { id });

    /// <summary>Notes what came of an attempt, unless it was given up as lost meanwhile.</summary>
    public static Task<int> EndAttemptAsync(this DbSession db, Delivery after) => db.ExecuteAsync(
        """
        UPDATE delivery SET state = @State, due_at = @DueAt, fault = @Fault, attempts = @Attempts
        WHERE id = @Id AND state = 2 AND claimed_at = @ClaimedAt
        """, new { after.Id, after.State, after.DueAt, after.Fault, after.Attempts, after.ClaimedAt });

    /// <summary>Something of ours is in the way of it: counted as an attempt.</summary>
    public static Task<int> PutOffDeliveryAsync(this DbSession db, Guid id, DateTime dueAt) => db.ExecuteAsync(
        """
        UPDATE delivery
        SET state = IF(attempts + 1 >= @max, 5, 1), attempts = attempts + 1, due_at = @dueAt
        WHERE id = @id AND state = 1
        """, new { id, dueAt, max = Delivery.AttemptsMax });

    /// <summary>Claimed long ago by somebody who never said what came of it.</summary>
    public static Task<int> LoseDeliveriesAsync(this DbSession db, DateTime claimedBefore, int countMax) =>
        db.ExecuteAsync(
            "UPDATE delivery SET state = 6 WHERE state = 2 AND claimed_at < @claimedBefore LIMIT @countMax",
            new { claimedBefore, countMax });

    /// <summary>Those that an operator may look at: dead or lost, the newest first.</summary>
    public static Task<List<Delivery>> ListDeadAsync(this DbSession db, int countMax) => db.ListAsync<Delivery>(
        $"SELECT {Columns} FROM delivery WHERE state IN (5, 6) ORDER BY at DESC, id DESC LIMIT @countMax",
        new { countMax });

    /// <summary>
    /// A page of those that were not sent, in the order of their ids: to be sent once more, by an operator's word. What is
    /// stale is left out for good instead.
    /// </summary>
    /// <param name="only">Null: all of them.</param>
    /// <param name="lost">Also those that may have arrived.</param>
    /// <param name="after">The last id of the page before.</param>
    /// <returns>As they were.</returns>
    public static async Task<List<Delivery>> RetryDeliveriesAsync(
        this DbSession db, Guid? only, bool lost, Guid after, int countMax, DateTime now)
    {
        var page = await db.ListAsync<Delivery>(
            $"""
            SELECT {Columns} FROM delivery
            WHERE state IN (5{(lost ? ", 6" : "")}) AND id > @after AND (@only IS NULL OR id = @only)
            ORDER BY id LIMIT @countMax FOR UPDATE
            """, new { only, after, countMax });
        db.QueueEach("UPDATE delivery SET state = 4 WHERE id IN (", "@Id", Ids(stale: true), ")");
        db.QueueEach(
            "UPDATE delivery SET state = 1, attempts = 0, due_at = @now, claimed_at = NULL WHERE id IN (", "@Id",
            Ids(stale: false), ")", new { now });
        return page;

        List<object> Ids(bool stale) => [.. page.Where(d => d.IsStale(now) == stale).Select(d => new { d.Id })];
    }

    /// <summary>How many of one source are in each state.</summary>
    public static Task<List<DeliveryCount>> CountDeliveriesAsync(this DbSession db, Guid sourceId) =>
        db.ListAsync<DeliveryCount>(
            "SELECT state, COUNT(*) AS deliveries FROM delivery WHERE source_id = @sourceId GROUP BY state",
            new { sourceId });
}

public sealed record DeliveryCount
{
    public DeliveryState State { get; init; }
    public int Deliveries { get; init; }
}
