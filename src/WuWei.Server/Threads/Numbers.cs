using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using WuWei.ContentChecks;

namespace WuWei.Threads;

/// <summary>
/// Finds phone and identity numbers among the digits of a text: in one piece, or in pieces with spaces or signs between, as
/// people write them. Pieces that make up a number only by chance, such as times in a row, are told by their sizes.
/// </summary>
public static partial class Numbers
{
    private const int GapMax = 3;
    private const int PiecesMax = 4;
    private const int DigitsMax = 22;

    /// <summary>What stands between a number and the one behind it; a colon is none, as it is in times.</summary>
    private static readonly SearchValues<char> Gaps =
        SearchValues.Create(" \t\n\u3000\u00A0\u200D\uFE0F\u20E3-‐‑–—―－_.·•。,，、/\\|~～*+()（）[]【】'\"“”");

    /// <summary>As people mostly write a phone.</summary>
    private static readonly string[] Usual = ["3-4-4", "3-8", "7-4", "4-7", "3-3-5", "4-8", "6-8-4"];

    /// <summary>Any kind of digit, Chinese and circled ones too.</summary>
    public static int? DigitOf(Rune rune)
    {
        var chinese = rune.Value switch
        {
            '零' or '〇' or '○' => 0,
            '一' or '壹' or '幺' or '弌' => 1,
            '二' or '贰' or '貳' => 2,
            '三' or '叁' or '參' => 3,
            '四' or '肆' => 4,
            '五' or '伍' => 5,
            '六' or '陆' or '陸' => 6,
            '七' or '柒' => 7,
            '八' or '捌' => 8,
            '九' or '玖' => 9,
            _ => -1,
        };
        if (chinese >= 0)
        {
            return chinese;
        }

        var folded = Folding.Of(rune).Value;
        return folded is >= '0' and <= '9' ? folded - '0' : null;
    }

    /// <summary>The letters o and l beside digits are digits, too.</summary>
    public static string WithLookalikes(StringBuilder digits)
    {
        for (var i = 0; i < digits.Length; i++)
        {
            var afterDigit = i > 0 && char.IsAsciiDigit(digits[i - 1]);
            var beforeDigit = i + 1 < digits.Length && char.IsAsciiDigit(digits[i + 1]);
            if (digits[i] is 'o' or 'l' or 'i' && (afterDigit || beforeDigit))
            {
                digits[i] = digits[i] == 'o' ? '0' : '1';
            }
        }

        return $"{digits}";
    }

    /// <param name="text">With every kind of digit as 0 to 9, in lower case.</param>
    public static IEnumerable<Number> Find(string text)
    {
        var pieces = Pieces().Matches(text);
        for (var first = 0; first < pieces.Count; first++)
        {
            if (FindFrom(text, pieces, first) is not var (number, last))
            {
                continue;
            }

            yield return number;
            first = last;
        }
    }

    private static (Number Number, int Last)? FindFrom(string text, MatchCollection pieces, int first)
    {
        var digits = new StringBuilder();
        (Number, int)? found = null;
        for (var last = first; last < pieces.Count; last++)
        {
            if (last > first && !AreNear(text, pieces[last - 1], pieces[last]))
            {
                break;
            }

            digits.Append(pieces[last].ValueSpan);
            if (digits.Length > DigitsMax && last > first)
            {
                break;
            }

            var end = pieces[last].Index + pieces[last].Length;
            var whole = $"{digits}";
            // In one piece it may stand among others: a digit too many does not show it.
            var isIdentity = (last == first ? Identity() : WholeIdentity()).IsMatch(whole + CheckLetter(text, end));
            var isPhone = !isIdentity
                && ((last == first && LongPhone().IsMatch(whole)) || IsWholePhone(text, pieces[first], whole));
            if ((isIdentity || isPhone) && (last == first || LookLikeOne(text, pieces, first, last)))
            {
                var tail = isIdentity ? CheckLetterEnd(text, end) : CapEnd(text, end);
                found = (new Number(StartOf(text, pieces[first].Index), tail, isIdentity), last);
            }
        }

        return found;
    }

    private static bool IsWholePhone(string text, Match first, string digits) =>
        Mobile().IsMatch(digits) || LandLine().IsMatch(digits)
        || (LocalLine().IsMatch(digits) && CalledPhone().IsMatch(text[Math.Max(0, first.Index - 8)..first.Index]));

    /// <summary>With the plus before it.</summary>
    private static int StartOf(string text, int index) => index > 0 && text[index - 1] is '+' or '(' ? index - 1 : index;

    private static bool AreNear(string text, Match one, Match next)
    {
        var gap = text.AsSpan(one.Index + one.Length, next.Index - one.Index - one.Length);
        return gap.Length <= GapMax && gap.IndexOfAnyExcept(Gaps) < 0;
    }

    private static bool LookLikeOne(string text, MatchCollection pieces, int first, int last)
    {
        var sizes = Enumerable.Range(first, last - first + 1).Select(i => pieces[i].Length).ToList();
        if (sizes.All(size => size == 1) || Usual.Any($"-{string.Join('-', sizes)}".EndsWith))
        {
            return true;
        }

        var gaps = Enumerable.Range(first, last - first)
            .Select(i => text[(pieces[i].Index + pieces[i].Length)..pieces[i + 1].Index]).Distinct().ToList();
        var end = pieces[last].Index + pieces[last].Length;
        return (sizes.Count <= PiecesMax || (gaps.Count == 1 && gaps[0] is " " or "-"))
            && !(end < text.Length && "元块毛角万年月日号点时分岁平米斤%".Contains(text[end]));
    }

    /// <summary>Behind the cap of a key that the last digit was typed as.</summary>
    private static int CapEnd(string text, int end)
    {
        while (end < text.Length && text[end] is '\uFE0F' or '\u20E3')
        {
            end++;
        }

        return end;
    }

    private static string CheckLetter(string text, int end) => CheckLetterEnd(text, end) > end ? "x" : "";

    private static int CheckLetterEnd(string text, int end) =>
        end < text.Length && text[end] == 'x' ? end + 1
        : end + 1 < text.Length && text[end] is ' ' or '-' && text[end + 1] == 'x' ? end + 2
        : end;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Pieces();

    [GeneratedRegex("^(?:0086|86|0)?1[3-9][0-9]{9}$")]
    private static partial Regex Mobile();

    /// <summary>A piece this long is a number of something; if a phone is in it, it is not shown.</summary>
    [GeneratedRegex("1[3-9][0-9]{9}")]
    private static partial Regex LongPhone();

    [GeneratedRegex("^(?:86)?0(?:10|2[0-9])[2-8][0-9]{7}$|^(?:86)?0[3-9][0-9]{2}[2-8][0-9]{6,7}$")]
    private static partial Regex LandLine();

    /// <summary>Without area code.</summary>
    [GeneratedRegex("^[2-8][0-9]{6,7}$")]
    private static partial Regex LocalLine();

    [GeneratedRegex("电话|座机|固话|手机|号码|打|拨|联系|tel|致电")]
    private static partial Regex CalledPhone();

    [GeneratedRegex("[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x]")]
    private static partial Regex Identity();

    [GeneratedRegex("^[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x]$")]
    private static partial Regex WholeIdentity();

    /// <summary>Where one is in a text.</summary>
    public readonly record struct Number(int Start, int End, bool IsIdentity);
}
