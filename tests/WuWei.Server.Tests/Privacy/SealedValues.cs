using MySqlConnector;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>Looks for sealed values in everything the database holds, whatever anybody lists.</summary>
internal static class SealedValues
{
    /// <summary>How many values each key sealed, by column.</summary>
    public static async Task<Dictionary<(string Column, byte Key), int>> CountSealedAsync(this TestDatabase database)
    {
        var found = new Dictionary<(string, byte), int>();
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
                    // Version, key, algorithm, nonce of 12, text, tag of 16. Hashes are 32 bytes, and random.
                    if (reader.GetValue(i) is byte[] { Length: >= 31 and not 32 } value && (value[0], value[2]) == (1, 1))
                    {
                        var key = ($"{table}.{reader.GetName(i)}", value[1]);
                        found[key] = found.GetValueOrDefault(key) + 1;
                    }
                }
            }
        }

        return found;
    }
}
