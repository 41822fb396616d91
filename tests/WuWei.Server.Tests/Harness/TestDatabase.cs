using System.Globalization;
using System.Text;
using MySqlConnector;
using WuWei.Data;

namespace WuWei.Tests.Harness;

/// <summary>A database of a test's own on the real server, with the schema and the two users; dropped at the end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(CopyAsync);

    private TestDatabase(string owner, string service)
    {
        Owner = owner;
        Service = service;
    }

    /// <summary>The connection string of the user who may do everything here.</summary>
    public string Owner { get; }

    /// <summary>The connection string the server uses.</summary>
    public string Service { get; }

    /// <summary>The folder of its pictures.</summary>
    public string Pictures => Path.Join(
        Path.GetDirectoryName(TestKeys.Path), "pictures", new MySqlConnectionStringBuilder(Owner).Database);

    public static string Redis => Setting("WUWEI_REDIS");

    /// <summary>A copy of one that was migrated, so that tests which start at once do not queue for the migration.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var database = CreateEmpty();
        var copy = await Template.Value;
        var owner = new MySqlConnectionStringBuilder(database.Owner) { Pooling = false };
        var name = owner.Database;
        owner.Database = "";
        await using (var connection = new MySqlConnection(owner.ConnectionString))
        {
            await connection.OpenAsync();
            await using var create = new MySqlCommand(
                $"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE `{name}`; {copy}", connection);
            await create.ExecuteNonQueryAsync();
        }

        await Grants.ApplyAsync(database.Owner, database.Service, CancellationToken.None);
        return database;
    }

    /// <summary>One that a test migrates itself.</summary>
    public static TestDatabase CreateEmpty() => Named(Setting("WUWEI_MYSQL_OWNER"), Setting("WUWEI_MYSQL"));

    /// <summary>On another server than everybody's: one that may be killed.</summary>
    public static async Task<TestDatabase> CreateAsync(string owner, string service)
    {
        var database = Named(owner, service);
        await Schema.MigrateAsync(database.Owner, database.Service, _ => { }, CancellationToken.None);
        return database;
    }

    /// <summary>The same database, which the server reaches through another port: a proxy's.</summary>
    public TestDatabase Through(int port) => new(
        Owner, new MySqlConnectionStringBuilder(Service) { Server = "127.0.0.1", Port = (uint)port }.ConnectionString);

    /// <summary>As the owner, for looking behind the server's back.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var connection = new MySqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        var value2 = await command.ExecuteScalarAsync();
        return value2 is null or DBNull ? default : (T)Convert.ChangeType(value2, typeof(T));
    }

    public Task ExecuteAsync(string sql, params (string Name, object? Value)[] parameters) =>
        ScalarAsync<object>(sql, parameters);

    /// <summary>A number that changes when anything in the table does.</summary>
    public async Task<long> ChecksumAsync(string table)
    {
        await using var connection = new MySqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand($"CHECKSUM TABLE `{table}`", connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return reader.GetInt64("Checksum");
    }

    public async ValueTask DisposeAsync()
    {
        var name = new MySqlConnectionStringBuilder(Owner).Database;
        await ExecuteAsync($"DROP DATABASE IF EXISTS `{name}`");
        // Its pool would keep connections open for minutes after the last test that used it.
        await using var connection = new MySqlConnection(Owner);
        await MySqlConnection.ClearPoolAsync(connection);
    }

    private static TestDatabase Named(string owner, string service)
    {
        var name = $"wuwei_test_{Guid.NewGuid():n}";
        return new TestDatabase(With(owner, name), With(service, name));
    }

    /// <summary>The statements that make a migrated database out of an empty one.</summary>
    private static async Task<string> CopyAsync()
    {
        await using var template = await CreateAsync(Setting("WUWEI_MYSQL_OWNER"), Setting("WUWEI_MYSQL"));
        var copy = new StringBuilder("SET foreign_key_checks = 0;\n");
        await using var connection = new MySqlConnection(template.Owner);
        await connection.OpenAsync();
        foreach (var table in await template.TablesAsync())
        {
            await using var show = new MySqlCommand($"SHOW CREATE TABLE `{table}`", connection);
            await using (var reader = await show.ExecuteReaderAsync())
            {
                await reader.ReadAsync();
                copy.Append(reader.GetString(1)).Append(";\n");
            }

            await using var rows = new MySqlCommand($"SELECT * FROM `{table}`", connection);
            await using var row = await rows.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                var values = Enumerable.Range(0, row.FieldCount).Select(i => Literal(row.GetValue(i)));
                copy.Append(CultureInfo.InvariantCulture, $"INSERT INTO `{table}` VALUES ({string.Join(", ", values)});\n");
            }
        }

        return copy.ToString();
    }

    private static string Literal(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        Guid id => $"X'{id:n}'",
        bool yes => yes ? "1" : "0",
        DateTime time => $"'{time:yyyy-MM-dd HH:mm:ss.ffffff}'",
        string text => $"'{MySqlHelper.EscapeString(text)}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string With(string connection, string database) => new MySqlConnectionStringBuilder(connection)
    {
        Database = database,
        GuidFormat = MySqlGuidFormat.Binary16,
        DateTimeKind = MySqlDateTimeKind.Utc,
    }.ConnectionString;

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set. Run scripts/test, which starts a MariaDB and a Redis.");
}
