using System.Diagnostics;
using WuWei.Tests.Harness;

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
    [InlineData("migrate")]
    [InlineData("import")]
    [InlineData("import units")]
    [InlineData("import messages")]
    [InlineData("create-staff")]
    [InlineData("totp")]
    [InlineData("journal")]
    [InlineData("journal verify")]
    [InlineData("counts")]
    [InlineData("counts verify")]
    [InlineData("demo")]
    [InlineData("demo load")]
    [InlineData("health")]
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
    public async Task Migrating_and_asking_for_health_answer()
    {
        Assert.Equal(0, (await RunAsync(["migrate"])).Code);
        Assert.Equal(0, (await RunAsync(["health", "--grpc", _server.Address])).Code);
        Assert.Equal(2, (await RunAsync(["health", "--grpc", "http://127.0.0.1:1"])).Code);
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
        start.Environment["WUWEI_KEYS"] = keys ?? TestKeys.Path;
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
