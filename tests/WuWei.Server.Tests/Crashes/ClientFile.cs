using System.Globalization;

namespace WuWei.Tests.Crashes;

/// <summary>
/// All that a client keeps: each call with its key before it is sent, and each answer. A client that forgot everything
/// goes on from here, and the judge at the end believes nothing else.
/// </summary>
public sealed class ClientFile
{
    private readonly string _path;
    private readonly Dictionary<(int Life, string Step), Intent> _intents = [];

    public ClientFile(string path)
    {
        _path = path;
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            Take(line.Split('\t'));
        }
    }

    public IEnumerable<Intent> Intents => _intents.Values;

    /// <summary>The life in hand, or the next.</summary>
    public int Life { get; private set; } = 1;

    public bool IsMidLife => _intents.ContainsKey((Life, CrashLoad.FirstStep));

    /// <summary>What was asked before in this step of this life, or now for the first time.</summary>
    public Intent Of(string step) => _intents.GetValueOrDefault((Life, step))
        ?? new Intent(Life, step, Guid.NewGuid().ToString(), 0, default, null);

    public void Sending(Intent intent) => Write("sending", intent, "");

    public void Answered(Intent intent, string answer) => Write("answered", intent, answer);

    private void Write(string what, Intent intent, string answer)
    {
        string[] line =
        [
            what, intent.Life.ToString(CultureInfo.InvariantCulture), intent.Step, intent.Key,
            DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture), answer,
        ];
        File.AppendAllText(_path, string.Join('\t', line) + "\n");
        Take(line);
    }

    private void Take(string[] line)
    {
        var life = int.Parse(line[1], CultureInfo.InvariantCulture);
        var before = _intents.GetValueOrDefault((life, line[2]))
            ?? new Intent(life, line[2], line[3], 0, default, null);
        _intents[(life, line[2])] = line[0] == "sending"
            ? before with
            {
                Sent = before.Sent + 1,
                SentAt = DateTime.Parse(line[4], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            }
            : before with { Answer = line[5] };
        if (line is ["answered", _, CrashLoad.LastStep, ..])
        {
            Life++;
        }
    }

    /// <param name="Sent">How often.</param>
    /// <param name="SentAt">When last.</param>
    /// <param name="Answer">A definite one; null while there is none.</param>
    public sealed record Intent(int Life, string Step, string Key, int Sent, DateTime SentAt, string? Answer);
}
