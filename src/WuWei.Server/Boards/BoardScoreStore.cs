using System.Text.Json;
using WuWei.Data;

namespace WuWei.Boards;

/// <summary>Every SQL statement that writes scores, and that compares them.</summary>
public static class BoardScoreStore
{
    private const int RowsMax = 500;

    private const string Insert =
        "INSERT INTO board_score (kind, subject_id, unit_id, period, starts_on, points, reached_at) VALUES";

    private const string Row = "(@Kind, @SubjectId, @UnitId, @Period, @StartsOn, @Points, @ReachedAt)";

    /// <summary>Adds to scores.</summary>
    public static void QueueAdded(this DbSession db, IEnumerable<KeyValuePair<ScoreKey, Score>> scores) =>
        db.QueueScores(
            scores,
            """
             ON DUPLICATE KEY UPDATE points = board_score.points + VALUES(points),
              reached_at = GREATEST(board_score.reached_at, VALUES(reached_at))
            """);

    /// <summary>Sets scores to what they should be.</summary>
    public static void QueueSet(this DbSession db, IEnumerable<KeyValuePair<ScoreKey, Score>> scores) => db.QueueScores(
        scores, " ON DUPLICATE KEY UPDATE points = VALUES(points), reached_at = VALUES(reached_at)");

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

    private static void QueueScores(
        this DbSession db, IEnumerable<KeyValuePair<ScoreKey, Score>> scores, string onDuplicate)
    {
        // In the order of the key: neighbours are on one page, and two writers cannot wait for each other.
        var rows = scores.OrderBy(s => s.Key.Kind).ThenBy(s => s.Key.SubjectId).ThenBy(s => s.Key.UnitId)
            .ThenBy(s => s.Key.Period).ThenBy(s => s.Key.StartsOn)
            .Select(s => new
            {
                s.Key.Kind,
                s.Key.SubjectId,
                s.Key.UnitId,
                s.Key.Period,
                s.Key.StartsOn,
                s.Value.Points,
                s.Value.ReachedAt,
            });
        foreach (var chunk in rows.Chunk(RowsMax))
        {
            db.QueueEach(Insert, Row, chunk, onDuplicate);
        }
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
