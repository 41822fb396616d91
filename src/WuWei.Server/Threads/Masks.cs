using System.Text;
using System.Text.RegularExpressions;
using WuWei.ContentChecks;

namespace WuWei.Threads;

/// <summary>
/// Hides by what somebody could be reached or found outside of a thread: phone and identity numbers however their digits are
/// written, accounts elsewhere that are announced as such, and doors of buildings. Prices, times, dates and floors stay. Who
/// wants to get a number past it will; it keeps people from giving theirs away without thinking.
/// </summary>
public static partial class Masks
{
    private const string Phone = "［电话已隐藏］";
    private const string Identity = "［证件号已隐藏］";
    private const string Account = "［账号已隐藏］";
    private const string Door = "［门牌已隐藏］";

    /// <param name="befores">
    /// What the same author wrote before, each by itself: a number that begins there is hidden from here on.
    /// </param>
    /// <returns>The text with what is hidden replaced, and whether anything was.</returns>
    public static (string Text, bool Masked) Hide(string text, params string[] befores)
    {
        var plain = new PlainText(text);
        var hidden = new List<Hidden>();
        hidden.AddRange(Numbers.Find(plain.Digits).Select(n => new Hidden(n.Start, n.End, n.IsIdentity ? Identity : Phone)));
        foreach (var before in befores.Where(b => b.Length > 0))
        {
            var digitsBefore = $"{new PlainText(before).Digits}\n";
            hidden.AddRange(Numbers.Find(digitsBefore + plain.Digits)
                .Select(n =>
                    (End: n.End - digitsBefore.Length, BeginsBefore: n.Start < digitsBefore.Length, n.IsIdentity))
                .Where(n => n is { BeginsBefore: true, End: > 0 })
                .Select(n => new Hidden(0, n.End, n.IsIdentity ? Identity : Phone)));
        }

        foreach (var pattern in new[] { Announced(), AnnouncedBehind(), Mail() })
        {
            hidden.AddRange(pattern.Matches(plain.Narrow).Select(m => m.Groups["id"]).Select(Of(Account)));
        }

        hidden.AddRange(Chain().Matches(plain.Narrow).Where(m => Inside().IsMatch(m.Value)).Select(Of(Door)));
        foreach (var pattern in new[] { House(), Room(), Street(), Dashed() })
        {
            hidden.AddRange(pattern.Matches(plain.Narrow).Where(m => !IsDay(m)).Select(Of(Door)));
        }

        return hidden.Count == 0 ? (text, false) : (plain.Without(hidden), true);

        static Func<Capture, Hidden> Of(string label) => c => new Hidden(c.Index, c.Index + c.Length, label);
    }

    /// <summary>7-1-2026 is a day, not a flat.</summary>
    private static bool IsDay(Match match) =>
        match.Groups["year"] is { Success: true } && int.Parse(match.Groups["a"].ValueSpan) <= 31
        && int.Parse(match.Groups["b"].ValueSpan) <= 31;

    /// <summary>微信: abc_123, 加v abc123, QQ群 12345678.</summary>
    [GeneratedRegex(
        """
        (?:微信|威信|薇信|v信|微x|(?<![a-z])(?:weixin|wechat|vx|wx)|(?<![a-z])qq|扣扣|企鹅|抖音|快手|加(?:我|个|下|你)?[vｖ微薇])
        (?:账号|帐号|号码?|群号?|id)?[\s:：=是为，,。.\-—~]{0,6}
        (?<id>[a-z](?:[-_]?[a-z0-9]){4,19}|(?<![0-9])[0-9](?:[ -]?[0-9]){4,12}(?![0-9]|[\s]?[元块毛角分]))
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Announced();

    /// <summary>abc_123 是我的微信, abc123（微信）.</summary>
    [GeneratedRegex(
        """
        (?<![a-z0-9])(?<id>[a-z](?:[-_]?[a-z0-9]){5,19}|[0-9]{6,12})
        [\s（(,，]{0,3}(?:这?是)?我?的?(?:微信|威信|薇信|vx|wx|qq|扣扣)(?!支付|转账|付款|红包)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex AnnouncedBehind();

    [GeneratedRegex(@"(?<id>[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})")]
    private static partial Regex Mail();

    /// <summary>3幢2单元502, 三栋五楼: parts of an address in a row, of which one must be <see cref="Inside"/> a building.</summary>
    [GeneratedRegex(
        """
        (?<![0-9一二三四五六七八九十百零〇])
        (?:[0-9]{1,4}[a-z]?|[一二三四五六七八九十百零〇]{1,5}|[a-z])\s?(?:号楼|[#幢栋座楼层门号户]|单元|室(?![一二两三0-9]厅))
        (?:[\s,，、\-—/的]{0,2}(?:[0-9]{1,4}[a-z]?|[一二三四五六七八九十百零〇]{1,5}|[a-z])
          \s?(?:号楼|[#幢栋座楼层门号户]|单元|室(?![一二两三0-9]厅)))+
        (?:[\s\-—]?[0-9]{2,4}[室户号]?(?![0-9元块年月日点]))?
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Chain();

    [GeneratedRegex("号楼|[幢栋座室#]|单元")]
    private static partial Regex Inside();

    /// <summary>3幢, 12号楼502, B座, 二单元; but not 一栋楼 nor 这栋楼.</summary>
    [GeneratedRegex(
        """
        (?<![0-9一二三四五六七八九十百零〇这那每哪某同整几])
        (?:(?:[0-9]{1,3}[a-z]?|[一二三四五六七八九十]{1,3}|[a-z])\s?(?:号楼|单元)
          |(?:[0-9]{1,3}[a-z]?|[二三四五六七八九十][一二三四五六七八九十]{0,2}|一(?!栋|幢)|[a-z])\s?[幢栋](?!楼(?![下上道顶前后])|房|高|别墅|老)
          |一[幢栋](?=[\s,，]?[0-9一二三四五六七八九十])
          |(?<![a-z])[a-z]座(?![椅位]))
        (?:[\s,，\-—]{0,2}[0-9]{2,4}[室户号]?(?![0-9元块年月日点分个人]))?
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex House();

    /// <summary>502室, 五〇二室; but not 三室一厅.</summary>
    [GeneratedRegex(@"(?<![0-9])(?:[0-9]{3,4}[a-z]?|[一二三四五六七八九十零〇]{3,4})\s?室(?![0-9一二两三]厅)")]
    private static partial Regex Room();

    /// <summary>莫愁湖东路8号, 大道12-3号, 云栖里12号院; but not 3号线 nor a day.</summary>
    [GeneratedRegex(
        """
        (?:(?<=[^上走马这那][路街巷弄])|(?<=大道)|(?<=[^这那哪家夜心院区][里村苑园坊庄])(?=\s?[0-9]{1,4}号\s?(?:院|门|楼|[0-9一二三四五六七八九])))
        \s?[0-9一二三四五六七八九十百]{1,5}(?:-[0-9]{1,3})?号(?!线|公交|车|地铁|开|上午|下午|晚)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Street();

    /// <summary>3-2-502, 12#502.</summary>
    [GeneratedRegex(
        """
        (?<![0-9.\-/#:])(?:
          (?<a>[0-9]{1,3})[-—](?<b>[0-9]{1,2})[-—](?:(?<year>(?:19|20)[0-9]{2})|[0-9]{3,4})
          |[0-9]{1,3}\#[0-9]{3,4})
        (?![0-9\-/.:元块年月日号点])
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Dashed();

    private sealed record Hidden(int Start, int End, string Label);

    /// <summary>
    /// A text with one character for each that a reader sees, twice: each in one form; and every kind of digit a digit.
    /// </summary>
    private sealed class PlainText
    {
        private readonly string _text;
        private readonly List<int> _starts = [];

        public PlainText(string text)
        {
            _text = text;
            var (narrow, digits) = (new StringBuilder(), new StringBuilder());
            var at = 0;
            foreach (var rune in text.EnumerateRunes())
            {
                _starts.Add(at);
                at += rune.Utf16SequenceLength;
                var plain = Narrowed(rune);
                narrow.Append(plain);
                digits.Append(Numbers.DigitOf(rune) is { } digit ? (char)('0' + digit) : plain);
            }

            _starts.Add(at);
            (Narrow, Digits) = ($"{narrow}", Numbers.WithLookalikes(digits));
        }

        public string Narrow { get; }

        public string Digits { get; }

        public string Without(List<Hidden> hidden)
        {
            var shown = new StringBuilder();
            var at = 0;
            foreach (var part in hidden.OrderBy(h => h.Start).ThenByDescending(h => h.End))
            {
                if (part.End <= at)
                {
                    continue;
                }

                // What overlaps is hidden as one.
                if (part.Start >= at)
                {
                    shown.Append(_text, _starts[at], _starts[part.Start] - _starts[at]).Append(part.Label);
                }

                at = part.End;
            }

            return $"{shown.Append(_text, _starts[at], _text.Length - _starts[at])}";
        }

        /// <summary>A picture, or a rarer character, is as good as any other.</summary>
        private static char Narrowed(Rune rune) =>
            Folding.Of(rune).Value is <= char.MaxValue and var plain ? (char)plain : '\u25A1';
    }
}
