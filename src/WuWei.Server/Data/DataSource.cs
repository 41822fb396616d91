using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace WuWei.Data;

/// <summary>Connections as every session expects them.</summary>
public static class DataSource
{
    /// <summary>Unless the setting says otherwise; times in seconds.</summary>
    private static readonly (string Name, uint Value)[] Defaults =
    [
        ("Maximum Pool Size", 64),
        // Also how long a call waits for a connection when all are in use.
        ("Connection Timeout", 8),
        ("Default Command Timeout", 30),
    ];

    public static MySqlDataSource Build(string connectionString, ILoggerFactory? logs = null)
    {
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        var settings = new MySqlConnectionStringBuilder(connectionString)
        {
            GuidFormat = MySqlGuidFormat.Binary16,
            DateTimeKind = MySqlDateTimeKind.Utc,
            CharacterSet = "utf8mb4",
            // Set up once when opened, never reset: prepared statements stay, and a trip is saved.
            ConnectionReset = false,
            IgnorePrepare = false,
        };
        foreach (var (name, value) in Defaults.Where(d => !settings.ContainsKey(d.Name)))
        {
            settings[name] = value;
        }

        return new MySqlDataSourceBuilder(settings.ConnectionString)
            .UseConnectionOpenedCallback(SetUpAsync)
            .UseLoggerFactory(logs)
            .Build();
    }

    /// <summary>
    /// The only way to a connection. It takes no cancellation: a caller who gave up between connecting and setting up
    /// would leave a connection in the pool that is not set up, for good. The connection's own time limit holds.
    /// </summary>
    public static ValueTask<MySqlConnection> OpenSetUpAsync(this MySqlDataSource source) =>
        source.OpenConnectionAsync(CancellationToken.None);

    private static async ValueTask SetUpAsync(MySqlConnectionOpenedContext context, CancellationToken cancel)
    {
        if ((context.Conditions & MySqlConnectionOpenedConditions.New) == 0)
        {
            return;
        }

        // MariaDB: a row that changed since this transaction read it raises 1020 instead of a silently lost update.
        await using var has = new MySqlCommand(
            "SHOW VARIABLES LIKE 'innodb_snapshot_isolation'", context.Connection);
        var snapshot = await has.ExecuteScalarAsync(cancel) is not null;
        await using var set = new MySqlCommand(
            "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 5"
            + (snapshot ? ", innodb_snapshot_isolation = ON" : ""), context.Connection);
        await set.ExecuteNonQueryAsync(cancel);
    }
}
