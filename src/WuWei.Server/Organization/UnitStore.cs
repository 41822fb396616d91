using WuWei.Data;
using WuWei.Time;

namespace WuWei.Organization;

/// <summary>Every SQL statement on units, their codes and their closure.</summary>
public static class UnitStore
{
    public const string Version = "units";

    public static async Task<UnitTree> LoadTreeAsync(this DbSession db)
    {
        var kinds = (await db.ListAsync<KindRow>(
                "SELECT code, name, `rank`, audience, categories, home FROM unit_kind ORDER BY `rank`"))
            .Select(k => new UnitKind(k.Code, k.Name, k.Rank, k.Audience, k.Categories, k.Home)).ToList();
        var rows = await db.ListAsync<UnitRow>(
            "SELECT id, parent_id, kind, name, closed_on IS NOT NULL AS closed FROM unit");
        var paths = (await db.ListAsync<AncestorRow>(
                "SELECT unit_id, ancestor_id, distance FROM unit_ancestor"))
            .ToLookup(a => a.UnitId);
        var codes = (await db.ListAsync<CodeRow>("SELECT unit_id, code_system AS `system`, code FROM unit_code"))
            .ToLookup(c => c.UnitId, c => new UnitCode(c.System, c.Code));
        var byCode = kinds.ToDictionary(k => k.Code);
        return new UnitTree(kinds, rows.Select(r => new Unit(
            r.Id, r.ParentId, byCode[r.Kind], r.Name, r.Closed,
            [.. paths[r.Id].OrderBy(a => a.Distance).Select(a => a.AncestorId)],
            [.. codes[r.Id]])));
    }

    public static async Task AddUnitAsync(
        this DbSession db, Guid id, Guid? parentId, string kind, string name, IEnumerable<UnitCode> codes, DateTime now)
    {
        await db.ExecuteAsync(
            """
            INSERT INTO unit (id, parent_id, kind, name, opened_on) VALUES (@id, @parentId, @kind, @name, @day)
            """, new { id, parentId, kind, name, day = Clock.Day(now) });
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
        public bool Closed { get; init; }
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
}
