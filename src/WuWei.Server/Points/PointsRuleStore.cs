using System.Text.Json;
using System.Text.Json.Serialization;
using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Points;

/// <summary>Every SQL statement on the rules of points.</summary>
public static class PointsRuleStore
{
    public const string Version = "points-rules";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    private const string Columns =
        "id, district_id, version, body, active_from, proposed_by, proposed_at, approved_by, approved_at";

    public static async Task<PointsRuleBook> LoadRulesAsync(this DbSession db) => new(
        (await db.ListAsync<Row>($"SELECT {Columns} FROM points_rules WHERE approved_at IS NOT NULL")).Select(ToRules));

    /// <summary>A district's versions, the newest first.</summary>
    public static async Task<List<PointsRules>> ListRulesAsync(
        this DbSession db, Guid districtId, int before, int countMax) =>
        [.. (await db.ListAsync<Row>(
            $"""
            SELECT {Columns} FROM points_rules WHERE district_id = @districtId AND version < @before
            ORDER BY version DESC LIMIT @countMax
            """, new { districtId, before, countMax })).Select(ToRules)];

    public static async Task<PointsRules> GetRulesAsync(this DbSession db, Guid id) =>
        await db.FindAsync<Row>($"SELECT {Columns} FROM points_rules WHERE id = @id", new { id }) is { } row
            ? ToRules(row)
            : throw Refuse.Missing("POINTS_RULES_UNKNOWN", "没有找到这一版积分规则。");

    public static async Task AddRulesAsync(this DbSession db, PointsRules rules)
    {
        try
        {
            await db.ExecuteAsync(
                """
                INSERT INTO points_rules
                  (id, district_id, version, body, active_from, proposed_by, proposed_at, approved_by, approved_at)
                VALUES
                  (@Id, @DistrictId, @Version, @body, @ActiveFrom, @ProposedBy, @ProposedAt, @ApprovedBy, @ApprovedAt)
                """,
                new
                {
                    rules.Id,
                    rules.DistrictId,
                    rules.Version,
                    body = ToJson(rules.Body),
                    rules.ActiveFrom,
                    rules.ProposedBy,
                    rules.ProposedAt,
                    rules.ApprovedBy,
                    rules.ApprovedAt,
                });
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            // Another proposal got this number.
            throw new ConflictException();
        }
    }

    /// <returns>False when somebody approved them before.</returns>
    public static async Task<bool> ApproveRulesAsync(
        this DbSession db, Guid id, Guid approvedBy, DateTime activeFrom, DateTime now)
    {
        var approved = await db.ExecuteAsync(
            """
            UPDATE points_rules SET approved_by = @approvedBy, approved_at = @now, active_from = @activeFrom
            WHERE id = @id AND approved_at IS NULL
            """, new { id, approvedBy, activeFrom, now }) == 1;
        await db.SnapshotChangedAsync(Version);
        return approved;
    }

    public static string ToJson(PointsRulesBody body) => JsonSerializer.Serialize(body, Json);

    /// <summary>What a version from before a number existed leaves out is that number's default.</summary>
    public static PointsRulesBody FromJson(string json) => JsonSerializer.Deserialize<PointsRulesBody>(json, Json)!;

    private static PointsRules ToRules(Row row) => new(
        row.Id, row.DistrictId, row.Version, row.ActiveFrom, row.ProposedBy, row.ProposedAt, row.ApprovedBy, row.ApprovedAt,
        FromJson(row.Body));

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid DistrictId { get; init; }
        public int Version { get; init; }
        public string Body { get; init; } = "";
        public DateTime ActiveFrom { get; init; }
        public Guid? ProposedBy { get; init; }
        public DateTime ProposedAt { get; init; }
        public Guid? ApprovedBy { get; init; }
        public DateTime? ApprovedAt { get; init; }
    }
}

/// <summary>The approved rules, kept in memory and at most two seconds old.</summary>
public sealed class PointsRuleBooks(Database database) : IDisposable
{
    private readonly Snapshot<PointsRuleBook> _book = new(PointsRuleStore.Version, database, db => db.LoadRulesAsync());

    public ValueTask<PointsRuleBook> BookAsync(CancellationToken cancel) => _book.GetAsync(cancel);

    public void Forget() => _book.Forget();

    public void Dispose() => _book.Dispose();
}
