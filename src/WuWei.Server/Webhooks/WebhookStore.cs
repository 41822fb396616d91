using WuWei.Data;

namespace WuWei.Webhooks;

/// <summary>Every SQL statement on webhooks.</summary>
public static class WebhookStore
{
    private const string Columns =
        """
        id, partner_id, url, topics, secret, old_secret, old_until, state, added_at, seen_until, batch_until, taken_at,
        failures, failing_since, fault, status, next_at
        """;

    /// <summary>Adds one, unless there are as many as there may be.</summary>
    public static async Task<bool> AddWebhookAsync(this DbSession db, Webhook webhook) => await db.ExecuteAsync(
        """
        INSERT INTO webhook
          (id, partner_id, url, topics, secret, state, added_at, seen_until, failures, fault, next_at)
        SELECT @Id, @PartnerId, @Url, @Topics, @Secret, @State, @AddedAt, @SeenUntil, 0, 0, @NextAt FROM DUAL
        WHERE (SELECT COUNT(*) FROM webhook o WHERE o.state <> 3) < @OfAllMax
          AND (SELECT COUNT(*) FROM webhook p WHERE p.state <> 3 AND p.partner_id = @PartnerId) < @OfPartnerMax
        """,
        new
        {
            webhook.Id,
            webhook.PartnerId,
            webhook.Url,
            webhook.Topics,
            webhook.Secret,
            webhook.State,
            webhook.AddedAt,
            webhook.SeenUntil,
            webhook.NextAt,
            Webhook.OfAllMax,
            Webhook.OfPartnerMax,
        }) == 1;

    public static Task<Webhook?> FindWebhookAsync(this DbSession db, Guid id) => db.FindAsync<Webhook>(
        $"SELECT {Columns} FROM webhook WHERE id = @id", new { id });

    /// <summary>All that were not removed.</summary>
    public static Task<List<Webhook>> ListWebhooksAsync(this DbSession db) => db.ListAsync<Webhook>(
        $"SELECT {Columns} FROM webhook WHERE state <> 3 ORDER BY partner_id, added_at LIMIT @OfAllMax",
        new { Webhook.OfAllMax });

    /// <summary>
    /// Those for which something may have come, and that nobody else delivers to now. What another copy began to deliver
    /// waits until this one knows the journal as far: it would send a part of it.
    /// </summary>
    public static Task<List<Webhook>> ListDueWebhooksAsync(this DbSession db, long head, Guid self, DateTime now) =>
        db.ListAsync<Webhook>(
            $"""
            SELECT {Columns} FROM webhook
            WHERE state = 1 AND next_at <= @now AND seen_until < @head AND (batch_until IS NULL OR batch_until <= @head)
              AND (lease_holder IS NULL OR lease_holder = @self OR lease_ends_at <= @now)
            ORDER BY next_at LIMIT @OfAllMax
            """, new { head, self, now, Webhook.OfAllMax });

    /// <summary>Takes the endpoint for a delivery, which from now on reaches up to one number until it is taken.</summary>
    public static async Task<bool> BeginDeliveryAsync(
        this DbSession db, Webhook webhook, long to, Guid self, DateTime now, DateTime leaseEndsAt) =>
        await db.ExecuteAsync(
            """
            UPDATE webhook SET batch_until = @to, lease_holder = @self, lease_ends_at = @leaseEndsAt
            WHERE id = @Id AND state = 1 AND seen_until = @SeenUntil AND batch_until <=> @BatchUntil
              AND (lease_holder IS NULL OR lease_holder = @self OR lease_ends_at <= @now)
            """,
            new
            {
                webhook.Id,
                webhook.SeenUntil,
                webhook.BatchUntil,
                to,
                self,
                now,
                leaseEndsAt,
            }) == 1;

    /// <summary>The delivery was taken: the endpoint has come so far.</summary>
    public static async Task<bool> EndDeliveryAsync(
        this DbSession db, Webhook webhook, long to, Guid self, DateTime now) => await db.ExecuteAsync(
        """
        UPDATE webhook SET seen_until = @to, batch_until = NULL, taken_at = @now, failures = 0,
          failing_since = NULL, fault = 0, status = NULL, next_at = @now
        WHERE id = @Id AND seen_until = @SeenUntil AND batch_until = @to AND lease_holder = @self
        """, new { webhook.Id, webhook.SeenUntil, to, self, now }) == 1;

    /// <summary>Nothing up to a number was for it.</summary>
    public static async Task<bool> SkipAsync(this DbSession db, Webhook webhook, long to) => await db.ExecuteAsync(
        """
        UPDATE webhook SET seen_until = @to, batch_until = NULL
        WHERE id = @Id AND seen_until = @SeenUntil AND batch_until <=> @BatchUntil
        """, new { webhook.Id, webhook.SeenUntil, webhook.BatchUntil, to }) == 1;

    /// <summary>The delivery was not taken; nobody holds the endpoint any more.</summary>
    public static async Task<bool> FailDeliveryAsync(
        this DbSession db, Webhook before, Webhook after, Guid self) => await db.ExecuteAsync(
        """
        UPDATE webhook SET state = @State, failures = @Failures, failing_since = @FailingSince, fault = @Fault,
          status = @Status, next_at = @NextAt, lease_holder = NULL, lease_ends_at = NULL
        WHERE id = @Id AND state = 1 AND seen_until = @SeenUntil AND failures = @failedBefore AND lease_holder = @self
        """,
        new
        {
            before.Id,
            before.SeenUntil,
            failedBefore = before.Failures,
            after.State,
            after.Failures,
            after.FailingSince,
            after.Fault,
            after.Status,
            after.NextAt,
            self,
        }) == 1;

    public static Task<int> LeaveWebhookAsync(this DbSession db, Guid id, Guid self) => db.ExecuteAsync(
        "UPDATE webhook SET lease_holder = NULL, lease_ends_at = NULL WHERE id = @id AND lease_holder = @self",
        new { id, self });

    /// <summary>
    /// An operator's act: stopped, resumed at a number, or removed; no failure is left. A delivery that was tried and may
    /// have arrived stays what it was.
    /// </summary>
    public static async Task<bool> ChangeWebhookAsync(this DbSession db, Webhook before, Webhook after) =>
        await db.ExecuteAsync(
            """
            UPDATE webhook SET state = @to, seen_until = @goOnAfter, batch_until = @BatchUntil, failures = 0,
              failing_since = NULL, fault = 0, status = NULL, next_at = @NextAt, lease_holder = NULL, lease_ends_at = NULL
            WHERE id = @Id AND state = @from AND seen_until = @SeenBefore AND batch_until <=> @batchBefore
            """,
            new
            {
                before.Id,
                from = before.State,
                SeenBefore = before.SeenUntil,
                batchBefore = before.BatchUntil,
                to = after.State,
                goOnAfter = after.SeenUntil,
                after.BatchUntil,
                after.NextAt,
            }) == 1;

    public static async Task<bool> RotateWebhookAsync(this DbSession db, Webhook before, Webhook after) =>
        await db.ExecuteAsync(
            """
            UPDATE webhook SET secret = @Secret, old_secret = @OldSecret, old_until = @OldUntil
            WHERE id = @Id AND state <> 3 AND secret = @before
            """, new { before.Id, before = before.Secret, after.Secret, after.OldSecret, after.OldUntil }) == 1;
}
