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
