using System.Globalization;
using System.Text;

namespace WuWei.Tests.Feeds;

/// <summary>
/// What a partner's system makes of the journal, for its engineers to read. How far it has come and what the entries did are
/// written together, here as one line of a file, in earnest in one transaction of a database: so a crash leaves both or
/// neither, and an entry that comes again is recognised by its number.
/// </summary>
public sealed class SampleBook
{
    private readonly string _path;
    private readonly List<long> _done = [];

    public SampleBook(string path)
    {
        _path = path;
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        // A line without its end was being written when the system crashed: none of it happened.
        File.WriteAllText(path, whole);
        foreach (var line in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = line.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToList();
            SeenUntil = numbers[0];
            _done.AddRange(numbers.Skip(1));
        }
    }

    /// <summary>Where to go on.</summary>
    public long SeenUntil { get; private set; }

    /// <summary>The entries that had their effect, in the order in which they had it.</summary>
    public IReadOnlyList<long> Done => _done;

    public void Keep(IEnumerable<Wire.JournalEntry> entries, long seenUntil)
    {
        var news = entries.Select(e => e.Number).Where(n => n > SeenUntil).ToList();
        if (seenUntil <= SeenUntil)
        {
            return;
        }

        File.AppendAllText(_path, $"{string.Join(' ', news.Prepend(seenUntil))}\n", Encoding.ASCII);
        SeenUntil = seenUntil;
        _done.AddRange(news);
    }

    /// <summary>What a crash in the middle of writing leaves.</summary>
    public static void Tear(string path) => File.AppendAllText(path, "999999 99");
}
