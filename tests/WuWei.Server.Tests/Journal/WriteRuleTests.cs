using MySqlConnector;
using WuWei.Data;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Journal;

public class WriteRuleTests(SharedServer shared)
{
    private readonly TestDatabase _database = shared.Server.Database;

    [Fact]
    public async Task A_write_without_an_entry_fails_and_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => shared.Server.Db.WriteAsync(async db =>
        {
            await db.SnapshotChangedAsync("without-entry");
            return true;
        }, CancellationToken.None));

        Assert.Equal(0,
            await _database.ScalarAsync<int>("SELECT COUNT(*) FROM data_version WHERE name = 'without-entry'"));
    }

    [Theory]
    [InlineData("UPDATE journal_entry SET kind = 'X'")]
    [InlineData("DELETE FROM journal_entry")]
    [InlineData("REPLACE INTO journal_entry SELECT * FROM journal_entry")]
    [InlineData("UPDATE journal_seal SET number = number")]
    [InlineData("DELETE FROM journal_seal")]
    [InlineData("DELETE FROM journal_head")]
    [InlineData("INSERT INTO journal_head VALUES (2, 0, '')")]
    [InlineData("UPDATE wish_step SET number = number")]
    [InlineData("DELETE FROM wish_step")]
    [InlineData("DELETE FROM wish")]
    [InlineData("DELETE FROM person")]
    [InlineData("DELETE FROM role_grant")]
    [InlineData("UPDATE unit_kind SET name = name")]
    [InlineData("INSERT INTO schema_history SELECT * FROM schema_history")]
    [InlineData("TRUNCATE TABLE journal_entry")]
    [InlineData("DROP TABLE journal_seal")]
    [InlineData("ALTER TABLE journal_entry DROP COLUMN detail")]
    [InlineData("CREATE TABLE mine (id INT)")]
    [InlineData("CREATE INDEX mine ON wish (status)")]
    [InlineData("CREATE TRIGGER mine BEFORE INSERT ON wish FOR EACH ROW SET NEW.level = 1")]
    [InlineData("CREATE VIEW mine AS SELECT 1")]
    [InlineData("GRANT ALL ON wish TO CURRENT_USER()")]
    [InlineData("SELECT * INTO OUTFILE 'mine' FROM person")]
    [InlineData("SELECT * FROM mysql.global_priv")]
    public async Task The_servers_own_database_user_cannot(string sql)
    {
        await using var connection = new MySqlConnection(_database.Service);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);

        var refusal = await Assert.ThrowsAsync<MySqlException>(() => command.ExecuteNonQueryAsync());

        // Access denied to a database, a table, a column, a command or a file; nothing else may stop it.
        Assert.Contains(refusal.Number, Denials);
    }

    [Fact]
    public async Task Every_table_has_its_rights_listed_and_no_other_is_listed() =>
        Assert.Equal(await _database.TablesAsync(), Grants.ByTable.Keys.Order(StringComparer.Ordinal));

    private static readonly int[] Denials = [1044, 1045, 1142, 1143, 1227, 1370, 1410];
}
