using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Journal;
using WuWei.Points;
using WuWei.Time;
using WuWei.Views;
using WuWei.Wishes;

namespace WuWei.Operator.Commands;

public static class VerifyCommands
{
    public static Command Journal() =>
        new("journal", "The record of every change.") { JournalVerify(), JournalAnchor() };

    public static Command Counts()
    {
        var verify = new Command(
            "verify",
            "Count every wish again, replay the views of the last 90 days, and compare. Exit code 2 if a count differs. Stop "
            + "writers first, or run it again.");
        verify.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var differences = await services.GetRequiredService<Recount>().CompareAsync(
                done => progress.Show($"{done} wishes"), cancel);
            var views = await services.GetRequiredService<ViewReplay>().CompareAsync(cancel);
            progress.End();
            return Report("counts equal the recount", [.. differences, .. views]);
        });
        return new Command("counts", "The counts of wishes and views per unit.") { verify };
    }

    public static Command Points()
    {
        var audit = new Command(
            "audit",
            "Recompute the ledger: that it sums to zero, each balance is its transfers, each award was paid as it was decided, "
            + "by the rules of its day, and that acts and awards agree. All of it sees one moment, so it may run under load. "
            + "Exit code 2 if something is wrong.");
        audit.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var report = await services.GetRequiredService<PointsAudit>().RunAsync(
                check => progress.Show($"looking whether {check}"), cancel);
            progress.End();
            return Report(
                $"{report.Accounts} accounts hold {report.Points} points from {report.Awards} awards and {report.Transfers} "
                + "transfers; the ledger is in order",
                report.Faults);
        });
        return new Command("points", "The ledger of points.") { audit };
    }

    private static Command JournalVerify()
    {
        var anchor = new Option<FileInfo>("--anchor")
        {
            Description = "The file that `journal anchor` adds to: with it a chain that was rewritten whole or cut off at "
                + "its end is found, too.",
        };
        var verify = new Command(
            "verify",
            "Recompute every number and hash of the journal, name each entry that was changed, moved, added or removed. "
            + "Exit code 2 if there is one. An entry is covered from when it has its number: normally a second after it "
            + "was written.")
        {
            anchor,
        };
        verify.SetAction(async (parsed, cancel) =>
        {
            var anchors = parsed.GetValue(anchor) is { } file ? Anchor.Read(file.FullName) : [];
            var report = await VerifyAsync(anchors, cancel);
            return Report(
                $"{report.Sealed} entries sealed and verified, {report.Pending} not sealed yet, "
                + $"{anchors.Count} anchors agree\nhead {report.Sealed} {report.Hash}",
                report.Faults);
        });
        return verify;
    }

    private static Command JournalAnchor()
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "Lines of number, hash and time, oldest first; made if there is none. Keep it where the owner of "
                + "the database cannot write.",
        };
        var anchor = new Command(
            "anchor", "Verify the journal, also by the anchors in FILE, and if all is right add where it ends now.")
        {
            file,
        };
        anchor.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var report = await VerifyAsync(File.Exists(path) ? Anchor.Read(path) : [], cancel);
            if (report is { Faults.Count: 0, Sealed: 0 })
            {
                throw new InvalidOperationException("The journal has no sealed entry yet.");
            }

            var end = new Anchor(report.Sealed, report.Hash, TimeProvider.System.Now());
            if (report.Faults.Count == 0)
            {
                end.AppendTo(path);
            }

            return Report($"anchored {end}", report.Faults);
        });
        return anchor;
    }

    private static async Task<JournalReport> VerifyAsync(IReadOnlyList<Anchor> anchors, CancellationToken cancel)
    {
        await using var services = Installation.Open();
        var progress = new Progress();
        var report = await services.GetRequiredService<Verifier>().VerifyAsync(
            anchors, done => progress.Show($"{done} entries"), cancel);
        progress.End();
        return report;
    }

    internal static int Report(string right, IReadOnlyList<string> faults)
    {
        Console.WriteLine(faults.Count == 0 ? right : string.Join('\n', faults.Select(f => $"WRONG {f}")));
        return faults.Count == 0 ? Exit.Done : Exit.Wrong;
    }
}
