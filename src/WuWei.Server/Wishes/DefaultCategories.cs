using System.Text.Json;
using System.Text.Json.Serialization;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>The two levels of categories that a district starts with; its staff change them as they like.</summary>
public static class DefaultCategories
{
    /// <summary>What imported wishes belong to; takes no new ones.</summary>
    public const string Imported = "imported";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper) },
    };

    /// <summary>Adds them to a district, which must have none, in the caller's transaction.</summary>
    /// <returns>How many were added.</returns>
    public static async Task<int> AddDefaultsAsync(this DbSession db, Guid districtId, TimeProvider clock)
    {
        using var stream = typeof(DefaultCategories).Assembly.GetManifestResourceStream("default-categories.json")!;
        var parents = JsonSerializer.Deserialize<Parent[]>(stream, Json)!;
        var count = 0;
        foreach (var (position, parent) in parents.Index())
        {
            var level1 = new Category(
                clock.NewId(), districtId, null, parent.Code, parent.Name, position, Active: true, Rules: null, Version: 1);
            await AddAsync(level1);
            foreach (var (below, child) in parent.Children.Index())
            {
                await AddAsync(new Category(
                    clock.NewId(), districtId, level1.Id, child.Code, child.Name, below, Active: child.Code != Imported,
                    new CategoryRules(
                        child.NeedsReview, child.Sensitive, child.ReviewHours, child.EscalationHours, child.DeliveryDays,
                        child.Claimers, [.. child.Fields.Select(f => f with { Choices = f.Choices ?? [] })]),
                    Version: 1));
            }
        }

        return count;

        async Task AddAsync(Category category)
        {
            await db.AddCategoryAsync(category);
            db.Record(JournalEntry.BySystem(
                clock.Now(), "operator", "CATEGORY_ADDED", "category", category.Id, districtId, new { category.Code }));
            count++;
        }
    }

    private sealed record Parent(string Code, string Name, Child[] Children);

    private sealed record Child(
        string Code, string Name, bool NeedsReview, bool Sensitive, int ReviewHours, int[] EscalationHours,
        int DeliveryDays, ClaimerKind[] Claimers, CategoryField[] Fields);
}
