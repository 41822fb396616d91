using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on categories.</summary>
public static class CategoryStore
{
    public const string Version = "categories";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task<CategoryBook> LoadCategoriesAsync(this DbSession db)
    {
        var rows = await db.ListAsync<Row>(
            """
            SELECT id, district_id, parent_id, code, name, position, active, rules, version FROM category
            ORDER BY district_id, position, id
            """);
        return new CategoryBook(rows.Select(r => new Category(
            r.Id, r.DistrictId, r.ParentId, r.Code, r.Name, r.Position, r.Active,
            r.Rules is null ? null : JsonSerializer.Deserialize<CategoryRules>(r.Rules, Json), r.Version)));
    }

    public static async Task<bool> HasCategoriesAsync(this DbSession db, Guid districtId) =>
        await db.FindAsync<int?>(
            "SELECT 1 FROM category WHERE district_id = @districtId LIMIT 1", new { districtId }) is not null;

    public static async Task AddCategoryAsync(this DbSession db, Category category)
    {
        try
        {
            await db.ExecuteAsync(
                """
                INSERT INTO category (id, district_id, parent_id, code, name, position, active, rules, version)
                VALUES (@Id, @DistrictId, @ParentId, @Code, @Name, @Position, @Active, @rules, @Version)
                """,
                new
                {
                    category.Id,
                    category.DistrictId,
                    category.ParentId,
                    category.Code,
                    category.Name,
                    category.Position,
                    category.Active,
                    rules = ToJson(category.Rules),
                    category.Version,
                });
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("CATEGORY_CODE_TAKEN", "这个类别代码已经有了。");
        }

        await db.SnapshotChangedAsync(Version);
    }

    public static async Task UpdateCategoryAsync(this DbSession db, Category category, int versionRead)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE category
            SET name = @Name, position = @Position, active = @Active, rules = @rules, version = version + 1
            WHERE id = @Id AND version = @versionRead
            """,
            new
            {
                category.Id,
                category.Name,
                category.Position,
                category.Active,
                rules = ToJson(category.Rules),
                versionRead,
            }) == 0)
        {
            throw Refuse.Stale("CATEGORY_CHANGED", "这个类别刚被别人改过，请重新打开。");
        }

        await db.SnapshotChangedAsync(Version);
    }

    private static string? ToJson(CategoryRules? rules) =>
        rules is null ? null : JsonSerializer.Serialize(rules, Json);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid DistrictId { get; init; }
        public Guid? ParentId { get; init; }
        public string Code { get; init; } = "";
        public string Name { get; init; } = "";
        public int Position { get; init; }
        public bool Active { get; init; }
        public string? Rules { get; init; }
        public int Version { get; init; }
    }
}

/// <summary>All categories of all districts, as one value.</summary>
public sealed class CategoryBook(IEnumerable<Category> categories)
{
    private readonly Dictionary<Guid, Category> _all = categories.ToDictionary(c => c.Id);

    public Category Get(Guid id) => _all.GetValueOrDefault(id) ?? throw Unknown();

    public static RefusedException Unknown() => Refuse.Missing("CATEGORY_UNKNOWN", "没有找到这个类别。");

    /// <summary>The rules of a wish's category: always of level 2.</summary>
    public CategoryRules RulesOf(Guid id) => Get(id).Rules
        ?? throw new InvalidOperationException("A wish belongs to a category of level 1.");

    public IEnumerable<Category> Of(Guid districtId) => _all.Values.Where(c => c.DistrictId == districtId);

    public Category? Find(Guid districtId, string code) => Of(districtId).FirstOrDefault(c => c.Code == code);
}

/// <summary>The categories, kept in memory and at most two seconds old.</summary>
public sealed class Categories(Database database) : IDisposable
{
    private readonly Snapshot<CategoryBook> _book = new(
        CategoryStore.Version, database, db => db.LoadCategoriesAsync());

    public ValueTask<CategoryBook> BookAsync(CancellationToken cancel) => _book.GetAsync(cancel);

    public void Forget() => _book.Forget();

    public void Dispose() => _book.Dispose();
}
