using MySqlConnector;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>The journal's story of each wish beside its own steps: one entry for one step, and none besides.</summary>
public static class JournalStory
{
    public static async Task AssertJournalTellsTheStepsAsync(this TestDatabase database)
    {
        await using var connection = new MySqlConnection(database.Owner);
        await connection.OpenAsync();
        var steps = await ReadAsync(
            connection,
            """
            SELECT wish_id, number, move, to_status, at, actor, actor_id FROM wish_step ORDER BY wish_id, number
            """,
            row => Line(
                row, WishEntry.Kind((WishMove)row.GetInt32(2)), ((WishStatus)row.GetInt32(3)).ToString(),
                WishEntry.Name((WishActor)row.GetInt32(5))));
        var entries = await ReadAsync(
            connection,
            """
            SELECT subject_id, CAST(JSON_EXTRACT(detail, '$.step') AS SIGNED) AS step, kind,
              JSON_UNQUOTE(JSON_EXTRACT(detail, '$.status')), at, actor_role, actor_id
            FROM journal_entry WHERE subject = 'wish' ORDER BY subject_id, step
            """,
            row => Line(row, row.GetString(2), row.GetString(3), row.GetString(5)));

        Assert.Equal(steps, entries);

        static string Line(MySqlDataReader row, string move, string status, string actor) =>
            $"{row.GetGuid(0)} {row.GetInt32(1)} {move} → {status} {row.GetDateTime(4):O} {actor} {row.GetValue(6)}";
    }

    private static async Task<List<string>> ReadAsync(
        MySqlConnection connection, string sql, Func<MySqlDataReader, string> line)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(line(reader));
        }

        return lines;
    }
}
