using WuWei.Data;

namespace WuWei.Inbox;

/// <summary>Every SQL statement on preferences and on what people allow WeChat to bring them.</summary>
public static class PreferenceStore
{
    private const int RowsMax = 500;

    /// <summary>Those of these people that there are, and how they may be told of something.</summary>
    public static async Task<Dictionary<Guid, Reach>> ListReachAsync(this DbSession db, IEnumerable<Guid> people)
    {
        var found = new Dictionary<Guid, Reach>();
        foreach (var some in people.Distinct().Chunk(RowsMax))
        {
            object[] ids = [.. some.Select(id => new { Id = id })];
            var reach = await db.ListEachAsync<Reach>(
                """
                SELECT p.id AS person_id, COALESCE(q.wechat_off, 0) AS wechat_off, COALESCE(q.sms_off, 0) AS sms_off,
                  COALESCE(q.digest, 0) = 1 AS digest, p.phone IS NOT NULL AS has_phone
                FROM person p LEFT JOIN inbox_preference q ON q.person_id = p.id WHERE p.id IN (
                """, "@Id", ids, ")");
            var allowed = (await db.ListEachAsync<Allowance>(
                """
                SELECT person_id, app_id, template_id, remaining FROM message_allowance
                WHERE remaining > 0 AND person_id IN (
                """, "@Id", ids, ")")).ToLookup(a => a.PersonId);
            var apps = (await db.ListEachAsync<BoundApp>(
                "SELECT person_id, app_id FROM wechat_binding WHERE person_id IN (", "@Id", ids, ")"))
                .ToLookup(b => b.PersonId, b => b.AppId);
            foreach (var person in reach)
            {
                found[person.PersonId] = person with
                {
                    Apps = [.. apps[person.PersonId]],
                    Allowed = [.. allowed[person.PersonId]],
                };
            }
        }

        return found;
    }

    public static async Task<Reach> GetReachAsync(this DbSession db, Guid personId) =>
        (await db.ListReachAsync([personId])).GetValueOrDefault(personId) ?? new Reach { PersonId = personId };

    public static void QueuePreference(this DbSession db, Guid personId, int weChatOff, int smsOff, bool digest) => db.Queue(
        """
        INSERT INTO inbox_preference (person_id, wechat_off, sms_off, digest)
        VALUES (@personId, @weChatOff, @smsOff, @digest)
        ON DUPLICATE KEY UPDATE wechat_off = @weChatOff, sms_off = @smsOff, digest = @digest
        """, new { personId, weChatOff, smsOff, digest });

    /// <summary>One more message, up to a limit.</summary>
    public static void QueueAllowed(
        this DbSession db, Guid personId, string appId, string templateId, DateTime now) => db.Queue(
        """
        INSERT INTO message_allowance (person_id, app_id, template_id, remaining, changed_at)
        VALUES (@personId, @appId, @templateId, 1, @now)
        ON DUPLICATE KEY UPDATE remaining = LEAST(remaining + 1, @max), changed_at = @now
        """, new { personId, appId, templateId, now, max = Allowance.RemainingMax });

    /// <returns>False when they allow none any more.</returns>
    public static async Task<bool> TakeAllowanceAsync(this DbSession db, Allowance allowance, DateTime now) =>
        await db.ExecuteAsync(
            """
            UPDATE message_allowance SET remaining = remaining - 1, changed_at = @now
            WHERE person_id = @PersonId AND app_id = @AppId AND template_id = @TemplateId AND remaining > 0
            """, new { allowance.PersonId, allowance.AppId, allowance.TemplateId, now }) == 1;

    /// <summary>It was not used after all.</summary>
    public static Task<int> GiveAllowanceBackAsync(this DbSession db, Allowance allowance, DateTime now) =>
        db.ExecuteAsync(
            """
            UPDATE message_allowance SET remaining = LEAST(remaining + 1, @max), changed_at = @now
            WHERE person_id = @PersonId AND app_id = @AppId AND template_id = @TemplateId
            """,
            new { allowance.PersonId, allowance.AppId, allowance.TemplateId, now, max = Allowance.RemainingMax });

    /// <summary>WeChat says that they allow none.</summary>
    public static Task<int> DropAllowanceAsync(this DbSession db, Allowance allowance, DateTime now) => db.ExecuteAsync(
        """
        UPDATE message_allowance SET remaining = 0, changed_at = @now
        WHERE person_id = @PersonId AND app_id = @AppId AND template_id = @TemplateId
        """, new { allowance.PersonId, allowance.AppId, allowance.TemplateId, now });

    /// <summary>Who wants a digest and has had none on this day.</summary>
    public static Task<List<Guid>> ListDigestsDueAsync(this DbSession db, DateTime day, int countMax) => db.ListAsync<Guid>(
        """
        SELECT person_id FROM inbox_preference
        WHERE digest = 1 AND (digest_on IS NULL OR digest_on < @day) LIMIT @countMax
        """, new { day, countMax });

    /// <returns>False when another copy did it.</returns>
    public static async Task<bool> TakeDigestAsync(this DbSession db, Guid personId, DateTime day) =>
        await db.ExecuteAsync(
            """
            UPDATE inbox_preference SET digest_on = @day
            WHERE person_id = @personId AND digest = 1 AND (digest_on IS NULL OR digest_on < @day)
            """, new { personId, day }) == 1;

    private sealed record BoundApp
    {
        public Guid PersonId { get; init; }
        public string AppId { get; init; } = "";
    }
}
