using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Operator;

/// <summary>
/// Adds the units of a file that are not there yet. It never renames, moves or closes: that is for staff, with a date.
/// </summary>
public sealed class UnitImport(Database database, Units units, TimeProvider clock)
{
    /// <summary>The statistics bureau's division codes.</summary>
    public const string System = "division";

    private const string CodeColumn = "code:";
    private const int NameLengthMax = 60;
    private const int CodeLengthMax = 32;
    private const int BatchSize = 200;

    public async Task<UnitReport> ImportAsync(
        FileInfo file, string? under, string system, Action<int, int> progress, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var kinds = tree.Kinds.ToDictionary(k => k.Code);
        var rows = Ordered(CsvRows.Read(file, "code", "name", "level", "parent_code"), under);
        var ids = new Dictionary<string, Guid>();
        // Ids of one millisecond come in no order, and lists show units by id, as the order they were made.
        var fresh = new Queue<Guid>(rows.Select(_ => clock.NewId()).Order());
        var differences = new List<string>();
        var missing = new List<(Guid UnitId, UnitCode Code)>();
        var added = new List<(CsvRow Row, Guid Id)>();
        foreach (var row in rows)
        {
            if (!kinds.ContainsKey(row["level"]) || row["name"].Length is 0 or > NameLengthMax
                || row["code"].Length is 0 or > CodeLengthMax)
            {
                throw new InvalidDataException(
                    $"{file.Name} line {row.Line}: unknown level, or a name or code that is empty or too long.");
            }

            if (tree.Find(new UnitCode(system, row["code"])) is { } there)
            {
                // What is new below a unit that has closed belongs below its successor.
                ids.Add(row["code"], tree.OpenOf(there).Id);
                differences.AddRange(Differences(row, there, tree, system));
                missing.AddRange(Codes(row).Except(there.Codes).Select(code => (there.Id, code)));
                continue;
            }

            ids.Add(row["code"], fresh.Dequeue());
            added.Add((row, ids[row["code"]]));
        }

        foreach (var batch in added.Chunk(BatchSize))
        {
            await database.WriteAsync(async db =>
            {
                // First, so that nobody moves a unit while another is put below it.
                await db.SnapshotChangedAsync(UnitStore.Version);
                foreach (var (row, id) in batch)
                {
                    await AddAsync(db, row, id, Parent(row, ids, tree, system), system);
                }

                return true;
            }, cancel);
            progress(added.IndexOf(batch[^1]) + 1, added.Count);
        }

        if (missing.Count > 0)
        {
            await AddCodesAsync(missing, cancel);
        }

        var categories = 0;
        foreach (var district in rows.Where(r => kinds[r["level"]].Categories).Select(r => ids[r["code"]]))
        {
            categories += await AddCategoriesAsync(district, cancel);
        }

        units.Forget();
        return new UnitReport(added.Count, rows.Count - added.Count, missing.Count, categories, differences);
    }

    /// <summary>A district without categories gets the default ones, and the default rules of points, also when an earlier import was
    /// cut off before.</summary>
    private async Task<int> AddCategoriesAsync(Guid district, CancellationToken cancel) =>
        await database.ReadAsync(db => db.HasCategoriesAsync(district), cancel)
            ? 0
            : await database.WriteAsync(async db =>
            {
                await db.AddDefaultRulesAsync(district, clock);
                return await db.AddDefaultsAsync(district, clock);
            }, cancel);

    private Task<bool> AddCodesAsync(List<(Guid UnitId, UnitCode Code)> codes, CancellationToken cancel) =>
        database.WriteAsync(async db =>
        {
            foreach (var (unitId, code) in codes)
            {
                await db.AddUnitCodeAsync(unitId, code);
                db.Record(JournalEntry.BySystem(clock.Now(), "operator", "UNIT_CODE_ADDED", "unit", unitId, unitId, code));
            }

            await db.SnapshotChangedAsync(UnitStore.Version);
            return true;
        }, cancel);

    private async Task AddAsync(DbSession db, CsvRow row, Guid id, Guid? parentId, string system)
    {
        var codes = Codes(row).Prepend(new UnitCode(system, row["code"]));
        await db.AddUnitAsync(id, parentId, row["level"], row["name"], codes, Clock.Day(clock.Now()));
        db.Record(JournalEntry.BySystem(clock.Now(), "operator", "UNIT_ADDED", "unit", id, parentId, new
        {
            kind = row["level"],
            code = row["code"],
        }));
    }

    /// <summary>What other systems call the unit.</summary>
    private static IEnumerable<UnitCode> Codes(CsvRow row) => row.Fields
        .Where(f => f.Key.StartsWith(CodeColumn, StringComparison.Ordinal) && f.Value.Length > 0)
        .Select(f => new UnitCode(f.Key[CodeColumn.Length..], f.Value));

    /// <summary>Only the subtree asked for, parents before children.</summary>
    private static List<CsvRow> Ordered(List<CsvRow> rows, string? under)
    {
        if (rows.GroupBy(r => r["code"]).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidDataException($"The code {twice.Key} is there twice, at line {twice.Last().Line}.");
        }

        var codes = rows.Select(r => r["code"]).ToHashSet();
        var children = rows.ToLookup(r => r["parent_code"]);
        var roots = under is null
            ? rows.Where(r => !codes.Contains(r["parent_code"])).ToList()
            : rows.Where(r => r["code"] == under).ToList();
        if (roots.Count == 0)
        {
            throw new InvalidDataException(under is null ? "The file has no root." : $"The file has no unit {under}.");
        }

        var ordered = new List<CsvRow>();
        for (var level = roots; level.Count > 0; level = [.. level.SelectMany(r => children[r["code"]])])
        {
            ordered.AddRange(level);
        }

        return ordered;
    }

    /// <summary>In the file or here already; a root has none, whatever the file says above it.</summary>
    private static Guid? Parent(CsvRow row, Dictionary<string, Guid> ids, UnitTree tree, string system) =>
        ids.TryGetValue(row["parent_code"], out var parent)
            ? parent
            : tree.Find(new UnitCode(system, row["parent_code"])) is { } there ? tree.OpenOf(there).Id : null;

    private static IEnumerable<string> Differences(CsvRow row, Unit there, UnitTree tree, string system)
    {
        if (there.Name != row["name"] || there.Kind.Code != row["level"])
        {
            yield return $"{row["code"]} is {there.Kind.Code} {there.Name} here, {row["level"]} {row["name"]} in the file";
        }

        var parent = there.ParentId is { } id
            ? tree.Get(id).Codes.FirstOrDefault(c => c.System == system)?.Code ?? "another unit"
            : "nothing";
        if (parent != (row["parent_code"] is { Length: > 0 } code ? code : "nothing")
            && (there.ParentId is not null || tree.Find(new UnitCode(system, row["parent_code"])) is not null))
        {
            yield return $"{row["code"]} is below {parent} here, {row["parent_code"]} in the file";
        }
    }
}

/// <param name="There">Units that were there already.</param>
/// <param name="Codes">Codes of other systems that those got.</param>
public sealed record UnitReport(int Added, int There, int Codes, int Categories, IReadOnlyList<string> Differences);
