using MySqlConnector;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>Every SQL statement on organisations.</summary>
public static class OrganisationStore
{
    private const string Columns =
        """
        o.id, o.unit_id, o.kind, o.name, o.own_number, o.status, o.version, o.number, o.listed_until, o.reason,
          o.applied_at, m.kind AS my_kind, COALESCE(m.may_act, 0) AS may_act
        """;

    private const string MyMembership =
        """
        LEFT JOIN organisation_member m ON m.organisation_id = o.id AND m.person_id = @callerId AND m.live = 1
          AND m.starts_on <= @day AND (m.ends_on IS NULL OR m.ends_on >= @day)
        """;

    /// <summary>An organisation, and what the caller is to it.</summary>
    public static Task<Organisation?> FindOrganisationAsync(
        this DbSession db, Guid id, Guid callerId, DateTime now) => db.FindAsync<Organisation>(
        $"""
        SELECT {Columns}, o.contact,
          EXISTS (
            SELECT 1 FROM organisation_member e WHERE e.organisation_id = o.id AND e.person_id = @callerId) AS involved
        FROM organisation o {MyMembership}
        WHERE o.id = @id
        """, new { id, callerId, day = Clock.Day(now) });

    /// <summary>Those of a status that have a scope in a unit's subtree, the newest first.</summary>
    /// <param name="status">Null with <paramref name="scopeApplied"/>: whatever it is.</param>
    public static Task<List<Organisation>> ListOrganisationsAsync(
        this DbSession db, Unit unit, OrganisationStatus? status, bool scopeApplied, Guid callerId, DateTime now,
        PageToken after, int countMax) => db.ListAsync<Organisation>(
        $"""
        SELECT {Columns}
        FROM (
          SELECT DISTINCT s.organisation_id
          FROM unit_ancestor a JOIN organisation_scope s ON s.unit_id = a.unit_id
          WHERE a.ancestor_id = @unitId AND (@scopeApplied = 0 OR s.status = 1)
            AND (@inForce = 0 OR (s.status = 2 AND s.until >= @day))
        ) here
        JOIN organisation o ON o.id = here.organisation_id {MyMembership}
        WHERE (@stored IS NULL OR o.status = @stored) AND (@inForce = 0 OR o.listed_until >= @day)
          AND (@lapsed = 0 OR o.listed_until < @day)
          AND o.applied_at <= @at AND (o.applied_at < @at OR o.id < @id)
        ORDER BY o.applied_at DESC, o.id DESC LIMIT @countMax
        """,
        new
        {
            unitId = unit.Id,
            scopeApplied,
            inForce = status == OrganisationStatus.Listed,
            lapsed = status == OrganisationStatus.Lapsed,
            stored = status == OrganisationStatus.Lapsed ? OrganisationStatus.Listed : status,
            day = Clock.Day(now),
            callerId,
            at = after.At,
            id = after.Id,
            countMax,
        });

    /// <summary>Those in force that serve in a unit's subtree, each once, by kind.</summary>
    public static Task<List<KindRow>> CountOrganisationsAsync(this DbSession db, Guid unitId, DateTime now) =>
        db.ListAsync<KindRow>(
            """
            SELECT o.kind, COUNT(DISTINCT o.id) AS listed
            FROM unit_ancestor a
            JOIN organisation_scope s ON s.unit_id = a.unit_id AND s.status = 2 AND s.until >= @day
            JOIN organisation o ON o.id = s.organisation_id AND o.status = 2 AND o.listed_until >= @day
            WHERE a.ancestor_id = @unitId
            GROUP BY o.kind
            """, new { unitId, day = Clock.Day(now) });

    public static Task<int> AddOrganisationAsync(this DbSession db, Organisation applied) => db.ExecuteAsync(
        """
        INSERT INTO organisation
          (id, unit_id, kind, name, own_number, status, version, contact, members, acting, scopes, applied_at)
        VALUES (@Id, @UnitId, @Kind, @Name, @OwnNumber, @Status, 1, @Contact, 1, 1, 1, @AppliedAt)
        """,
        new
        {
            applied.Id,
            applied.UnitId,
            applied.Kind,
            applied.Name,
            applied.OwnNumber,
            applied.Status,
            applied.Contact,
            applied.AppliedAt,
        });

    /// <summary>Stores a move only if nobody moved it since it was read. Its own unit's scope goes with it.</summary>
    public static async Task MoveOrganisationAsync(this DbSession db, Organisation after)
    {
        try
        {
            if (await db.ExecuteAsync(
                """
                UPDATE organisation
                SET status = @Status, version = @Version, number = @Number, listed_until = @ListedUntil,
                  reason = @Reason
                WHERE id = @Id AND version = @Version - 1
                """,
                new { after.Id, after.Version, after.Status, after.Number, after.ListedUntil, after.Reason }) == 0)
            {
                throw new ConflictException();
            }
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("ORGANISATION_NUMBER_TAKEN", "这个登记编号已经给了别的组织。");
        }

        if (after.Status is OrganisationStatus.Listed or OrganisationStatus.Declined)
        {
            db.Queue(
                """
                UPDATE organisation_scope SET status = @status, until = @ListedUntil
                WHERE organisation_id = @Id AND unit_id = @UnitId
                """,
                new
                {
                    after.Id,
                    after.UnitId,
                    after.ListedUntil,
                    status = after.Status == OrganisationStatus.Listed ? ScopeStatus.Approved : ScopeStatus.Declined,
                });
        }
    }

    /// <summary>Null when there is no such organisation.</summary>
    public static async Task<string?> FindOrganisationNameAsync(this DbSession db, Guid id) =>
        (await db.FindAsync<NameRow>("SELECT name FROM organisation WHERE id = @id", new { id }))?.Name;

    private sealed record NameRow
    {
        public string Name { get; init; } = "";
    }
}

public sealed record KindRow
{
    public OrganisationKind Kind { get; init; }
    public long Listed { get; init; }
}
