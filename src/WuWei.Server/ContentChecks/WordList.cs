using System.Globalization;
using System.Reflection;
using System.Text;

namespace WuWei.ContentChecks;

/// <summary>
/// Our own list of words, the first sieve: what has one is for staff to look at, and never refused for it. Full and half
/// width, case, and whatever is put between the characters make no difference.
/// </summary>
public static class WordList
{
    private const int WideFirst = 0xFF01;
    private const int WideLast = 0xFF5E;
    private const int NarrowFirst = 0x21;

    private static readonly (string Word, string Plain)[] Words = Load();

    /// <summary>The first word of the list that a text has, or null.</summary>
    public static string? Find(string text)
    {
        var plain = Plain(text);
        return Words.FirstOrDefault(w => plain.Contains(w.Plain, StringComparison.Ordinal)).Word;
    }

    /// <summary>Letters and digits only, each in one form.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Select(Narrow).Where(Rune.IsLetterOrDigit))
        {
            plain.Append(Rune.ToLower(rune, CultureInfo.InvariantCulture));
        }

        return plain.ToString();
    }

    /// <summary>By hand: without ICU, as we run, normalising leaves full width as it is.</summary>
    private static Rune Narrow(Rune rune) =>
        rune.Value is >= WideFirst and <= WideLast ? new Rune(rune.Value - WideFirst + NarrowFirst) : rune;

    private static (string, string)[] Load()
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("content-words.txt")!;
        using var reader = new StreamReader(file, Encoding.UTF8);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#')).Select(word => (word, Plain(word))),
        ];
    }
}
