using WuWei.Data;

namespace WuWei.Organization;

/// <summary>Every SQL statement on units, their codes, their closure and their history.</summary>
public static class UnitStore
{
    public const string Version = "units";

    public static async Task<UnitTree> LoadTreeAsync(this DbSession db)
    {
        var kinds = (await db.ListAsync<KindRow>(
                "SELECT code, name, `rank`, audience, categories, home FROM unit_kind ORDER BY `rank`"))
            .Select(k => new UnitKind(k.Code, k.Name, k.Rank, k.Audience, k.Categories, k.Home)).ToList();
        var rows = await db.ListAsync<UnitRow>("SELECT id, parent_id, kind, name, opened_on, closed_on FROM unit");
        var paths = (await db.ListAsync<AncestorRow>(
                "SELECT unit_id, ancestor_id, distance FROM unit_ancestor"))
            .ToLookup(a => a.UnitId);
        var codes = (await db.ListAsync<CodeRow>("SELECT unit_id, code_system AS `system`, code FROM unit_code"))
            .ToLookup(c => c.UnitId, c => new UnitCode(c.System, c.Code));
        // Only of those: one that was added since the units were read comes with the next look.
        var known = rows.Select(r => r.Id).ToHashSet();
        var history = (await db.ListAsync<ThenRow>("SELECT unit_id, since, name, parent_id FROM unit_history"))
            .Where(h => known.Contains(h.UnitId))
            .Select(h => new UnitThen(h.UnitId, h.Since, h.Name, h.ParentId)).ToList();
        var byCode = kinds.ToDictionary(k => k.Code);
        return new UnitTree(kinds, rows.Select(r => new Unit(
            r.Id, r.ParentId, byCode[r.Kind], r.Name, r.OpenedOn, r.ClosedOn,
            [.. paths[r.Id].OrderBy(a => a.Distance).Select(a => a.AncestorId)],
            [.. codes[r.Id]])), new UnitHistory(history));
    }

    /// <summary>
    /// The tree for whoever changes it, to be called first in a transaction: until its end, nobody else changes the tree.
    /// </summary>
    public static async Task<UnitTree> LockTreeAsync(this DbSession db)
    {
        await db.SnapshotChangedAsync(Version);
        return await db.LoadTreeAsync();
    }

    public static async Task AddUnitAsync(
        this DbSession db, Guid id, Guid? parentId, string kind, string name, IEnumerable<UnitCode> codes, DateTime openedOn)
    {
        await db.ExecuteAsync(
            """
            INSERT INTO unit (id, parent_id, kind, name, opened_on) VALUES (@id, @parentId, @kind, @name, @openedOn)
            """, new { id, parentId, kind, name, openedOn });
        await db.ExecuteAsync(
            """
            INSERT INTO unit_history (unit_id, since, name, parent_id) VALUES (@id, @openedOn, @name, @parentId)
            """, new { id, parentId, name, openedOn });
        await db.ExecuteAsync(
            """
            INSERT INTO unit_ancestor (unit_id, ancestor_id, distance)
            SELECT @id, @id, 0
            UNION ALL
            SELECT @id, ancestor_id, distance + 1 FROM unit_ancestor WHERE unit_id = @parentId
            """, new { id, parentId });
        foreach (var code in codes)
        {
            await db.AddUnitCodeAsync(id, code);
        }
    }

    public static Task<int> AddUnitCodeAsync(this DbSession db, Guid id, UnitCode code) => db.ExecuteAsync(
        "INSERT INTO unit_code (code_system, code, unit_id) VALUES (@System, @Code, @id)",
        new { code.System, code.Code, id });

    public static async Task RenameUnitAsync(this DbSession db, Guid id, string name, DateTime day)
    {
        await db.ExecuteAsync("UPDATE unit SET name = @name WHERE id = @id", new { id, name });
        await db.BeginDayAsync(id, day);
        await db.ExecuteAsync(
            "UPDATE unit_history SET name = @name WHERE unit_id = @id AND since >= @day", new { id, name, day });
    }

    public static Task<int> CloseUnitAsync(this DbSession db, Guid id, DateTime day) => db.ExecuteAsync(
        "UPDATE unit SET closed_on = @day WHERE id = @id AND closed_on IS NULL", new { id, day });

    /// <summary>
    /// Puts a unit, with everything below it, under another parent. The lists of wishes follow later: see
    /// <see cref="NextMovedAsync"/>.
    /// </summary>
    public static async Task MoveUnitAsync(this DbSession db, Unit unit, Guid parentId, DateTime day, Guid changeId)
    {
        await db.ExecuteAsync("UPDATE unit SET parent_id = @parentId WHERE id = @Id", new { unit.Id, parentId });
        foreach (var ancestorId in unit.Above)
        {
            await db.ExecuteAsync(
                """
                DELETE a FROM unit_ancestor a JOIN unit_ancestor s ON s.unit_id = a.unit_id AND s.ancestor_id = @Id
                WHERE a.ancestor_id = @ancestorId
                """, new { unit.Id, ancestorId });
        }

        await db.ExecuteAsync(
            """
            INSERT INTO unit_ancestor (unit_id, ancestor_id, distance)
            SELECT s.unit_id, p.ancestor_id, s.distance + p.distance + 1
            FROM unit_ancestor s JOIN unit_ancestor p ON p.unit_id = @parentId
            WHERE s.ancestor_id = @Id
            """, new { unit.Id, parentId });
        await db.BeginDayAsync(unit.Id, day);
        await db.ExecuteAsync(
            "UPDATE unit_history SET parent_id = @parentId WHERE unit_id = @Id AND since >= @day",
            new { unit.Id, parentId, day });
        await db.ExecuteAsync(
            """
            INSERT INTO unit_moved (unit_id, change_id, done_to)
            SELECT unit_id, @changeId, @none FROM unit_ancestor WHERE ancestor_id = @Id
            ON DUPLICATE KEY UPDATE change_id = @changeId, done_to = @none
            """, new { unit.Id, changeId, none = Guid.Empty });
    }

    /// <summary>
    /// A unit whose ancestors changed and whose lists have not followed yet, locked so that copies take turns; null when
    /// there is none.
    /// </summary>
    public static Task<MovedUnit?> NextMovedAsync(this DbSession db) => db.FindAsync<MovedUnit>(
        "SELECT unit_id, change_id, done_to FROM unit_moved ORDER BY unit_id LIMIT 1 FOR UPDATE");

    /// <param name="doneTo">How far the lists have followed now; null when to the end.</param>
    /// <returns>False when the unit moved again meanwhile, or another copy got on with it.</returns>
    public static async Task<bool> NoteFollowedAsync(this DbSession db, MovedUnit moved, Guid? doneTo) =>
        await (doneTo is null
            ? db.ExecuteAsync(
                "DELETE FROM unit_moved WHERE unit_id = @UnitId AND change_id = @ChangeId AND done_to = @DoneTo", moved)
            : db.ExecuteAsync(
                """
                UPDATE unit_moved SET done_to = @doneTo
                WHERE unit_id = @UnitId AND change_id = @ChangeId AND done_to = @from
                """, new { moved.UnitId, moved.ChangeId, from = moved.DoneTo, doneTo })) == 1;

    /// <summary>
    /// A row of history that begins on this day. Rows after it are there when a change was late; they get what it
    /// changes, too.
    /// </summary>
    private static Task<int> BeginDayAsync(this DbSession db, Guid id, DateTime day) => db.ExecuteAsync(
        """
        INSERT IGNORE INTO unit_history (unit_id, since, name, parent_id)
        SELECT unit_id, @day, name, parent_id FROM unit_history
        WHERE unit_id = @id AND since <= @day ORDER BY since DESC LIMIT 1
        """, new { id, day });

    private sealed record KindRow
    {
        public string Code { get; init; } = "";
        public string Name { get; init; } = "";
        public int Rank { get; init; }
        public bool Audience { get; init; }
        public bool Categories { get; init; }
        public bool Home { get; init; }
    }

    private sealed record UnitRow
    {
        public Guid Id { get; init; }
        public Guid? ParentId { get; init; }
        public string Kind { get; init; } = "";
        public string Name { get; init; } = "";
        public DateTime OpenedOn { get; init; }
        public DateTime? ClosedOn { get; init; }
    }

    private sealed record AncestorRow
    {
        public Guid UnitId { get; init; }
        public Guid AncestorId { get; init; }
        public int Distance { get; init; }
    }

    private sealed record CodeRow
    {
        public Guid UnitId { get; init; }
        public string System { get; init; } = "";
        public string Code { get; init; } = "";
    }

    private sealed record ThenRow
    {
        public Guid UnitId { get; init; }
        public DateTime Since { get; init; }
        public string Name { get; init; } = "";
        public Guid? ParentId { get; init; }
    }
}

/// <summary>A unit whose ancestors changed. The lists have followed for its wishes up to an id.</summary>
public sealed record MovedUnit
{
    public Guid UnitId { get; init; }
    public Guid ChangeId { get; init; }
    public Guid DoneTo { get; init; }
}
