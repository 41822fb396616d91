using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Journal;
using WuWei.Wishes;

namespace WuWei.Operator.Commands;

public static class VerifyCommands
{
    public static Command Journal()
    {
        var verify = new Command("verify", "Recompute every number and hash of the journal. Exit code 2 if one is wrong.");
        verify.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var report = await services.GetRequiredService<Verifier>().VerifyAsync(
                done => progress.Show($"{done} entries"), cancel);
            progress.End();
            return Report(
                $"{report.Sealed} entries sealed and verified, {report.Pending} not sealed yet\nhead {report.Sealed} {report.Hash}",
                report.Faults);
        });
        return new Command("journal", "The record of every change.") { verify };
    }

    public static Command Counts()
    {
        var verify = new Command(
            "verify", "Count every wish again and compare. Exit code 2 if a count differs. Stop writers first, or run it again.");
        verify.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var differences = await services.GetRequiredService<Recount>().CompareAsync(
                done => progress.Show($"{done} wishes"), cancel);
            progress.End();
            return Report("counts equal the recount", differences);
        });
        return new Command("counts", "The counts of wishes per unit.") { verify };
    }

    private static int Report(string right, IReadOnlyList<string> faults)
    {
        Console.WriteLine(faults.Count == 0 ? right : string.Join('\n', faults.Select(f => $"WRONG {f}")));
        return faults.Count == 0 ? Exit.Done : Exit.Wrong;
    }
}
