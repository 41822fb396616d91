using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Tests.Boards;
using WuWei.Tests.Harness;
using WuWei.Tests.Privacy;
using WuWei.Time;

namespace WuWei.Tests.Operator;

/// <summary>The built program, run as an operator runs it.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-operator-");
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await World.CreateAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("keys")]
    [InlineData("keys create")]
    [InlineData("keys rotate")]
    [InlineData("keys retire")]
    [InlineData("migrate")]
    [InlineData("import")]
    [InlineData("import units")]
    [InlineData("import messages")]
    [InlineData("create-staff")]
    [InlineData("totp")]
    [InlineData("journal")]
    [InlineData("journal verify")]
    [InlineData("journal anchor")]
    [InlineData("counts")]
    [InlineData("counts verify")]
    [InlineData("boards")]
    [InlineData("boards rebuild")]
    [InlineData("boards verify")]
    [InlineData("inbox")]
    [InlineData("inbox dead")]
    [InlineData("inbox retry")]
    [InlineData("security")]
    [InlineData("demo")]
    [InlineData("demo load")]
    [InlineData("health")]
    [InlineData("partner")]
    [InlineData("partner ca")]
    [InlineData("partner door")]
    [InlineData("partner add")]
    [InlineData("partner change")]
    [InlineData("partner rotate")]
    [InlineData("partner key")]
    [InlineData("partner revoke")]
    [InlineData("partner list")]
    [InlineData("partner scopes")]
    public async Task Every_verb_explains_itself(string verb)
    {
        var (code, output) = await RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, code);
        Assert.Contains("Usage:", output);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("import", "units", "no-such-file.csv")]
    [InlineData("create-staff")]
    [InlineData("create-staff", "new.one", "--unit", "000000", "--person", "王芳")]
    [InlineData("demo", "load")]
    public async Task What_cannot_be_done_fails(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);

        Assert.Equal(1, code);
        Assert.DoesNotContain("   at WuWei", output);
    }

    [Fact]
    public async Task A_staff_account_is_made_once_and_its_authenticator_works()
    {
        string[] create = ["create-staff", "fang.wang", "--unit", "999900", "--person", "王芳"];

        var (code, output) = await RunAsync(create);
        var secret = output.Split('\n').Single(l => l.StartsWith("secret ", StringComparison.Ordinal)).Split(' ')[^1];
        var (totpCode, totp) = await RunAsync(["totp", secret]);

        Assert.Equal((0, 0), (code, totpCode));
        Assert.Matches(@"^\d{6}\s*$", totp);
        Assert.Equal(1, (await RunAsync(create)).Code);
        Assert.Equal(1, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM staff_login"));
    }

    [Fact]
    public async Task Verifying_says_by_its_exit_code_whether_all_is_right()
    {
        await _server.RunJobsAsync();
        Assert.Equal(0, (await RunAsync(["journal", "verify"])).Code);
        Assert.Equal(0, (await RunAsync(["counts", "verify"])).Code);

        await _server.Database.ExecuteAsync(
            """
            DELETE FROM journal_seal WHERE number = 2;
            INSERT INTO wish_count (unit_id, measure, amount) SELECT id, 1, 7 FROM unit LIMIT 1
            """);

        Assert.Equal(2, (await RunAsync(["journal", "verify"])).Code);
        var (code, output) = await RunAsync(["counts", "verify"]);
        Assert.Equal(2, code);
        Assert.Contains("WRONG", output);
    }

    [Fact]
    public async Task Messages_that_were_not_sent_are_listed_and_sent_again_by_an_operators_word()
    {
        Assert.Equal(0, (await RunAsync(["inbox", "dead"])).Code);
        var ids = new[] { Guid.NewGuid(), Guid.NewGuid() };
        foreach (var (id, state) in ids.Zip([5, 6]))
        {
            await _server.Database.ExecuteAsync(
                """
                INSERT INTO delivery (id, person_id, channel, topic, source, source_id, number, text, at, state, bulk, due_at,
                  attempts, fault)
                VALUES (@id, @id, 1, 1, 1, @id, 1, '心愿有人认领了。', @now, @state, 0, @now, 13, 45009)
                """, ("id", id), ("state", state), ("now", DateTime.UtcNow));
        }

        var (code, output) = await RunAsync(["inbox", "dead"]);
        Assert.Equal(2, code);
        Assert.All(ids, id => Assert.Contains($"{id}", output));
        Assert.DoesNotContain("心愿", output);
        Assert.Equal(1, (await RunAsync(["inbox", "retry"])).Code);
        Assert.Equal(1, (await RunAsync(["inbox", "retry", $"{ids[1]}"])).Code);
        Assert.Contains("1 messages", (await RunAsync(["inbox", "retry", "--all"])).Output);
        Assert.Equal(0, (await RunAsync(["inbox", "retry", $"{ids[1]}", "--lost"])).Code);
        Assert.Equal(2, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM delivery WHERE state = 1"));
    }

    [Fact]
    public async Task Refusals_worth_a_look_are_listed_added_up_for_as_many_hours_as_asked()
    {
        var (now, person) = (DateTime.UtcNow, Guid.NewGuid());
        foreach (var (kind, id, hours) in new[]
        {
            ("CERTIFICATE_UNKNOWN", Guid.Empty, 1), ("CERTIFICATE_UNKNOWN", Guid.Empty, 2), ("SCOPE_MISSING", person, 30),
        })
        {
            await _server.Database.ExecuteAsync(
                """
                INSERT INTO security_event (minute, kind, source, person_id, rpc, times)
                VALUES (@minute, @kind, '127.0.0.1', @id, 'wuwei.v1.WishService/GetWish', 3)
                """, ("minute", now.AddHours(-hours)), ("kind", kind), ("id", id));
        }

        var (code, day) = await RunAsync(["security"]);
        Assert.Equal(0, code);
        Assert.Contains("  6  CERTIFICATE_UNKNOWN  127.0.0.1  -  wuwei.v1.WishService/GetWish", day);
        Assert.DoesNotContain("SCOPE_MISSING", day);
        Assert.Contains($"  3  SCOPE_MISSING  127.0.0.1  {person}  ", (await RunAsync(["security", "--hours", "40"])).Output);
    }

    [Fact]
    public async Task However_many_messages_are_dead_they_are_taken_a_page_at_a_time_and_stale_ones_are_left_out()
    {
        const string digit = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
            + "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
        // Of ten one is the digest of a day that is over, and one tells of something of last week.
        await _server.Database.ExecuteAsync(
            $"""
            INSERT INTO delivery (id, person_id, channel, topic, source, source_id, number, text, at, state, bulk, due_at,
              attempts)
            SELECT UNHEX(MD5(n)), UNHEX(MD5(n)), 2, IF(n MOD 10, 1, 8), IF(n MOD 10, 1, 3), UNHEX(MD5(n)), n, '有消息。',
              IF(n MOD 10 = 1, @week, IF(n MOD 10 = 0, @yesterday, @now)), 5, 0, @now, 13
            FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n
              FROM {digit} a CROSS JOIN {digit} b CROSS JOIN {digit} c CROSS JOIN {digit} e) numbers WHERE n < 1100
            """,
            ("week", DateTime.UtcNow.AddDays(-7)), ("yesterday", DateTime.UtcNow.AddDays(-1)), ("now", DateTime.UtcNow));

        var (code, output) = await RunAsync(["inbox", "retry", "--all"]);

        Assert.Equal(0, code);
        Assert.Contains("880 messages wait again, 220 were too old", output);
        Assert.Contains("wait again, ", output.Split('\n')[1]);
        Assert.Equal(880, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM delivery WHERE state = 1 AND source = 1 AND attempts = 0"));
        Assert.Equal(220, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM delivery WHERE state = 4"));
    }

    [Fact]
    public async Task Keys_are_made_once()
    {
        var path = Path.Combine(_folder.FullName, "below", "keys.json");

        Assert.Equal(0, (await RunAsync(["keys", "create"], keys: path)).Code);
        var first = await File.ReadAllTextAsync(path);
        var (code, output) = await RunAsync(["keys", "create"], keys: path);

        Assert.Equal(0, code);
        Assert.Contains("there already", output);
        Assert.Equal(first, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Anchors_are_added_only_to_a_journal_that_verifies_and_find_its_end_cut_off()
    {
        await _server.RunJobsAsync();
        var file = Path.Combine(_folder.FullName, "anchors.txt");
        Assert.Equal(1, (await RunAsync(["journal", "verify", "--anchor", file])).Code);
        Assert.Equal(0, (await RunAsync(["journal", "anchor", file])).Code);
        Assert.Equal(0, (await RunAsync(["journal", "anchor", file])).Code);
        var anchors = await File.ReadAllTextAsync(file);
        Assert.Equal(2, anchors.Count(c => c == '\n'));
        Assert.Equal(0, (await RunAsync(["journal", "verify", "--anchor", file])).Code);

        await _server.Database.ExecuteAsync(
            """
            DELETE e FROM journal_entry e JOIN journal_seal s ON s.entry_id = e.id WHERE s.number > 4;
            DELETE FROM journal_seal WHERE number > 4;
            UPDATE journal_head SET number = 4, hash = (SELECT hash FROM journal_seal WHERE number = 4)
            """);

        Assert.Equal(0, (await RunAsync(["journal", "verify"])).Code);
        var (code, output) = await RunAsync(["journal", "verify", "--anchor", file]);
        Assert.Equal(2, code);
        Assert.Contains("the end was cut off: the journal ends at 4", output);
        Assert.Equal(2, (await RunAsync(["journal", "anchor", file])).Code);
        Assert.Equal(anchors, await File.ReadAllTextAsync(file));

        await File.AppendAllTextAsync(file, "damage");
        Assert.Equal(1, (await RunAsync(["journal", "verify", "--anchor", file])).Code);
    }

    [Fact]
    public async Task Keys_are_prepared_rotated_and_retired_and_never_while_something_is_sealed_with_them()
    {
        var path = Path.Combine(_folder.FullName, "keys.json");
        File.Copy(TestKeys.Path, path);
        await (await World.CreateAsync(_server)).ResidentAsync();

        Assert.Equal(0, (await RunAsync(["keys", "rotate", "--prepare"], path)).Code);
        Assert.Equal(1, KeyFile.Load(path).CurrentKey);
        using (var file = new KeyFileEditor(path))
        {
            // A rotation that was killed right after it began.
            file.Use(file.NextKey!.Value);
        }

        var (refused, why) = await RunAsync(["keys", "retire", "--settle", "1"], path);
        Assert.Equal(2, refused);
        Assert.Matches("person.name of [0-9a-f-]{36} is sealed with key 1", why);
        Assert.Equal(1, (await RunAsync(["keys", "rotate", "--prepare"], path)).Code);

        var (code, output) = await RunAsync(["keys", "rotate", "--settle", "1"], path);
        Assert.Equal(0, code);
        Assert.Contains("all by key 2 now", output);
        Assert.Equal(0, (await RunAsync(["keys", "retire", "--settle", "1"], path)).Code);
        Assert.Contains("there is no old key", (await RunAsync(["keys", "retire", "--settle", "1"], path)).Output);

        Assert.Equal([2], (await _server.Database.CountSealedAsync()).Keys.Select(k => k.Key).Distinct());
        Assert.Equal("[2]", string.Join(',', JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement
            .GetProperty("keys").EnumerateArray().Select(k => $"[{k.GetProperty("id")}]")));
        Assert.Equal(2, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind IN ('KEY_ROTATED', 'KEYS_RETIRED')"));
    }

    [Fact]
    public async Task Boards_are_verified_and_rebuilt()
    {
        await _server.GiveAsync(_server.Clock.NewId(), (await UnitAsync()).Id, 10);
        await _server.RunJobsAsync();
        Assert.Equal(0, (await RunAsync(["boards", "verify"])).Code);

        await _server.Database.ExecuteAsync("UPDATE board_score SET points = 11 WHERE kind = 1 AND period = 6");
        var (code, output) = await RunAsync(["boards", "verify"]);
        Assert.Equal(2, code);
        Assert.Contains("should have 10", output);

        Assert.Equal(0, (await RunAsync(["boards", "rebuild"])).Code);
        await _server.RunJobsAsync();
        Assert.Equal(0, (await RunAsync(["boards", "verify"])).Code);

        async Task<Unit> UnitAsync() => (await _server.Services.GetRequiredService<Units>()
            .TreeAsync(CancellationToken.None)).All.First(u => u.Kind.Home);
    }

    [Fact]
    public async Task Migrating_and_asking_for_health_answer()
    {
        Assert.Equal(0, (await RunAsync(["migrate"])).Code);
        Assert.Equal(0, (await RunAsync(["health", "--grpc", _server.Address])).Code);
        var (code, output) = await RunAsync(["health", "--grpc", "http://127.0.0.1:1"]);
        Assert.Equal(2, code);
        Assert.StartsWith("Unavailable: ", output);
        Assert.Equal(1, (await RunAsync(["health", "--grpc", "127.0.0.1:5080"])).Code);
    }

    private async Task<(int Code, string Output)> RunAsync(string[] arguments, string? keys = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "wuwei.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        start.Environment["WUWEI_MYSQL"] = _server.Database.Service;
        start.Environment["WUWEI_MYSQL_OWNER"] = _server.Database.Owner;
        start.Environment["WUWEI_REDIS"] = TestDatabase.Redis;
        start.Environment["WUWEI_KEYS"] = keys ?? TestKeys.Path;
        start.Environment["WUWEI_PICTURES"] = _server.Database.Pictures;
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
