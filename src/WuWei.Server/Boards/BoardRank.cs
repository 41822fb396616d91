using StackExchange.Redis;

namespace WuWei.Boards;

/// <summary>
/// A score as one number of Redis, the better the lower, and exact: 23 bits of points above 30 bits of seconds, which a
/// double holds. Equal numbers are ordered by member, which is the id, as in SQL. Pure.
/// </summary>
public static class BoardRank
{
    /// <summary>An organisation would need 800,000 wishes; a person may earn 200 a week.</summary>
    public const long PointsMax = (1L << 23) - 1;

    private const long SecondsRange = 1L << 30;

    /// <summary>The seconds last until 2058.</summary>
    private static readonly DateTime Epoch = new(2024, 7, 1, 0, 0, 0, DateTimeKind.Utc);

    public static double Number(Score score) =>
        Math.Clamp((long)(score.ReachedAt - Epoch).TotalSeconds, 0, SecondsRange - 1)
        - (Math.Min(score.Points, PointsMax) * SecondsRange);

    public static long Points(double number) => -(long)Math.Floor(number / SecondsRange);

    public static SortedSetEntry Entry(Guid subjectId, Score score) => new(Member(subjectId), Number(score));

    public static RedisValue Member(Guid subjectId) => subjectId.ToByteArray(bigEndian: true);
}

/// <summary>
/// One filling of Redis: all boards of people and organisations of the periods that a day is in. The next day has
/// another.
/// </summary>
/// <param name="Number">The last entry of the journal that is in it.</param>
public sealed record BoardRun(Guid Id, DateTime Day, long Number)
{
    /// <summary>Longer than it is used, so that nothing remains of those that a crash or a flush left behind.</summary>
    public static TimeSpan Term { get; } = TimeSpan.FromHours(26);

    public RedisKey Building => $"wuwei:board:{Id:n}";

    /// <summary>Names the run in use and how far it has come, for one generation of scores in SQL.</summary>
    public static RedisKey StateKey(Guid generation) => $"wuwei:boards:{generation:n}";

    public RedisKey Key(BoardSubject kind, Guid unitId, BoardPeriod period) =>
        $"wuwei:board:{Id:n}:{(int)kind}:{(int)period}:{unitId:n}";

    public static BoardRun? Read(RedisValue text) => text.ToString().Split(' ') is [var id, var day, var number]
        ? new BoardRun(
            Guid.ParseExact(id, "n"),
            DateTime.ParseExact(day, "yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture),
            long.Parse(number, System.Globalization.CultureInfo.InvariantCulture))
        : null;

    public override string ToString() => $"{Id:n} {Day:yyyyMMdd} {Number}";
}
