using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Screens;

/// <summary>Every SQL statement on screens.</summary>
public static class ScreenStore
{
    private const string Columns = "s.id, s.unit_id, s.name, s.added_at, s.ended_at";

    /// <summary>Adds one, unless the unit has as many as it may; counted under the unit's lock.</summary>
    public static async Task<bool> AddScreenAsync(this DbSession db, Screen screen, byte[] tokenHash)
    {
        await db.FindAsync<Guid?>("SELECT id FROM unit WHERE id = @UnitId FOR UPDATE", new { screen.UnitId });
        return await db.ExecuteAsync(
            """
            INSERT INTO screen (id, unit_id, name, token_hash, added_at)
            SELECT @Id, @UnitId, @Name, @tokenHash, @AddedAt FROM DUAL
            WHERE (SELECT COUNT(*) FROM screen s WHERE s.unit_id = @UnitId AND s.ended_at IS NULL) < @OfUnitMax
            """,
            new { screen.Id, screen.UnitId, screen.Name, tokenHash, screen.AddedAt, Screen.OfUnitMax }) == 1;
    }

    public static async Task<Screen> GetScreenAsync(this DbSession db, Guid id) => await db.FindAsync<Screen>(
        $"SELECT {Columns} FROM screen s WHERE s.id = @id", new { id }) ?? throw Screen.Unknown();

    /// <summary>The screen of a token, if it was not ended.</summary>
    public static Task<Screen?> FindScreenAsync(this DbSession db, byte[] tokenHash) => db.FindAsync<Screen>(
        $"SELECT {Columns} FROM screen s WHERE s.token_hash = @tokenHash AND s.ended_at IS NULL", new { tokenHash });

    public static async Task<bool> EndScreenAsync(this DbSession db, Guid id, DateTime now) => await db.ExecuteAsync(
        "UPDATE screen SET ended_at = @now WHERE id = @id AND ended_at IS NULL", new { id, now }) == 1;

    public static Task<List<Screen>> ListScreensAsync(this DbSession db, Guid unitId, PageToken after, int count) =>
        db.ListAsync<Screen>(
            $"""
            SELECT {Columns} FROM unit_ancestor a JOIN screen s ON s.unit_id = a.unit_id
            WHERE a.ancestor_id = @unitId AND s.added_at <= @At AND (s.added_at < @At OR s.id < @Id)
            ORDER BY s.added_at DESC, s.id DESC LIMIT @count
            """, new { unitId, after.At, after.Id, count });
}
