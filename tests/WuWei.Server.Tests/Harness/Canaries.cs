using System.Text;
using MySqlConnector;

namespace WuWei.Tests.Harness;

/// <summary>Looks for texts in everything the database holds.</summary>
public static class Canaries
{
    /// <returns>Where they are: table, column and text.</returns>
    public static async Task<List<string>> FindAsync(
        this TestDatabase database, IReadOnlyCollection<string> texts, params byte[][] bytes)
    {
        byte[][] needles = [.. texts.Select(Encoding.UTF8.GetBytes), .. bytes];
        var found = new List<string>();
        await using var connection = new MySqlConnection(database.Owner);
        await connection.OpenAsync();
        foreach (var table in await database.TablesAsync())
        {
            await using var command = new MySqlCommand($"SELECT * FROM `{table}`", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    var value = reader.GetValue(i) switch
                    {
                        byte[] raw => raw,
                        string text => Encoding.UTF8.GetBytes(text),
                        _ => [],
                    };
                    found.AddRange(needles.Where(n => value.AsSpan().IndexOf(n) >= 0)
                        .Select(n => $"{table}.{reader.GetName(i)}: {Encoding.UTF8.GetString(n)}"));
                }
            }
        }

        return found;
    }

    public static async Task<List<string>> TablesAsync(this TestDatabase database)
    {
        await using var connection = new MySqlConnection(database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name",
            connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }
}
