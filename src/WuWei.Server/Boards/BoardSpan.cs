namespace WuWei.Boards;

/// <summary>Who is ranked; numbered as in boards.proto, the first two as accounts are.</summary>
public enum BoardSubject : byte
{
    Person = 1,
    Organisation,
    Unit,
}

/// <summary>Numbered as in boards.proto.</summary>
public enum BoardMeasure : byte
{
    Points = 1,
    Rating,
}

/// <summary>Numbered as in boards.proto.</summary>
public enum BoardPeriod : byte
{
    Day = 1,
    Week,
    Month,
    Quarter,
    Year,
    AllTime,
}

/// <summary>One period of China's days. Pure.</summary>
/// <param name="EndsOn">The first day after it.</param>
public sealed record BoardSpan(BoardPeriod Period, DateTime StartsOn, DateTime EndsOn)
{
    public static DateTime FirstDay { get; } = new(2000, 1, 1);

    private const int DayBoardsKeptDays = 92;
    private const int WeekBoardsKeptDays = 731;

    private static readonly BoardSpan AllTime = new(BoardPeriod.AllTime, FirstDay, DateTime.MaxValue.Date);

    /// <summary>The period of a kind that a day is in.</summary>
    public static BoardSpan Of(BoardPeriod period, DateTime day)
    {
        var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
        var month = new DateTime(day.Year, day.Month, 1);
        var quarter = month.AddMonths(-((day.Month - 1) % 3));
        var year = new DateTime(day.Year, 1, 1);
        return period switch
        {
            BoardPeriod.Day => new(period, day, day.AddDays(1)),
            BoardPeriod.Week => new(period, monday, monday.AddDays(7)),
            BoardPeriod.Month => new(period, month, month.AddMonths(1)),
            BoardPeriod.Quarter => new(period, quarter, quarter.AddMonths(3)),
            BoardPeriod.Year => new(period, year, year.AddYears(1)),
            _ => AllTime,
        };
    }

    /// <summary>All the periods that a day is in.</summary>
    public static IReadOnlyList<BoardSpan> All(DateTime day) =>
        [.. Enum.GetValues<BoardPeriod>().Select(p => Of(p, day))];

    /// <summary>Boards that began earlier are forgotten; null where none is.</summary>
    public static DateTime? KeptFrom(BoardPeriod period, DateTime today) => period switch
    {
        BoardPeriod.Day => today.AddDays(-DayBoardsKeptDays),
        BoardPeriod.Week => today.AddDays(-WeekBoardsKeptDays),
        _ => null,
    };

    public bool IsKept(DateTime today) => !(StartsOn < KeptFrom(Period, today));

    /// <summary>Whether its boards stay as they are.</summary>
    public bool IsSettled(DateTime settledOn) => EndsOn <= settledOn;
}
