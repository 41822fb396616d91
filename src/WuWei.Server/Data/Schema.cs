using EvolveDb;
using MySqlConnector;

namespace WuWei.Data;

/// <summary>The schema this program was built for: embedded files V0001__name.sql, applied by the owner.</summary>
public static class Schema
{
    private const string History = "schema_history";

    /// <summary>The number of the newest embedded migration.</summary>
    public static int Version { get; } = typeof(Schema).Assembly.GetManifestResourceNames()
        .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
        .Max(n => int.Parse(n.AsSpan(1, 4), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Creates the database if it is missing and brings it up to <see cref="Version"/>.</summary>
    /// <returns>How many migrations were applied.</returns>
    public static async Task<int> MigrateAsync(
        string ownerConnection, string serviceConnection, Action<string> progress, CancellationToken cancel)
    {
        var owner = new MySqlConnectionStringBuilder(ownerConnection);
        var name = owner.Database;
        owner.Database = "";
        await using (var server = new MySqlConnection(owner.ConnectionString))
        {
            await server.OpenAsync(cancel);
            await using var create = new MySqlCommand(
                $"CREATE DATABASE IF NOT EXISTS `{Name(name)}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", server);
            await create.ExecuteNonQueryAsync(cancel);
        }

        // Migrations choose by a variable whether a column or key is still to be added, and may take long on large tables.
        // Used once, so not pooled.
        var once = new MySqlConnectionStringBuilder(ownerConnection)
        {
            AllowUserVariables = true,
            Pooling = false,
            DefaultCommandTimeout = 0,
        };
        await using var connection = new MySqlConnection(once.ConnectionString);
        var evolve = new Evolve(connection, line => progress(line))
        {
            EmbeddedResourceAssemblies = [typeof(Schema).Assembly],
            EmbeddedResourceFilters = [""],
            IsEraseDisabled = true,
            MetadataTableName = History,
            // MySQL and MariaDB end a transaction at each DDL statement, so every file is safe to run again instead.
            TransactionMode = EvolveDb.Configuration.TransactionKind.CommitEach,
        };
        try
        {
            await Task.Run(evolve.Migrate, cancel);
        }
        catch (EvolveException e)
        {
            throw new InvalidOperationException($"The migration stopped: {e.Message}", e);
        }

        await Grants.ApplyAsync(ownerConnection, serviceConnection, cancel);
        return evolve.NbMigration;
    }

    /// <summary>The version a database is at; 0 when it has none yet.</summary>
    public static async Task<int> FindVersionAsync(MySqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenSetUpAsync();
        await using var command = new MySqlCommand(
            $"SELECT COALESCE(MAX(CAST(version AS UNSIGNED)), 0) FROM {History} WHERE success = 1", connection);
        try
        {
            return Convert.ToInt32(
                await command.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.TableAccessDenied)
        {
            return 0;
        }
    }

    private static string Name(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? name
            : throw new ArgumentException("The connection string names no database, or one with odd characters.");
}
