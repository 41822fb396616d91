using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using WuWei.Calls;

namespace WuWei.Tests.Harness;

/// <summary>One scene, asked by everybody in turn: each finds it as if nobody had been there before.</summary>
public sealed class Walk(Scene scene, int number, WishCast cast, IReadOnlyList<Asker> askers)
{
    public const string Closed = "closed";
    private const string Ok = "ok";

    private static readonly Dictionary<string, string> Words = new()
    {
        ["NOT_PERMITTED"] = "no",
        ["WISH_UNKNOWN"] = "unseen",
        ["ACTIVITY_UNKNOWN"] = "unseen",
        ["SHIFT_ROLE_UNKNOWN"] = "unseen",
        ["SIGN_UP_UNKNOWN"] = "unseen",
        ["OFFER_UNKNOWN"] = "unseen",
        ["SHIFT_UNKNOWN"] = "unseen",
        ["APPEAL_UNKNOWN"] = "unseen",
        ["HOURS_UNKNOWN"] = "unseen",
        ["PICTURE_UNKNOWN"] = "unseen",
        ["CONTENT_UNKNOWN"] = "unseen",
        ["THREAD_UNKNOWN"] = "unseen",
        ["REPORT_UNKNOWN"] = "unseen",
        ["SIGN_IN_REQUIRED"] = "none",
    };

    private readonly ConcurrentDictionary<Asker, int> _entries = new();
    private readonly Dictionary<(string Who, string Where), string> _cells = [];
    private readonly Queue<IMessage> _due = new();

    public Scene Scene => scene;
    public int Number => number;
    public WishCast Cast => cast;
    public IReadOnlyList<Asker> Askers => askers;

    /// <summary>Everything that came back: answers, and all that a refusal carries.</summary>
    public List<(Asker Asker, bool Refused, string Text)> Answers { get; } = [];

    /// <summary>What somebody's successes left in the journal.</summary>
    public int EntriesOf(Asker asker) => _entries.GetValueOrDefault(asker);

    public async ValueTask BeforeClosingAsync()
    {
        foreach (var asker in askers)
        {
            await AskAsync(asker, asker.Where);
        }

        // Objects cannot be made in a closed unit. Each success uses one up.
        var successes = askers.Count(a => a.Where == Asker.Here && _cells[(a.Who, a.Where)] == Ok);
        while (!scene.EndsSession && _due.Count <= (scene.Reads ? 0 : successes))
        {
            _due.Enqueue(await scene.PrepareAsync(cast));
        }
    }

    public async ValueTask AfterClosingAsync()
    {
        foreach (var asker in askers.Where(a => a.Where == Asker.Here && !scene.EndsSession))
        {
            await AskAsync(asker, Closed);
        }
    }

    /// <summary>A row for all who get the same answers.</summary>
    public string Picture()
    {
        var columns = _cells.Keys.Select(c => c.Where).Distinct().ToList();
        var rows = _cells.Keys.Select(c => c.Who).Distinct().GroupBy(
            who => string.Join('|', columns.Select(where => _cells.GetValueOrDefault((who, where), ""))));
        var table = rows.Select(same => (string[])[Label([.. same]), .. same.Key.Split('|')])
            .Prepend(["", .. columns]).ToList();
        var widths = columns.Prepend("").Select((_, i) => table.Max(row => row[i].Length) + 2).ToList();
        return string.Concat(table.Select(row =>
            $"    {string.Concat(row.Zip(widths, (cell, width) => cell.PadRight(width)))}".TrimEnd() + "\n"));
    }

    private static string Label(List<string> who)
    {
        var others = Enum.GetNames<Role>().Skip(1).Except(who).ToList();
        return others.Count >= who.Count || !Enum.TryParse<Role>(who[0], out _) ? string.Join(", ", who)
            : others.Count == 0 ? "every role"
            : $"every role but {string.Join(", ", others)}";
    }

    private async Task AskAsync(Asker asker, string where)
    {
        if (!_due.TryPeek(out var request))
        {
            request = await scene.PrepareAsync(cast);
            _due.Enqueue(request);
        }

        try
        {
            var answer = await scene.AskAsync(asker, request);
            _cells[(asker.Who, where)] = Ok;
            _entries[asker] = EntriesOf(asker) + scene.Entries;
            Answers.Add((asker, false, Encoding.UTF8.GetString(answer.ToByteArray())));
            if (!scene.Reads)
            {
                _due.Dequeue();
            }
        }
        catch (RpcException refusal)
        {
            Assert.NotEqual(StatusCode.Internal, refusal.StatusCode);
            _cells[(asker.Who, where)] = Words.GetValueOrDefault(refusal.Reason(), refusal.Reason());
            Answers.Add((asker, true, refusal.Everything()));
        }
    }
}
