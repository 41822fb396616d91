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
    public async Task Checks_messages_and_reports_from_before_the_thirtieth_are_as_those_of_today()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var cast = await WishCast.CreateAsync(world);
        var (unanswered, refused) = (await RefusedAsync(), await RefusedAsync());
        var (appealed, ended, over) = (await RefusedAsync(), await RefusedAsync(), await RefusedAsync());
        await cast.Maker.Wishes.WithdrawWishAsync(new() { WishId = $"{ended}", Reason = "不用了" });
        await cast.Maker.Wishes.WithdrawWishAsync(new() { WishId = $"{over}", Reason = "不用了" });
        var wish = await cast.WishAsync(WishStatus.Claimed);
        var thread = (await wish.ThreadAsync(cast.Claimer)).Id;
        var first = await cast.Claimer.SayToAsync(wish, "我明天上午来");
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await cast.Maker.SayToAsync(wish, "好的");
        var second = await cast.Claimer.SayToAsync(wish, "带上梯子");
        await cast.Maker.ReportAsync(thread);
        var confided = await (cast with
        {
            Visibility = Wire.WishVisibility.Private,
            Category = "errands",
            Detail = r => r.Answers.Add("items", "两袋米"),
        }).WishAsync(WishStatus.PendingReview);
        var said = await (cast with { Category = "rights" }).WishAsync(WishStatus.Claimed);
        await cast.Claimer.SayToAsync(said, "我来帮你看看");
        var schema = await SchemaTests.ShowAsync(server.Database);
        await server.Database.ExecuteAsync(
            """
            UPDATE content_check SET part_of = content_id WHERE kind = 8;
            UPDATE content_check SET due_at = NULL WHERE stage = 4;
            UPDATE content_check SET due_at = decided_at + INTERVAL 7 DAY WHERE content_id = @over;
            UPDATE content_check
            SET stage = 5, due_at = NULL, appealed_at = decided_at + INTERVAL 1 DAY, appeal_unit_id = unit_id
            WHERE content_id IN (@appealed, @ended);
            UPDATE content_check SET appealed_at = decided_at, appeal_decided_at = decided_at + INTERVAL 2 DAY
            WHERE content_id = @refused;
            UPDATE thread_report SET unit_id = @elsewhere;
            ALTER TABLE thread_message DROP COLUMN previous_id;
            ALTER TABLE content_check DROP COLUMN staff_only, DROP KEY of_whole;
            ALTER TABLE wish DROP COLUMN pictures_of;
            DROP TABLE content_early, wish_to_mark;
            DELETE FROM schema_history WHERE CAST(version AS UNSIGNED) >= 30
            """,
            ("appealed", appealed), ("ended", ended), ("over", over), ("refused", refused),
            ("elsewhere", world.NextCommunity));

        await MigrateAsync(server.Database);

        Assert.Equal(schema, await SchemaTests.ShowAsync(server.Database));
        Assert.Equal(3, await CountAsync(
            "content_check WHERE part_of = @id AND kind = 8 AND NOT staff_only", ("id", Guid.Parse(thread))));
        Assert.Equal(1, await CountAsync(
            "content_check WHERE content_id = @id AND staff_only AND due_at IS NOT NULL",
            ("id", Guid.Parse(confided))));
        Assert.Equal(1, await CountAsync(
            """
            content_check c JOIN wish_claim l ON l.id = c.part_of WHERE l.wish_id = @id AND c.kind = 8 AND c.staff_only
            """, ("id", Guid.Parse(said))));
        Assert.Equal(2, await CountAsync("content_check WHERE staff_only AND due_at IS NOT NULL"));
        Assert.Equal(1, await CountAsync(
            "content_check WHERE content_id = @id AND due_at = decided_at + INTERVAL 7 DAY", ("id", unanswered)));
        Assert.Equal(1, await CountAsync(
            "content_check WHERE content_id = @id AND due_at = appeal_decided_at", ("id", refused)));
        Assert.Equal(1, await CountAsync(
            "content_check WHERE content_id = @id AND due_at = appealed_at + INTERVAL 7 DAY", ("id", appealed)));
        Assert.Equal(1, await CountAsync(
            "content_check WHERE content_id = @id AND stage = 6 AND due_at IS NULL", ("id", ended)));
        Assert.Equal(1, await CountAsync(
            "content_check WHERE content_id = @id AND stage = 4 AND due_at IS NULL", ("id", over)));
        Assert.Equal(1, await CountAsync("wish_to_mark"));
        Assert.Equal(1, await CountAsync("wish_to_mark WHERE wish_id = @id", ("id", Guid.Parse(wish))));
        Assert.Equal(1, await CountAsync("thread_message WHERE previous_id IS NOT NULL"));
        Assert.Equal(1, await CountAsync(
            "thread_message WHERE id = @id AND previous_id = @previous", ("id", Guid.Parse(second)),
            ("previous", Guid.Parse(first))));
        Assert.Equal(1, await CountAsync("thread_report WHERE unit_id = @unit", ("unit", world.Community)));
        await server.RunJobsAsync();
        await server.AssertSoundAsync();

        async Task<Guid> RefusedAsync()
        {
            var request = world.Request(category: "errands");
            request.Answers.Add("items", "两袋米");
            var id = await cast.Maker.MakeAsync(request);
            await world.RefuseWaitingAsync(Wire.ContentKind.Wish);
            return Guid.Parse(id);
        }

        Task<int> CountAsync(string what, params (string Name, object? Value)[] parameters) =>
            server.Database.ScalarAsync<int>($"SELECT COUNT(*) FROM {what}", parameters);
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
