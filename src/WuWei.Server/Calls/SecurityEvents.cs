using WuWei.Data;

namespace WuWei.Calls;

/// <summary>Refusals worth an operator's eye: refused sign-ins, denied calls, harvesting. Not part of the journal.</summary>
public sealed class SecurityEvents(Database database, TimeProvider clock)
{
    public const string SignInRefused = "SIGN_IN_REFUSED";
    public const string TokenReused = "TOKEN_REUSED";
    public const string CallDenied = "CALL_DENIED";
    public const string RevealQuotaSpent = "REVEAL_QUOTA_SPENT";
    public const string ContactHarvesting = "CONTACT_HARVESTING";
    public const string PushForged = "PUSH_FORGED";
    public const string ThreadQuotaSpent = "THREAD_QUOTA_SPENT";

    /// <summary>Adds one, in a short transaction of its own.</summary>
    public Task NoteAsync(string kind, string source, Guid? personId, string rpc)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var minute = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        return database.HousekeepAsync(db => db.ExecuteAsync(
            """
            INSERT INTO security_event (minute, kind, source, person_id, rpc, times)
            VALUES (@minute, @kind, @source, @personId, @rpc, 1)
            ON DUPLICATE KEY UPDATE times = times + 1
            """, new { minute, kind, source, personId = personId ?? Guid.Empty, rpc }), CancellationToken.None);
    }
}

/// <summary>The same refusal of the same caller in some hours.</summary>
/// <param name="PersonId">The person or partner; no id at all when nobody knows who it was.</param>
/// <param name="LastAt">The minute of the last one.</param>
public sealed record SecurityEvent(string Kind, string Source, Guid PersonId, string Rpc, long Times, DateTime LastAt);

public static class SecurityEventStore
{
    /// <summary>What was refused since then, added up, the last first.</summary>
    public static Task<List<SecurityEvent>> ListSecurityEventsAsync(
        this DbSession db, DateTime since, int countMax) => db.ListAsync<SecurityEvent>(
        """
        SELECT kind, source, person_id, rpc, CAST(SUM(times) AS SIGNED) AS times, MAX(minute) AS last_at
        FROM security_event WHERE minute >= @since
        GROUP BY kind, source, person_id, rpc
        ORDER BY last_at DESC, times DESC, kind, source, person_id, rpc LIMIT @countMax
        """, new { since, countMax });
}
