using System.Collections.Concurrent;
using CsCheck;

namespace WuWei.Tests.Histories;

/// <summary>
/// Random histories over people, wishes, points and time, lived by the server and by a small model; nothing that can
/// be seen may differ. A few thousand operations in the suite. A hundred thousand, in about ten minutes:
/// <code>
/// WUWEI_HISTORY_OPERATIONS=100000 scripts/test -class '*HistoryTests' -showLiveOutput
/// </code>
/// WUWEI_HISTORY_SEED=SEED begins with the history that a failure named.
/// </summary>
public class HistoryTests(ITestOutputHelper output)
{
    private const int Threads = 4;

    private readonly ConcurrentDictionary<(string What, string Answer), int> _tally = new();
    private int _histories;
    private int _operations;
    private Task<string>? _failure;

    [Fact]
    public async Task Whatever_people_do_and_however_time_passes_server_and_model_tell_the_same()
    {
        var wanted = int.Parse(Environment.GetEnvironmentVariable("WUWEI_HISTORY_OPERATIONS") ?? "3000");
        await Historian.Histories.SampleAsync(
            LiveAsync,
            output.WriteLine,
            seed: Environment.GetEnvironmentVariable("WUWEI_HISTORY_SEED"),
            iter: wanted / Historian.OperationsPerHistory,
            threads: Threads,
            print: history => $"{history.Length} operations");
        output.WriteLine($"{_histories} histories, {_operations} operations, no difference");
        foreach (var what in _tally.GroupBy(t => t.Key.What).OrderBy(g => g.Key))
        {
            var answers = what.OrderByDescending(t => t.Value).Select(t => $"{t.Value} {t.Key.Answer}");
            output.WriteLine($"{what.Key}: {string.Join(", ", answers)}");
        }
    }

    private async Task LiveAsync(Operation[] history)
    {
        if (_failure is not null || await HistoryRun.LiveAsync(history, _tally) is not var (operations, what))
        {
            Interlocked.Increment(ref _histories);
            Interlocked.Add(ref _operations, history.Length);
            return;
        }

        // Smaller histories drawn by chance seldom fail in the same way: leaving out what does not matter leads to one.
        _failure ??= ShrinkAsync([.. history.Take(operations)], what);
        Assert.Fail(await _failure);
    }

    /// <summary>The shortest history found that still ends in a difference, an operation on each line.</summary>
    private static async Task<string> ShrinkAsync(List<Operation> history, string what)
    {
        for (var length = history.Count / 2; length > 0; length /= 2)
        {
            for (var at = history.Count - length; at >= 0; at -= length)
            {
                List<Operation> shorter = [.. history.Take(at), .. history.Skip(at + length)];
                if (await HistoryRun.LiveAsync(shorter) is var (operations, found))
                {
                    (history, what) = ([.. shorter.Take(operations)], found);
                    at = Math.Min(at, history.Count);
                }
            }
        }

        return $"{string.Join('\n', history)}\n\n{what}";
    }
}
