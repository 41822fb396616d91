using MySqlConnector;
using WuWei.Privacy;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>
/// The list of sealed columns is the schema's. A value in a column that it forgets would be lost with the first key that
/// is retired.
/// </summary>
public class SealedColumnTests(SharedServer shared)
{
    private readonly TestDatabase _database = shared.Server.Database;

    /// <summary>Nothing else is stored in bytes of varying length; ids and hashes are BINARY.</summary>
    [Fact]
    public async Task Every_column_of_bytes_of_any_length_is_listed_and_no_other() => Assert.Equal(
        await RowsAsync(
            """
            SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
            WHERE table_schema = DATABASE()
              AND data_type IN ('varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob')
            """),
        SealedColumn.All.Select(c => c.Name).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Rows_are_walked_by_the_primary_key()
    {
        foreach (var column in SealedColumn.All)
        {
            Assert.Equal(
                await RowsAsync(
                    $"""
                    SELECT CONCAT(seq_in_index, column_name) FROM information_schema.statistics
                    WHERE table_schema = DATABASE() AND table_name = '{column.Table}' AND index_name = 'PRIMARY'
                    """),
                column.Key.Select((name, i) => $"{i + 1}{name}"));
        }
    }

    private async Task<List<string>> RowsAsync(string sql)
    {
        await using var connection = new MySqlConnection(_database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }
}
