using System.Text.Encodings.Web;
using System.Text.Json;
using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.Organization;

/// <summary>Every SQL statement on changes of the tree. Their reasons are sealed.</summary>
public static class UnitChangeStore
{
    private const string ReasonColumn = "unit_change.reason";
    private const string DecidedReasonColumn = "unit_change.decided_reason";
    private const int Changed = 1;
    private const int Successor = 2;

    private const string Select =
        """
        SELECT c.id, c.kind, c.status, c.effective_on, c.plan, c.reason, c.made_at, c.made_by, m.shown_name AS made_by_name,
          c.decided_at, d.shown_name AS decided_by_name, c.decided_reason, c.done_at,
          (SELECT GROUP_CONCAT(i.part, HEX(i.unit_id) ORDER BY i.part, i.unit_id) FROM unit_in_change i
            WHERE i.change_id = c.id) AS units
        FROM unit_change c
        LEFT JOIN person m ON m.id = c.made_by
        LEFT JOIN person d ON d.id = c.decided_by
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task AddChangeAsync(
        this DbSession db, PersonalData data, UnitChange change, string reason, DateTime now)
    {
        await db.ExecuteAsync(
            """
            INSERT INTO unit_change (id, kind, status, effective_on, plan, reason, made_at, made_by)
            VALUES (@Id, @Kind, @Status, @EffectiveOn, @plan, @reason, @now, @MadeBy)
            """,
            new
            {
                change.Id,
                change.Kind,
                change.Status,
                change.EffectiveOn,
                plan = JsonSerializer.Serialize(change.Plan, Json),
                reason = data.Seal(ReasonColumn, change.Id, reason),
                now,
                change.MadeBy,
            });
        try
        {
            foreach (var unitId in change.Touched)
            {
                await db.AddUnitInChangeAsync(
                    change.Id, unitId, unitId == change.SuccessorId ? Successor : Changed, live: true);
            }
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("UNIT_CHANGE_PLANNED", "其中有单位已经安排了变更，请先办完或取消。");
        }
    }

    /// <summary>A unit that a split has made.</summary>
    public static Task AddSuccessorAsync(this DbSession db, Guid changeId, Guid unitId) =>
        db.AddUnitInChangeAsync(changeId, unitId, Successor, live: false);

    public static async Task<UnitChangeRow> GetChangeAsync(this DbSession db, Guid id) =>
        await db.FindAsync<UnitChangeRow>($"{Select} WHERE c.id = @id", new { id })
        ?? throw Refuse.Missing("UNIT_CHANGE_UNKNOWN", "没有找到这项变更。");

    /// <summary>Those of a unit's subtree, newest first.</summary>
    /// <param name="status">0 for all.</param>
    public static Task<List<UnitChangeRow>> ListChangesAsync(
        this DbSession db, Guid unitId, int status, Guid before, int countMax) => db.ListAsync<UnitChangeRow>(
        $"""
        {Select}
        WHERE c.id IN (
            SELECT i.change_id FROM unit_ancestor a JOIN unit_in_change i ON i.unit_id = a.unit_id
            WHERE a.ancestor_id = @unitId)
          AND (@status = 0 OR c.status = @status) AND c.id < @before
        ORDER BY c.id DESC LIMIT @countMax
        """, new { unitId, status, before, countMax });

    /// <summary>Approved ones whose day has come, in the order of their days.</summary>
    public static Task<List<Guid>> ListDueChangesAsync(this DbSession db, DateTime today, int countMax) =>
        db.ListAsync<Guid>(
            """
            SELECT id FROM unit_change WHERE status = 2 AND effective_on <= @today
            ORDER BY effective_on, id LIMIT @countMax
            """, new { today, countMax });

    /// <summary>
    /// The units that have what a closed one had, from the change that closed it; the units below them are not named.
    /// </summary>
    public static Task<List<Guid>> ListSuccessorsAsync(this DbSession db, Guid unitId) => db.ListAsync<Guid>(
        """
        SELECT s.unit_id FROM unit_in_change x
        JOIN unit_change c ON c.id = x.change_id AND c.status = 3
        JOIN unit_in_change s ON s.change_id = x.change_id AND s.part = 2
        WHERE x.unit_id = @unitId AND x.part = 1
        """, new { unitId });

    /// <summary>Stores a second person's decision, or that it is dropped, if nobody was faster.</summary>
    public static Task DecideChangeAsync(
        this DbSession db, PersonalData data, UnitChange before, UnitChange after, Guid by, string? reason, DateTime now) =>
        db.MoveAsync(
            before, after,
            """
            UPDATE unit_change
            SET status = @Status, decided_at = @now, decided_by = @by, decided_reason = @reason
            WHERE id = @Id AND status = @from
            """,
            new
            {
                after.Id,
                from = before.Status,
                after.Status,
                now,
                by,
                reason = reason is null ? null : data.Seal(DecidedReasonColumn, after.Id, reason),
            });

    public static Task EndChangeAsync(this DbSession db, UnitChange before, UnitChange done, DateTime now) =>
        db.MoveAsync(
            before, done, "UPDATE unit_change SET status = @Status, done_at = @now WHERE id = @Id AND status = @from",
            new { done.Id, from = before.Status, done.Status, now });

    public static UnitChange ToChange(this UnitChangeRow row)
    {
        var units = row.Units.Split(',').ToLookup(u => u[0] - '0', u => Guid.ParseExact(u[1..], "N"));
        return new UnitChange(
            row.Id, row.Kind, row.Status, row.EffectiveOn, [.. units[Changed]],
            row.Kind is UnitChangeKind.Close or UnitChangeKind.Merge ? units[Successor].Single() : null,
            JsonSerializer.Deserialize<UnitPlan>(row.Plan, Json)!, row.MadeBy);
    }

    public static string ReasonOf(this PersonalData data, UnitChangeRow row) =>
        data.Open(ReasonColumn, row.Id, row.Reason);

    public static string DecidedReasonOf(this PersonalData data, UnitChangeRow row) =>
        row.DecidedReason is { } reason ? data.Open(DecidedReasonColumn, row.Id, reason) : "";

    private static async Task MoveAsync(
        this DbSession db, UnitChange before, UnitChange after, string sql, object parameters)
    {
        if (await db.ExecuteAsync(sql, parameters) == 0)
        {
            throw new ConflictException();
        }

        if (after.IsOver && !before.IsOver)
        {
            await db.ExecuteAsync("UPDATE unit_in_change SET live = NULL WHERE change_id = @Id", new { after.Id });
        }
    }

    private static Task<int> AddUnitInChangeAsync(this DbSession db, Guid changeId, Guid unitId, int part, bool live) =>
        db.ExecuteAsync(
            "INSERT INTO unit_in_change (change_id, unit_id, part, live) VALUES (@changeId, @unitId, @part, @live)",
            new { changeId, unitId, part, live = live ? true : (bool?)null });
}

public sealed record UnitChangeRow
{
    public Guid Id { get; init; }
    public UnitChangeKind Kind { get; init; }
    public UnitChangeStatus Status { get; init; }
    public DateTime EffectiveOn { get; init; }
    public string Plan { get; init; } = "";
    public byte[] Reason { get; init; } = [];
    public DateTime MadeAt { get; init; }
    public Guid MadeBy { get; init; }
    public string? MadeByName { get; init; }
    public DateTime? DecidedAt { get; init; }
    public string? DecidedByName { get; init; }
    public byte[]? DecidedReason { get; init; }
    public DateTime? DoneAt { get; init; }

    /// <summary>Part and id of each unit, as they come out of one column.</summary>
    public string Units { get; init; } = "";
}
