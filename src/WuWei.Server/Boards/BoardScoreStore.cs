using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using WuWei.Data;

namespace WuWei.Boards;

/// <summary>Every SQL statement that writes scores, and that compares them.</summary>
public static class BoardScoreStore
{
    private const int RowsMax = 5_000;
    private const int RowBytes = 128;

    /// <summary>Many rows are one parameter: cheaper to send than one each for all their columns.</summary>
    private const string Insert =
        """
        INSERT INTO board_score (kind, subject_id, unit_id, period, starts_on, points, reached_at)
        SELECT r.kind, UNHEX(r.subject_id), UNHEX(r.unit_id), r.period, r.starts_on, r.points, r.reached_at
        FROM JSON_TABLE(@rows, '$[*]' COLUMNS (
          kind INT PATH '$[0]', subject_id CHAR(32) PATH '$[1]', unit_id CHAR(32) PATH '$[2]', period INT PATH '$[3]',
          starts_on DATE PATH '$[4]', points BIGINT PATH '$[5]', reached_at DATETIME PATH '$[6]')) r
        ON DUPLICATE KEY UPDATE
        """;

    /// <summary>Adds to scores.</summary>
    public static void QueueAdded(this DbSession db, IEnumerable<KeyValuePair<ScoreKey, Score>> scores) =>
        db.QueueScores(
            RowsOf(scores),
            """
             points = board_score.points + VALUES(points), reached_at = GREATEST(board_score.reached_at, VALUES(reached_at))
            """);

    /// <summary>Sets scores to what they should be.</summary>
    /// <param name="rows">Of <see cref="RowsOf"/>.</param>
    public static void QueueSet(this DbSession db, IEnumerable<string> rows) =>
        db.QueueScores(rows, " points = VALUES(points), reached_at = VALUES(reached_at)");

    /// <summary>Scores as the statements take them, in the order they are stored in.</summary>
    public static List<string> RowsOf(IEnumerable<KeyValuePair<ScoreKey, Score>> scores)
    {
        // In the order of the key: neighbours are on one page, and two writers cannot wait for each other.
        var ordered = scores.ToArray();
        Array.Sort(ordered, (a, b) => Compare(a.Key, b.Key));
        return [.. ordered.Chunk(RowsMax).Select(Json)];
    }

    /// <summary>The scores of subjects of a kind, from one, excluded, to another; of all periods kept.</summary>
    public static async Task<List<KeyValuePair<ScoreKey, Score>>> ListScoresAsync(
        this DbSession db, BoardSubject kind, Guid after, Guid last) => [
        .. (await db.ListAsync<ScoreRow>(
            """
            SELECT kind, subject_id, unit_id, period, starts_on, points, reached_at FROM board_score
            WHERE kind = @kind AND subject_id > @after AND subject_id <= @last
            """, new { kind, after, last })).Select(ToPair),
    ];

    /// <summary>The scores of some subjects of a kind in these periods.</summary>
    public static async Task<List<KeyValuePair<ScoreKey, Score>>> ListScoresAsync(
        this DbSession db, BoardSubject kind, IEnumerable<Guid> subjectIds, IEnumerable<BoardSpan> spans) => [
        .. (await db.ListAsync<ScoreRow>(
            """
            SELECT s.kind, s.subject_id, s.unit_id, s.period, s.starts_on, s.points, s.reached_at
            FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i
            JOIN board_score s ON s.kind = @kind AND s.subject_id = UNHEX(i.id)
            JOIN JSON_TABLE(@spans, '$[*]' COLUMNS (period INT PATH '$.period', starts_on DATE PATH '$.startsOn')) p
              ON p.period = s.period AND p.starts_on = s.starts_on
            """,
            new { kind, ids = Json(subjectIds.Select(id => id.ToString("n"))), spans = Json(spans.Select(Named)) }))
        .Select(ToPair),
    ];

    /// <summary>The ranked scores of a unit in these periods.</summary>
    public static async Task<List<KeyValuePair<ScoreKey, Score>>> ListRankedAsync(
        this DbSession db, BoardSubject kind, Guid unitId, IEnumerable<BoardSpan> spans) => [
        .. (await db.ListAsync<ScoreRow>(
            """
            SELECT s.kind, s.subject_id, s.unit_id, s.period, s.starts_on, s.points, s.reached_at
            FROM JSON_TABLE(@spans, '$[*]' COLUMNS (period INT PATH '$.period', starts_on DATE PATH '$.startsOn')) p
            JOIN board_score s ON s.kind = @kind AND s.unit_id = @unitId AND s.period = p.period
              AND s.starts_on = p.starts_on AND s.points > 0
            """, new { kind, unitId, spans = Json(spans.Select(Named)) })).Select(ToPair),
    ];

    /// <summary>Forgets the oldest of a unit's boards of one kind of period.</summary>
    /// <returns>How many scores there were, at most so many.</returns>
    public static Task<int> ForgetScoresAsync(
        this DbSession db, BoardSubject kind, Guid unitId, BoardPeriod period, DateTime before, int countMax) =>
        db.ExecuteAsync(
            """
            DELETE FROM board_score
            WHERE kind = @kind AND unit_id = @unitId AND period = @period AND starts_on < @before LIMIT @countMax
            """, new { kind, unitId, period, before, countMax });

    private static void QueueScores(this DbSession db, IEnumerable<string> rows, string onDuplicate)
    {
        foreach (var some in rows)
        {
            db.Queue(Insert + onDuplicate, new { rows = some });
        }
    }

    private static int Compare(in ScoreKey a, in ScoreKey b) =>
        a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind)
        : a.SubjectId != b.SubjectId ? a.SubjectId.CompareTo(b.SubjectId)
        : a.UnitId != b.UnitId ? a.UnitId.CompareTo(b.UnitId)
        : a.Period != b.Period ? a.Period.CompareTo(b.Period)
        : a.StartsOn.CompareTo(b.StartsOn);

    private static string Json(KeyValuePair<ScoreKey, Score>[] scores)
    {
        var text = new ArrayBufferWriter<byte>(scores.Length * RowBytes);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            foreach (var (key, score) in scores)
            {
                json.WriteStartArray();
                json.WriteNumberValue((int)key.Kind);
                Write(json, key.SubjectId, "N");
                Write(json, key.UnitId, "N");
                json.WriteNumberValue((int)key.Period);
                Write(json, key.StartsOn, "yyyy-MM-dd");
                json.WriteNumberValue(score.Points);
                Write(json, score.ReachedAt, "yyyy-MM-dd HH:mm:ss");
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void Write<T>(Utf8JsonWriter json, T value, string format) where T : ISpanFormattable
    {
        Span<char> text = stackalloc char[32];
        json.WriteStringValue(value.TryFormat(text, out var length, format, CultureInfo.InvariantCulture)
            ? text[..length]
            : throw new UnreachableException());
    }

    private static KeyValuePair<ScoreKey, Score> ToPair(ScoreRow row) => new(
        new ScoreKey(row.Kind, row.SubjectId, row.UnitId, row.Period, row.StartsOn),
        new Score(row.Points, row.ReachedAt));

    private static object Named(BoardSpan span) =>
        new { period = (int)span.Period, startsOn = $"{span.StartsOn:yyyy-MM-dd}" };

    private static string Json(object value) => JsonSerializer.Serialize(value);

    private sealed record ScoreRow
    {
        public BoardSubject Kind { get; init; }
        public Guid SubjectId { get; init; }
        public Guid UnitId { get; init; }
        public BoardPeriod Period { get; init; }
        public DateTime StartsOn { get; init; }
        public long Points { get; init; }
        public DateTime ReachedAt { get; init; }
    }
}
