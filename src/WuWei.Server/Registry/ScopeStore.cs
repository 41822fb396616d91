using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>A unit in which an organisation serves, or asked to.</summary>
public sealed record OrganisationScope
{
    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public ScopeStatus Status { get; init; }
    public DateTime? Until { get; init; }
    public byte[]? Reason { get; init; }

    public bool IsInForce(DateTime day) => Status == ScopeStatus.Approved && Until >= day;
}

/// <summary>Every SQL statement on the scopes of organisations.</summary>
public static class ScopeStore
{
    public const int ScopesMax = 50;

    public static Task<List<OrganisationScope>> ListScopesAsync(this DbSession db, Guid organisationId) =>
        db.ListAsync<OrganisationScope>(
            """
            SELECT id, unit_id, status, until, reason FROM organisation_scope
            WHERE organisation_id = @organisationId ORDER BY applied_at, id LIMIT @countMax
            """, new { organisationId, countMax = ScopesMax });

    public static async Task<OrganisationScope> GetScopeAsync(this DbSession db, Guid organisationId, Guid unitId) =>
        await db.FindAsync<OrganisationScope>(
            """
            SELECT id, unit_id, status, until, reason FROM organisation_scope
            WHERE organisation_id = @organisationId AND unit_id = @unitId
            """, new { organisationId, unitId })
        ?? throw Refuse.Missing("SCOPE_UNKNOWN", "这个组织没有申请在这里服务。");

    public static void QueueScope(
        this DbSession db, Guid id, Guid organisationId, Guid unitId, DateTime now) => db.Queue(
        """
        INSERT INTO organisation_scope (id, organisation_id, unit_id, status, applied_at)
        VALUES (@id, @organisationId, @unitId, 1, @now)
        """, new { id, organisationId, unitId, now });

    /// <summary>Asks for a scope: for the first time, or again when it was declined or is over.</summary>
    public static async Task ApplyForScopeAsync(
        this DbSession db, Guid id, Guid organisationId, Guid unitId, DateTime now)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE organisation_scope SET status = 1, until = NULL, reason = NULL, applied_at = @now
            WHERE organisation_id = @organisationId AND unit_id = @unitId
              AND (status = 3 OR (status = 2 AND until < @day))
            """, new { organisationId, unitId, now, day = Clock.Day(now) }) == 1)
        {
            return;
        }

        if (await db.ExecuteAsync(
            "UPDATE organisation SET scopes = scopes + 1 WHERE id = @organisationId AND scopes < @scopesMax",
            new { organisationId, scopesMax = ScopesMax }) == 0)
        {
            throw TooMany();
        }

        if (await db.ExecuteAsync(
            """
            INSERT IGNORE INTO organisation_scope (id, organisation_id, unit_id, status, applied_at)
            VALUES (@id, @organisationId, @unitId, 1, @now)
            """, new { id, organisationId, unitId, now }) == 0)
        {
            throw Refuse.Taken("SCOPE_HELD", "已经申请过，或已经在这里服务。");
        }
    }

    /// <summary>Decides only if nobody did since it was read.</summary>
    public static async Task DecideScopeAsync(this DbSession db, OrganisationScope before, OrganisationScope after)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE organisation_scope SET status = @Status, until = @Until, reason = @Reason
            WHERE id = @Id AND status = @statusRead
            """, new { after.Id, after.Status, after.Until, after.Reason, statusRead = before.Status }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>Whether an organisation serves in a unit or below, or asked to.</summary>
    public static async Task<bool> HasScopesAsync(this DbSession db, Guid unitId) => await db.FindAsync<int?>(
        """
        SELECT 1 FROM unit_ancestor a JOIN organisation_scope s ON s.unit_id = a.unit_id
        WHERE a.ancestor_id = @unitId AND s.status IN (1, 2) LIMIT 1
        """, new { unitId }) is not null;

    public static RefusedException TooMany() => Refuse.Exhausted("SCOPES_TOO_MANY", "申请服务的地方太多了，请以后再来。");
}
