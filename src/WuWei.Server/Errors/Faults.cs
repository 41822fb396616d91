using System.Globalization;
using System.Text;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Errors;

/// <summary>
/// Reads the fields of a hostile request, gathering what is wrong with each, so that a form shows all its faults at
/// once. <see cref="ThrowIfAny"/> ends the reading.
/// </summary>
public sealed class Faults
{
    /// <summary>
    /// More help nobody, and a refusal travels in headers: one that is too long for a client ends its whole connection,
    /// and with it the calls of everybody else on it.
    /// </summary>
    public const int CountMax = 20;

    private const int PhoneLengthMax = 20;
    private const int ReportDaysMax = 366;

    private readonly List<FieldFault> _faults = [];

    public void Add(string field, string description)
    {
        if (_faults.Count < CountMax)
        {
            _faults.Add(new FieldFault(field, description));
        }
    }

    public void ThrowIfAny(string reason, string message)
    {
        if (_faults.Count > 0)
        {
            throw Refuse.Invalid(reason, message, [.. _faults]);
        }
    }

    /// <summary>Trimmed text of <paramref name="min"/> to <paramref name="max"/> characters.</summary>
    public string Text(string field, string text, int min, int max, bool lines = false)
    {
        var trimmed = Tidy(text);
        if (!IsPlain(trimmed, lines))
        {
            Add(field, "含有不能使用的字符。");
            return "";
        }

        var length = Length(trimmed);
        if (length < min || length > max)
        {
            Add(field, min == 0 ? $"最多 {max} 个字。" : $"需要 {min} 到 {max} 个字。");
        }

        return trimmed;
    }

    /// <summary>A mobile number of the mainland.</summary>
    public string Mobile(string field, string text)
    {
        if (!IsMobile(text))
        {
            Add(field, "请填写 11 位手机号。");
        }

        return text;
    }

    /// <summary>The digits of a mobile number, or of a land line with its area code; hyphens are left out.</summary>
    public string Phone(string field, string text)
    {
        var digits = text.Length <= PhoneLengthMax ? text.Replace("-", "", StringComparison.Ordinal) : "";
        var landLine = digits.Length is >= 10 and <= 12 && digits[0] == '0' && digits.All(char.IsAsciiDigit);
        if (!IsMobile(digits) && !landLine)
        {
            Add(field, "请填写手机号，或带区号的座机号。");
        }

        return digits;
    }

    public int Range(string field, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            Add(field, $"需要在 {min} 到 {max} 之间。");
        }

        return value;
    }

    public Guid Id(string field, string text)
    {
        if (!TryId(text, out var id))
        {
            Add(field, "编号格式不对。");
        }

        return id;
    }

    public T Enum<T>(string field, int number)
        where T : struct, Enum
    {
        if (EnumOf<T>(number) is { } value)
        {
            return value;
        }

        Add(field, "请选择其中一项。");
        return default;
    }

    /// <summary>A number on the wire as one of our byte-sized enums; null for 0 and for what it does not have.</summary>
    public static T? EnumOf<T>(int number)
        where T : struct, Enum =>
        number is > 0 and <= byte.MaxValue && System.Enum.IsDefined(typeof(T), (byte)number)
            ? (T)System.Enum.ToObject(typeof(T), (byte)number)
            : null;

    /// <summary>An id in its canonical text: lower case, with hyphens.</summary>
    public static Guid IdOf(string field, string text) =>
        TryId(text, out var id)
            ? id
            : throw Refuse.Invalid("ID_FORMAT", "编号格式不对。", new FieldFault(field, "应为小写的 UUID。"));

    /// <summary>A reason or note that a call demands.</summary>
    public static string TextOf(string field, string text, int min, int max)
    {
        var faults = new Faults();
        var trimmed = faults.Text(field, text, min, max, lines: true);
        faults.ThrowIfAny("TEXT_LENGTH", min == 0
            ? $"最多 {max} 个字，不要含特殊字符。"
            : $"请写 {min} 到 {max} 个字，不要含特殊字符。");
        return trimmed;
    }

    public static bool IsMobile(string text) => text.Length == 11 && text[0] == '1' && text.All(char.IsAsciiDigit);

    /// <summary>A time on the wire, to the microsecond we store.</summary>
    public static DateTime? TimeOf(string field, Timestamp? time)
    {
        // Year 1 to 9999 and nanoseconds in range, as the type's own definition says.
        if (time is null)
        {
            return null;
        }

        if (time.Seconds is < -62_135_596_800 or > 253_402_300_799 || time.Nanos is < 0 or > 999_999_999)
        {
            throw Refuse.Invalid("TIME_RANGE", "时间不对。", new FieldFault(field, "超出范围。"));
        }

        return Clock.Micro(time.ToDateTime());
    }

    /// <summary>Refuses a list that is asked for in a way that makes no sense.</summary>
    public static void DemandFilter(bool right, string field, string description)
    {
        if (!right)
        {
            throw Refuse.Invalid("LIST_FILTER", "筛选条件不对。", new FieldFault(field, description));
        }
    }

    /// <summary>A day of China on the wire, such as 2026-07-01; without zone, as we store days.</summary>
    public static DateTime DayOf(string field, string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Refuse.Invalid("DAY_FORMAT", "日期格式不对。", new FieldFault(field, "应为 2026-07-01 这样的日期。"));

    /// <summary>The days of a report, both included: a year at most, and none that is still to come.</summary>
    public static (DateTime From, DateTime To) PeriodOf(string fromDay, string toDay, DateTime now)
    {
        var (from, to) = (DayOf("from_day", fromDay), DayOf("to_day", toDay));
        return from <= to && (to - from).Days < ReportDaysMax && to <= Clock.Day(now)
            ? (from, to)
            : throw Refuse.Invalid(
                "REPORT_PERIOD", $"时间段要从早到晚，最多 {ReportDaysMax} 天，到今天为止。",
                new FieldFault("to_day", "超出范围。"));
    }

    /// <summary>Characters as a reader counts them: code points.</summary>
    public static int Length(string text) => text.EnumerateRunes().Count();

    /// <summary>No control characters, no bidirectional overrides, no invisible or unassigned ones.</summary>
    public static bool IsPlain(string text, bool lines) => text.EnumerateRunes().All(rune =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control => lines && rune.Value == '\n',
            // Joins emoji; the other format characters hide or reverse text.
            UnicodeCategory.Format => rune.Value == 0x200D,
            UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
            _ => true,
        });

    /// <summary>Without the marks that pasting leaves behind and nobody sees.</summary>
    public static string Tidy(string text) => text
        .Replace("\u200B", "", StringComparison.Ordinal)
        .Replace("\uFEFF", "", StringComparison.Ordinal)
        .Replace("\r\n", "\n", StringComparison.Ordinal)
        .Trim();

    private static bool TryId(string text, out Guid id) =>
        Guid.TryParseExact(text, "D", out id) && id.ToString() == text && id != Guid.Empty;
}
