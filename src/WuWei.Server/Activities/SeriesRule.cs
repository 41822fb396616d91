using System.Globalization;
using System.Text.RegularExpressions;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>
/// On which days a series has an activity: the part of RFC 5545 in which no day comes twice, and no rule takes long to
/// follow.
/// </summary>
public sealed partial class SeriesRule
{
    private const int LengthMax = 200;

    /// <summary>So many days, weeks or months without a match are followed: a rule that has none is refused.</summary>
    private const int UnmatchedMax = 200;

    private static readonly EvaluationOptions Evaluation = new() { MaxUnmatchedIncrementsLimit = UnmatchedMax };

    private readonly CalendarEvent _days;

    private SeriesRule(string rule, DateTime firstDay) => _days = new CalendarEvent
    {
        DtStart = new CalDateTime(DateOnly.FromDateTime(firstDay)),
        RecurrenceRule = new RecurrenceRule(rule),
    };

    /// <summary>A rule as it is stored.</summary>
    public static SeriesRule Of(string rule, DateTime firstDay) => new(rule, firstDay);

    /// <summary>A rule as somebody wrote it.</summary>
    public static SeriesRule Read(string rule, DateTime firstDay)
    {
        if (!IsUnderstood(rule))
        {
            throw Wrong("只支持 FREQ=DAILY、WEEKLY、MONTHLY，以及 INTERVAL、BYDAY、BYMONTHDAY、UNTIL 或 COUNT。");
        }

        var read = new SeriesRule(rule, firstDay);
        try
        {
            // The second day is followed, too: a rule that has only one must end.
            return read.DaysAfter(firstDay.AddDays(-1)).Take(2).ToList() is [var first, ..] && first == firstDay
                ? read
                : throw Wrong("第一次活动的日期要符合规则。");
        }
        catch (EvaluationException)
        {
            throw Wrong("这个规则没有日期。");
        }
    }

    public IEnumerable<DateTime> DaysAfter(DateTime day) =>
        _days.GetOccurrences(new CalDateTime(DateOnly.FromDateTime(day.AddDays(1))), Evaluation)
            .Select(o => o.Period.StartTime.Date.ToDateTime(TimeOnly.MinValue));

    private static bool IsUnderstood(string rule)
    {
        if (rule.Length > LengthMax)
        {
            return false;
        }

        var parts = rule.Split(';').Select(p => p.Split('=', 2)).ToList();
        if (parts.Any(p => p.Length < 2) || parts.DistinctBy(p => p[0]).Count() < parts.Count)
        {
            return false;
        }

        var byName = parts.ToDictionary(p => p[0], p => p[1]);
        var monthly = byName.GetValueOrDefault("FREQ") == "MONTHLY";
        return byName.ContainsKey("FREQ") && !(byName.ContainsKey("UNTIL") && byName.ContainsKey("COUNT"))
            && byName.All(part => part.Key switch
            {
                "FREQ" => part.Value is "DAILY" or "WEEKLY" or "MONTHLY",
                "INTERVAL" => IsNumber(part.Value, 1, 52),
                "COUNT" => IsNumber(part.Value, 1, 1_000),
                "UNTIL" => DateTime.TryParseExact(
                    part.Value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
                "BYDAY" => part.Value.Split(',').All(d => (monthly ? DayOfMonth() : DayOfWeek()).IsMatch(d)),
                "BYMONTHDAY" => monthly && part.Value.Split(',').All(d => DateOfMonth().IsMatch(d)),
                _ => false,
            });
    }

    private static bool IsNumber(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= min && number <= max;

    private static RefusedException Wrong(string description) =>
        Refuse.Invalid("SERIES_RULE", "重复的规则不对。", new FieldFault("rule", description));

    [GeneratedRegex(@"\A(MO|TU|WE|TH|FR|SA|SU)\z")]
    private static partial Regex DayOfWeek();

    [GeneratedRegex(@"\A(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)\z")]
    private static partial Regex DayOfMonth();

    [GeneratedRegex(@"\A-?([1-9]|[12]\d|3[01])\z")]
    private static partial Regex DateOfMonth();
}
