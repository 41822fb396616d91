using System.Globalization;
using MySqlConnector;
using WuWei.Data;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Data;

public class MigrationTests
{
    [Fact]
    public async Task Migrating_twice_does_nothing_the_second_time()
    {
        await using var database = TestDatabase.CreateEmpty();

        Assert.Equal(FilesFrom(1), await MigrateAsync(database));
        Assert.Equal(0, await MigrateAsync(database));
        await using var source = DataSource.Build(database.Service);
        Assert.Equal(Schema.Version, await Schema.FindVersionAsync(source, CancellationToken.None));
    }

    [Fact]
    public async Task A_migration_that_crashed_before_it_was_recorded_runs_again()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var cast = await WishCast.CreateAsync(world);
        await cast.WishAsync(WishStatus.Kept, ratedLow: true);
        await server.RunJobsAsync();
        await cast.WishAsync(WishStatus.Kept, ratedLow: true);
        var before = await SchemaTests.ShowAsync(server.Database);

        for (var version = Schema.Version; version > 0; version--)
        {
            await server.Database.ExecuteAsync(
                "DELETE FROM schema_history WHERE CAST(version AS UNSIGNED) >= @version", ("version", version));

            Assert.Equal(FilesFrom(version), await MigrateAsync(server.Database));
        }

        Assert.Equal(before, await SchemaTests.ShowAsync(server.Database));
        // What was there is there still.
        await server.AssertSoundAsync();
        Assert.Equal(2, await server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM wish"));
    }

    [Fact]
    public async Task Ratings_from_before_they_were_counted_count()
    {
        await using var server = await TestServer.StartAsync();
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        await cast.WishAsync(WishStatus.Kept, ratedLow: true);
        await server.RunJobsAsync();
        await server.Database.ExecuteAsync(
            """
            DELETE FROM wish_rating;
            DELETE FROM wish_count WHERE measure BETWEEN 51 AND 55;
            DELETE FROM schema_history WHERE CAST(version AS UNSIGNED) >= 5
            """);

        await MigrateAsync(server.Database);

        await server.AssertSoundAsync();
        Assert.Equal(1, await server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM wish_rating"));
    }

    [Fact]
    public async Task An_empty_database_has_no_version()
    {
        await using var database = TestDatabase.CreateEmpty();
        var name = new MySqlConnectionStringBuilder(database.Owner).Database;
        await using (var server = new MySqlConnection(
            new MySqlConnectionStringBuilder(database.Owner) { Database = "" }.ConnectionString))
        {
            await server.OpenAsync();
            await using var create = new MySqlCommand($"CREATE DATABASE `{name}`", server);
            await create.ExecuteNonQueryAsync();
        }

        await using var source = DataSource.Build(database.Owner);

        Assert.Equal(0, await Schema.FindVersionAsync(source, CancellationToken.None));
    }

    [Fact]
    public async Task The_service_does_not_own_its_tables()
    {
        await using var database = await TestDatabase.CreateAsync();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Schema.MigrateAsync(database.Owner, database.Owner, _ => { }, CancellationToken.None));

        Assert.Contains("same user", refusal.Message);
    }

    private static int FilesFrom(int version) => typeof(Schema).Assembly.GetManifestResourceNames().Count(name =>
        name.EndsWith(".sql", StringComparison.Ordinal)
            && int.Parse(name.AsSpan(1, 4), CultureInfo.InvariantCulture) >= version);

    private static Task<int> MigrateAsync(TestDatabase database) =>
        Schema.MigrateAsync(database.Owner, database.Service, _ => { }, CancellationToken.None);
}
