using MySqlConnector;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Access;

/// <summary>Every SQL statement on granted roles.</summary>
public static class RoleStore
{
    public static async Task AddRoleAsync(
        this DbSession db, Guid personId, HeldRole role, Guid? grantedBy)
    {
        try
        {
            await db.ExecuteAsync(
                """
                INSERT INTO role_grant (id, person_id, role, unit_id, starts_at, ends_at, granted_by, live)
                VALUES (@Id, @personId, @Role, @UnitId, @StartsAt, @EndsAt, @grantedBy, 1)
                """,
                new { role.Id, personId, role.Role, role.UnitId, role.StartsAt, role.EndsAt, grantedBy });
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("ROLE_HELD", "这个人在这里已经有这个身份。");
        }
    }

    /// <summary>A person by their id, with the roles of staff (6) and grid workers (5) that are not over yet; null if they have none.</summary>
    public static async Task<Caller?> FindServingAsync(this DbSession db, Guid personId, DateTime now)
    {
        var rows = await db.ListAsync<ServingRow>(
            """
            SELECT p.home_unit_id, p.phone_index, p.shown_name, g.id, g.role, g.unit_id, g.starts_at, g.ends_at
            FROM person p
            JOIN role_grant g ON g.person_id = p.id AND g.live = 1 AND (g.ends_at IS NULL OR g.ends_at > @now)
              AND g.role IN (5, 6)
            WHERE p.id = @personId
            """, new { personId, now });
        return rows.Count == 0 ? null : new Caller(
            personId, rows[0].HomeUnitId, rows[0].PhoneIndex, rows[0].ShownName, ShowPartyBadge: false, DateTime.MaxValue,
            [.. rows.Select(r => new HeldRole(r.Id, (Role)r.Role, r.UnitId, r.StartsAt, r.EndsAt))]);
    }

    public static async Task<RoleHolder> GetRoleAsync(this DbSession db, Guid id) =>
        await db.FindAsync<RoleHolder>(
            """
            SELECT g.id, g.person_id, p.shown_name, g.role, g.unit_id, g.starts_at, g.ends_at, g.live IS NOT NULL AS live
            FROM role_grant g JOIN person p ON p.id = g.person_id
            WHERE g.id = @id
            """, new { id })
        ?? throw Refuse.Missing("ROLE_UNKNOWN", "没有找到这个身份。");

    public static async Task EndRoleAsync(this DbSession db, Guid id, DateTime now)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE role_grant SET live = NULL, ends_at = CASE WHEN ends_at < @now THEN ends_at ELSE @now END
            WHERE id = @id AND live = 1
            """, new { id, now }) == 0)
        {
            throw Refuse.Premature("ROLE_ENDED", "这个身份已经结束。");
        }
    }

    /// <summary>A role whose term ran out makes room for a new grant of the same.</summary>
    public static Task<int> EndOverRolesAsync(
        this DbSession db, Guid personId, Role role, Guid unitId, DateTime now) => db.ExecuteAsync(
        """
        UPDATE role_grant SET live = NULL
        WHERE person_id = @personId AND role = @role AND unit_id = @unitId AND live = 1 AND ends_at <= @now
        """, new { personId, role, unitId, now });

    /// <param name="role">0 for all.</param>
    public static Task<List<RoleHolder>> ListRolesAsync(
        this DbSession db, Guid unitId, int role, Guid before, DateTime now, int countMax) => db.ListAsync<RoleHolder>(
        """
        SELECT g.id, g.person_id, p.shown_name, g.role, g.unit_id, g.starts_at, g.ends_at, TRUE AS live
        FROM unit_ancestor a
        JOIN role_grant g ON g.unit_id = a.unit_id
        JOIN person p ON p.id = g.person_id
        WHERE a.ancestor_id = @unitId AND g.live = 1 AND g.starts_at <= @now AND (g.ends_at IS NULL OR g.ends_at > @now)
          AND (@role = 0 OR g.role = @role) AND g.id < @before
        ORDER BY g.id DESC LIMIT @countMax
        """, new { unitId, role, before, now, countMax });
}

/// <summary>One role of a person, and the person.</summary>
public sealed record ServingRow
{
    public Guid? HomeUnitId { get; init; }
    public byte[]? PhoneIndex { get; init; }
    public string ShownName { get; init; } = "";
    public Guid Id { get; init; }
    public int Role { get; init; }
    public Guid UnitId { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime? EndsAt { get; init; }
}

public sealed record RoleHolder
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public string ShownName { get; init; } = "";
    public Role Role { get; init; }
    public Guid UnitId { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime? EndsAt { get; init; }
    public bool Live { get; init; }
}
