using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Boards;

namespace WuWei.Operator.Commands;

public static class BoardCommands
{
    public static Command Boards() => new("boards", "The boards of points.") { Rebuild(), Verify() };

    private static Command Rebuild()
    {
        var rebuild = new Command(
            "rebuild",
            "Compute the boards that are not settled anew from the ledger, while servers run. They do so by themselves when "
            + "the tree has changed; settled boards stay as they are.");
        rebuild.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var started = Stopwatch.GetTimestamp();
            await services.GetRequiredService<BoardRebuild>().RunAsync(
                (done, total) => progress.Show($"{done} of {total} accounts"), cancel);
            progress.End();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"rebuilt in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
            return Exit.Done;
        });
        return rebuild;
    }

    private static Command Verify()
    {
        var verify = new Command(
            "verify",
            "Compare every score that is not settled with the ledger, as of one moment, and every rank in Redis "
            + "(WUWEI_REDIS) with the scores. Exit code 2 if one differs. May run under load; then Redis may be said to be behind.");
        verify.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var report = await services.GetRequiredService<BoardRebuild>().CompareAsync(
                (done, total) => progress.Show($"{done} of {total} accounts"), cancel);
            progress.End();
            var inRedis = await services.GetRequiredService<BoardRedisCheck>().CompareAsync(cancel);
            return VerifyCommands.Report(
                $"the boards of {report.Accounts} accounts equal the ledger up to entry {report.Number}, and Redis the "
                + "boards",
                [.. report.Faults, .. inRedis]);
        });
        return verify;
    }
}
