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

/// <summary>The typed client of gateway/web/packages/api.</summary>
public sealed class ClientTests(SharedServer shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_client_does_at_the_running_server_what_it_promises()
    {
        // Its tests run in node; what a phone gets, they ask for here.
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var codes = builder.Build();
        codes.Urls.Add("http://127.0.0.1:0");
        codes.MapGet("/sms/{phone}", (string phone) => Results.Text(shared.Server.Sms.Codes[phone]));
        codes.MapGet("/wechat/{user}", (string user) => Results.Text(shared.Server.WeChat.Code(user)));
        codes.MapGet("/wechat/{user}/{phone}", (string user, string phone) => Results.Text(
            shared.Server.WeChat.Stub.WeChat.NewPhoneCode(shared.Server.WeChat.Mini, user, phone)));
        await codes.StartAsync();

        var start = new ProcessStartInfo("node", ["../../node_modules/vitest/vitest.mjs", "run", "--config", "vitest.running.ts"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Package(),
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

        Assert.True(process.ExitCode == 0, await output + await errors);
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
        var listed = File.ReadLines(Path.Combine(Package(), "buf.gen.yaml"))
            .Select(line => line.Trim(' ', '-')).Where(line => line.StartsWith("wuwei.v1.", StringComparison.Ordinal));

        Assert.Equal(forPeople.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string Package([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../gateway/web/packages/api"));
}
