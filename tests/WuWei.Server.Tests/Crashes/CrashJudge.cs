using MySqlConnector;
using WuWei.Tests.Harness;
using WuWei.Tests.Races;

namespace WuWei.Tests.Crashes;

/// <summary>
/// Compares what the clients wrote down with what the database holds: all that was acknowledged, once, and no more.
/// </summary>
public static class CrashJudge
{
    /// <returns>What was found, in a line.</returns>
    public static async Task<string> JudgeAsync(TestServer observer, IReadOnlyList<string> files)
    {
        var clients = files.Select(f => (Path: f, new ClientFile(f).Intents)).ToList();
        var done = clients.SelectMany(c => c.Intents).Where(i => i.Answer != CrashLoad.Lost).ToList();
        Assert.NotEmpty(done);
        Assert.DoesNotContain(done, i => i.Answer is null);
        var told = clients.SelectMany(c => c.Intents.GroupBy(i => i.Life).Select(life => Line(
            life.Single(i => i.Step == CrashLoad.FirstStep).Answer!, CrashLoad.Title(c.Path, life.Key),
            life.Where(i => i.Answer != CrashLoad.Lost).Select(i => (int)MoveOf(i.Step)))))
            .Order(StringComparer.Ordinal).ToList();

        await using var connection = new MySqlConnection(observer.Database.Owner);
        await connection.OpenAsync();
        // One row more, or one move more or less of any, and the lists differ.
        var held = await ListAsync(
            connection,
            """
            SELECT w.id, w.title, s.move FROM wish w JOIN wish_step s ON s.wish_id = w.id ORDER BY s.wish_id, s.number
            """,
            row => (Id: row.GetGuid(0), Title: row.GetString(1), Move: row.GetInt32(2)));
        Assert.Equal(
            told, held.GroupBy(h => (h.Id, h.Title)).Select(w => Line($"{w.Key.Id}", w.Key.Title, w.Select(h => h.Move)))
                .Order(StringComparer.Ordinal));

        var keys = (await ListAsync(
            connection, "SELECT request_key, made_at FROM request_key",
            row => (Key: row.GetString(0), MadeAt: row.GetDateTime(1)))).ToDictionary(k => k.Key, k => k.MadeAt);
        Assert.Equal(done.Select(i => i.Key).Order(StringComparer.Ordinal), keys.Keys.Order(StringComparer.Ordinal));

        await observer.AssertSoundAsync();
        await observer.AssertPointsAsync();
        await observer.Database.AssertJournalTellsTheStepsAsync();
        await Race.AssertOpenClaimsAsync(observer);
        var again = done.Where(i => i.Sent > 1).ToList();
        var replays = again.Count(i => keys[i.Key] < i.SentAt);
        return $"{told.Count} wishes, {done.Count} writes acknowledged, none lost, none done twice; {again.Count} "
            + $"sent again with their key, of which {replays} had been done the time before";
    }

    private static string Line(string id, string title, IEnumerable<int> moves) =>
        $"{id} {title} {string.Join(',', moves)}";

    private static Wire.WishMove MoveOf(string step) => step switch
    {
        CrashLoad.FirstStep => Wire.WishMove.Make,
        "approve" => Wire.WishMove.Approve,
        "release" => Wire.WishMove.Release,
        "deliver" => Wire.WishMove.Deliver,
        CrashLoad.LastStep => Wire.WishMove.Confirm,
        _ => Wire.WishMove.Claim,
    };

    private static async Task<List<T>> ListAsync<T>(
        MySqlConnection connection, string sql, Func<MySqlDataReader, T> read)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
