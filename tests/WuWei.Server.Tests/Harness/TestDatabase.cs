using MySqlConnector;
using WuWei.Data;

namespace WuWei.Tests.Harness;

/// <summary>A database of a test's own on the real server, with the schema and the two users; dropped at the end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(string owner, string service)
    {
        Owner = owner;
        Service = service;
    }

    /// <summary>The connection string of the user who may do everything here.</summary>
    public string Owner { get; }

    /// <summary>The connection string the server uses.</summary>
    public string Service { get; }

    public static string Redis => Setting("WUWEI_REDIS");

    public static Task<TestDatabase> CreateAsync(bool migrate = true) =>
        CreateAsync(Setting("WUWEI_MYSQL_OWNER"), Setting("WUWEI_MYSQL"), migrate);

    /// <summary>On another server than everybody's: one that may be killed.</summary>
    public static async Task<TestDatabase> CreateAsync(string owner, string service, bool migrate = true)
    {
        var name = $"wuwei_test_{Guid.NewGuid():n}";
        var database = new TestDatabase(With(owner, name), With(service, name));
        if (migrate)
        {
            await Schema.MigrateAsync(database.Owner, database.Service, _ => { }, CancellationToken.None);
        }

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

    private static string With(string connection, string database) => new MySqlConnectionStringBuilder(connection)
    {
        Database = database,
        GuidFormat = MySqlGuidFormat.Binary16,
        DateTimeKind = MySqlDateTimeKind.Utc,
    }.ConnectionString;

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set. Run scripts/test, which starts a MariaDB and a Redis.");
}
