using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace WuWei.ContentChecks;

/// <summary>
/// Our own list of words, the first sieve: what has one is for staff to look at, and never refused for it. The form of its
/// characters, as <see cref="Folding"/> knows them, and whatever is put between them make no difference.
/// </summary>
public static partial class WordList
{
    private static readonly (string Word, string Plain)[] Words = Load();

    /// <summary>The first word of the list that a text has, or null.</summary>
    public static string? Find(string text)
    {
        var plain = Plain(text);
        return Words.FirstOrDefault(w => plain.Contains(w.Plain, StringComparison.Ordinal)).Word;
    }

    /// <summary>
    /// Letters and digits only, each in one form. A digit in a circle, raised or on a key is a mark between letters like
    /// any other; a letter in a circle is read.
    /// </summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in Keys().Replace(text, "").EnumerateRunes())
        {
            var folded = Folding.Of(rune);
            if (Rune.IsLetter(folded) || (Rune.IsDigit(rune) && Rune.IsDigit(folded)))
            {
                plain.Append(folded);
            }
        }

        return plain.ToString();
    }

    [GeneratedRegex(@"[0-9]\uFE0F?\u20E3")]
    private static partial Regex Keys();

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
