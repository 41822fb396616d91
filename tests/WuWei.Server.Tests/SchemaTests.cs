using System.Text;
using System.Text.RegularExpressions;
using MySqlConnector;
using WuWei.Tests.Harness;

namespace WuWei.Tests;

public partial class SchemaTests(SharedServer shared)
{
    [Fact]
    public async Task The_schema_is_what_it_was_agreed_to_be() =>
        SnapshotFile.AssertSame("schema.sql", await ShowAsync(shared.Server.Database));

    /// <summary>Every table as the database has it, without what depends on the rows in it.</summary>
    public static async Task<string> ShowAsync(TestDatabase database)
    {
        var text = new StringBuilder();
        await using var connection = new MySqlConnection(database.Owner);
        await connection.OpenAsync();
        foreach (var table in await database.TablesAsync())
        {
            await using var command = new MySqlCommand($"SHOW CREATE TABLE `{table}`", connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            text.Append(NextId().Replace(reader.GetString(1), "")).Append(";\n\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    [GeneratedRegex(" AUTO_INCREMENT=\\d+")]
    private static partial Regex NextId();
}
