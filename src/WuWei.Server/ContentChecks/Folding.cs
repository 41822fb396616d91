using System.Text;

namespace WuWei.ContentChecks;

/// <summary>
/// One form for the many that a letter or digit may be written in: full width, in circles, bold, italic, raised, upper
/// case. By hand: without ICU, as we run, normalising leaves all of them as they are.
/// </summary>
public static class Folding
{
    private const int WideSpace = 0x3000;
    private const int LettersOfBothCases = 52;
    private const int Letters = 26;

    /// <summary>Alphabets in fancy dress: the first and the last, and after how many letters each starts over.</summary>
    private static readonly (int First, int Last, int Cycle)[] Alphabets =
    [
        (0x1D400, 0x1D6A3, LettersOfBothCases), // 𝐀 … 𝚣
        (0x249C, 0x24B5, Letters), // ⒜
        (0x24B6, 0x24E9, LettersOfBothCases), // Ⓐ … ⓩ
        (0x1F110, 0x1F129, Letters), // 🄐
        (0x1F130, 0x1F149, Letters), // 🄰
        (0x1F150, 0x1F169, Letters), // 🅐
        (0x1F170, 0x1F189, Letters), // 🅰
    ];

    public static string Of(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            folded.Append(Of(rune));
        }

        return $"{folded}";
    }

    /// <summary>One character for one; what has no other form stays. Chinese numerals are words here, and stay, too.</summary>
    public static Rune Of(Rune rune)
    {
        var code = rune.Value;
        foreach (var (first, last, cycle) in Alphabets)
        {
            if (code >= first && code <= last)
            {
                return new Rune('a' + ((code - first) % cycle % Letters));
            }
        }

        return code switch
        {
            WideSpace => new Rune(' '),
            >= 0xFF01 and <= 0xFF5E => Rune.ToLowerInvariant(new Rune(code - 0xFF01 + '!')),
            _ when DigitOf(rune) is { } digit => new Rune('0' + digit),
            _ => Rune.ToLowerInvariant(rune),
        };
    }

    private static int? DigitOf(Rune rune)
    {
        var value = Rune.IsLetter(rune) ? -1 : Rune.GetNumericValue(rune);
        return value is >= 0 and <= 9 && value == Math.Floor(value) ? (int)value : null;
    }
}
