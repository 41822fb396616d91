using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>The typed client of gateway/web/packages/api, and the mini program that uses it.</summary>
public sealed class ClientTests(SharedServer shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_client_does_at_the_running_server_what_it_promises()
    {
        var (succeeded, output) = await NodeAsync(
            "packages/api", "../../node_modules/vitest/vitest.mjs", "run", "--config", "vitest.running.ts");

        Assert.True(succeeded, output);
    }

    /// <summary>What scripts/web weapp has built.</summary>
    [Fact]
    public async Task The_mini_program_does_at_the_running_server_what_it_promises()
    {
        var (succeeded, output) = await NodeAsync(
            "apps/resident", "--test", "--test-reporter=tap", "test/weapp.test.mjs");

        Assert.True(succeeded, output);
        Assert.Contains("# skipped 0", output);
    }

    /// <summary>What is missing there cannot be called, and what only staff may call makes mini programs larger.</summary>
    [Fact]
    public void The_client_has_what_people_may_call_who_are_no_staff()
    {
        Role[] staff = [Role.Staff, Role.Auditor, Role.Operator];
        var forPeople = Rpcs.All
            .Where(m => !m.IsServerStreaming && m.Name() != "wuwei.v1.AccessService/SignInStaff")
            .Select(m => Permissions.ByRpc[m.Name()])
            .Where(p => p.Relations != Relation.None || p.Roles is null || p.Roles.Except(staff).Any())
            .Select(p => p.Rpc.Replace('/', '.'));
        var listed = File.ReadLines(Path.Combine(Web("packages/api"), "buf.gen.yaml"))
            .Select(line => line.Trim(' ', '-')).Where(line => line.StartsWith("wuwei.v1.", StringComparison.Ordinal));

        Assert.Equal(forPeople.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>Runs tests of gateway/web in node; what a phone gets, they ask for here.</summary>
    private async Task<(bool Succeeded, string Output)> NodeAsync(string folder, params string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var codes = builder.Build();
        codes.Urls.Add("http://127.0.0.1:0");
        codes.MapGet("/sms/{phone}", (string phone) => Results.Text(shared.Server.Sms.Codes[phone]));
        codes.MapGet("/wechat/{user}", (string user) => Results.Text(shared.Server.WeChat.Code(user)));
        codes.MapGet("/wechat/{user}/{phone}", (string user, string phone) => Results.Text(
            shared.Server.WeChat.Stub.WeChat.NewPhoneCode(shared.Server.WeChat.Mini, user, phone)));
        await codes.StartAsync();

        var start = new ProcessStartInfo("node", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Web(folder),
        };
        start.Environment["WUWEI_PUBLIC"] = shared.Server.PublicAddress;
        start.Environment["WUWEI_CODES"] = codes.Urls.Single();
        start.Environment["WUWEI_APP"] = shared.Server.WeChat.Mini;
        start.Environment["WUWEI_UNIT"] = "999900001001";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var soon = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(soon.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode == 0, await output + await errors);
    }

    private static string Web(string folder, [CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../gateway/web", folder));
}
