using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Operator;

/// <summary>Adds the units of a file that are not there yet. It never renames, moves or closes: that is for staff, with a date.</summary>
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
        var differences = new List<string>();
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
                ids.Add(row["code"], there.Id);
                differences.AddRange(Differences(row, there, tree, system));
                continue;
            }

            ids.Add(row["code"], clock.NewId());
            added.Add((row, ids[row["code"]]));
        }

        var categories = 0;
        foreach (var batch in added.Chunk(BatchSize))
        {
            await database.WriteAsync(async db =>
            {
                foreach (var (row, id) in batch)
                {
                    await AddAsync(db, row, id, Parent(row, ids), system);
                }

                await db.SnapshotChangedAsync(UnitStore.Version);
                return true;
            }, cancel);
            foreach (var (_, id) in batch.Where(a => kinds[a.Row["level"]].Categories))
            {
                categories += await database.WriteAsync(db => db.AddDefaultsAsync(id, clock), cancel);
            }

            progress(added.IndexOf(batch[^1]) + 1, added.Count);
        }

        units.Forget();
        return new UnitReport(added.Count, rows.Count - added.Count, categories, differences);
    }

    private async Task AddAsync(DbSession db, CsvRow row, Guid id, Guid? parentId, string system)
    {
        var codes = row.Fields
            .Where(f => f.Key.StartsWith(CodeColumn, StringComparison.Ordinal) && f.Value.Length > 0)
            .Select(f => new UnitCode(f.Key[CodeColumn.Length..], f.Value))
            .Prepend(new UnitCode(system, row["code"]));
        await db.AddUnitAsync(id, parentId, row["level"], row["name"], codes, clock.Now());
        db.Record(JournalEntry.BySystem(clock.Now(), "operator", "UNIT_ADDED", "unit", id, parentId, new
        {
            kind = row["level"],
            code = row["code"],
        }));
    }

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

    /// <summary>A root of what is loaded has no parent, whatever the file says above it.</summary>
    private static Guid? Parent(CsvRow row, Dictionary<string, Guid> ids) =>
        ids.TryGetValue(row["parent_code"], out var parent) ? parent : null;

    private static IEnumerable<string> Differences(CsvRow row, Unit there, UnitTree tree, string system)
    {
        if (there.Name != row["name"] || there.Kind.Code != row["level"])
        {
            yield return $"{row["code"]} is {there.Kind.Code} {there.Name} here, {row["level"]} {row["name"]} in the file";
        }

        var parent = there.ParentId is { } id ? tree.Get(id).Codes.FirstOrDefault(c => c.System == system)?.Code : null;
        if (parent is not null && parent != row["parent_code"])
        {
            yield return $"{row["code"]} is below {parent} here, {row["parent_code"]} in the file";
        }
    }
}

public sealed record UnitReport(int Added, int There, int Categories, IReadOnlyList<string> Differences);
