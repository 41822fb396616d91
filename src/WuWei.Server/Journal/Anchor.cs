using System.Globalization;
using System.Text;
using WuWei.Data;

namespace WuWei.Journal;

/// <summary>
/// The hash the journal had at a number, noted where the owner of the database cannot write: whoever rewrites the whole
/// chain, or cuts its end off, cannot rewrite this.
/// </summary>
public sealed record Anchor(long Number, string Hash, DateTime At)
{
    private const int HashDigits = 64;
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ssZ";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Number} {Hash} {At.ToString(TimeFormat, CultureInfo.InvariantCulture)}");

    /// <exception cref="InvalidDataException">No anchor, or a line that is none: it proves nothing.</exception>
    public static List<Anchor> Read(string path)
    {
        var lines = File.ReadAllText(path).Split('\n');
        // Every line is ended; what follows the last end was cut off while it was written.
        List<Anchor> anchors = [.. lines.SkipLast(1).Select((line, i) => Parse(line) ?? throw Damaged(i + 1))];
        return lines[^1].Length > 0 ? throw Damaged(lines.Length)
            : anchors.Count == 0 ? throw new InvalidDataException($"{path} holds no anchor.")
            : anchors;

        InvalidDataException Damaged(int line) => new($"{path} is damaged: line {line} is no \"number hash time\".");
    }

    /// <summary>Adds a line; the file is made if there is none.</summary>
    public void AppendTo(string path) => DurableFile.Append(path, Encoding.ASCII.GetBytes($"{this}\n"));

    private static Anchor? Parse(string line) =>
        line.Split(' ') is [var number, { Length: HashDigits } hash, var at]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0
        && hash.All(char.IsAsciiHexDigitLower)
        && DateTime.TryParseExact(at, TimeFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? new Anchor(n, hash, time)
            : null;
}
