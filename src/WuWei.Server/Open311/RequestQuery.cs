using System.Globalization;
using WuWei.Errors;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Open311;

/// <summary>Which service requests somebody asks for, checked.</summary>
/// <param name="Ids">Only these, whatever else is said; null for all in the time.</param>
/// <param name="Codes">Of these kinds; empty for all.</param>
/// <param name="Offset">How many of the newest to leave out.</param>
public sealed record RequestQuery(
    IReadOnlyList<Guid>? Ids, IReadOnlyList<string> Codes, bool Open, bool Closed, DateTime From, DateTime To, int Offset,
    int Size)
{
    public const int IdsMax = 100;
    public const int SizeMax = 1_000;

    /// <summary>Who wants more asks for less time.</summary>
    public const int ReachMax = 10_000;

    public static readonly TimeSpan SpanMax = TimeSpan.FromDays(90);

    private const int CodesMax = 200;

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <param name="value">Of a parameter, its values joined by commas; empty when it is not there.</param>
    public static RequestQuery Read(Func<string, string> value, DateTime now)
    {
        if (value("service_request_id") is { Length: > 0 } ids)
        {
            return new RequestQuery(IdsOf(ids), [], Open: true, Closed: true, now, now, Offset: 0, SizeMax);
        }

        var faults = new Faults();
        var (from, to) = TimeOf(value, now, faults);
        var codes = Split(value("service_code"));
        if (codes.Count > CodesMax)
        {
            faults.Add("service_code", $"最多 {CodesMax} 个。");
        }

        var statuses = Split(value("status"));
        if (statuses.Any(s => s is not ("open" or "closed")))
        {
            faults.Add("status", "应为 open 或 closed。");
        }

        var size = NumberOf("page_size", value("page_size"), SizeMax, 1, SizeMax, faults);
        var page = NumberOf("page", value("page"), 1, 1, ReachMax, faults);
        if ((long)page * size > ReachMax)
        {
            faults.Add("page", $"最多翻到第 {ReachMax} 条，请缩短时间段。");
        }

        faults.ThrowIfAny("LIST_FILTER", "查询条件不对。");
        return new RequestQuery(
            null, codes, statuses.Count == 0 || statuses.Contains("open"), statuses.Count == 0 || statuses.Contains("closed"),
            from, to, (page - 1) * size, size);
    }

    /// <summary>Those that can be ids of ours; others are of nothing that there is.</summary>
    private static List<Guid> IdsOf(string text)
    {
        var parts = Split(text);
        return parts.Count > IdsMax
            ? throw Refuse.Invalid(
                "LIST_FILTER", "查询条件不对。", new FieldFault("service_request_id", $"一次最多 {IdsMax} 个。"))
            : [.. parts.Select(IdOf).OfType<Guid>().Distinct()];
    }

    public static Guid? IdOf(string text) => Guid.TryParseExact(text, "D", out var id) ? id : null;

    private static List<string> Split(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>90 days at most: up to now, unless one end or both are given.</summary>
    private static (DateTime From, DateTime To) TimeOf(Func<string, string> value, DateTime now, Faults faults)
    {
        var (start, end) = (
            TimeOf("start_date", value("start_date"), faults), TimeOf("end_date", value("end_date"), faults));
        var to = end ?? (start + SpanMax is { } last && last < now ? last : now);
        var from = start ?? to - SpanMax;
        if (from > to && start is not null && end is not null)
        {
            faults.Add("end_date", "不能早于 start_date。");
        }

        if (to - from > SpanMax)
        {
            faults.Add("end_date", $"和 start_date 最多相隔 {SpanMax.Days} 天。");
        }

        return (from, to);
    }

    private static DateTime? TimeOf(string field, string text, Faults faults)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var time = TimeOf(text);
        if (time is null)
        {
            faults.Add(field, "应为带时区的时间，如 2026-05-01T00:00:00Z；网址里的 + 要写成 %2B。");
        }

        return time;
    }

    /// <summary>A time as the W3C's note on dates and times writes it, with its zone; null for anything else.</summary>
    public static DateTime? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(
            text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        && time.UtcDateTime is { Year: > 2000 and < 3000 } utc
            ? Clock.Micro(utc)
            : null;

    private static int NumberOf(string field, string text, int byDefault, int min, int max, Faults faults)
    {
        if (text.Length == 0)
        {
            return byDefault;
        }

        return faults.Range(
            field, int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0, min, max);
    }
}
