using System.Reflection;
using System.Text;

namespace WuWei.ContentChecks;

/// <summary>
/// Our own list of words, the first sieve: what has one is for staff to look at, and never refused for it. The form of its
/// characters, as <see cref="Folding"/> knows them, and whatever is put between them make no difference.
/// </summary>
public static class WordList
{
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
        foreach (var rune in text.EnumerateRunes().Select(Folding.Of).Where(Rune.IsLetterOrDigit))
        {
            plain.Append(rune);
        }

        return plain.ToString();
    }

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
