using WuWei.Data;

namespace WuWei.Boards;

/// <summary>One board of people or organisations, or of all units' scores.</summary>
public sealed record BoardKey(BoardSubject Kind, Guid UnitId, BoardPeriod Period, DateTime StartsOn);

/// <summary>Somebody's place, as far as the scores know it.</summary>
public sealed record PlaceRow
{
    public Guid SubjectId { get; init; }
    public long Points { get; init; }
    public DateTime ReachedAt { get; init; }

    /// <summary>As the index has them: ids by their bytes, which their text sorts alike.</summary>
    public static Comparer<PlaceRow> BestFirst { get; } = Comparer<PlaceRow>.Create((one, other) =>
        one.Points != other.Points ? other.Points.CompareTo(one.Points)
        : one.ReachedAt != other.ReachedAt ? one.ReachedAt.CompareTo(other.ReachedAt)
        : string.CompareOrdinal($"{one.SubjectId}", $"{other.SubjectId}"));
}

/// <summary>Every SQL statement that reads boards. Each is one range of the index `ranked`.</summary>
public static class BoardReadStore
{
    private const string Select =
        """
        SELECT subject_id, points, reached_at FROM board_score
        WHERE kind = @Kind AND unit_id = @UnitId AND period = @Period AND starts_on = @StartsOn
        """;

    public static Task<List<PlaceRow>> ListTopAsync(this DbSession db, BoardKey key, int countMax) =>
        db.ListAsync<PlaceRow>(
            $"{Select} AND points > 0 ORDER BY points DESC, reached_at, subject_id LIMIT @countMax",
            new { key.Kind, key.UnitId, key.Period, key.StartsOn, countMax });

    /// <summary>The scores of these units themselves, ranked.</summary>
    public static Task<List<PlaceRow>> ListTopUnitsAsync(
        this DbSession db, string unitIds, BoardPeriod period, DateTime startsOn, int countMax) =>
        db.ListAsync<PlaceRow>(
            """
            SELECT s.subject_id, s.points, s.reached_at
            FROM JSON_TABLE(@unitIds, '$[*]' COLUMNS (id CHAR(32) PATH '$')) u
            JOIN board_score s ON s.kind = 3 AND s.subject_id = UNHEX(u.id) AND s.unit_id = s.subject_id
              AND s.period = @period AND s.starts_on = @startsOn
            WHERE s.points > 0
            ORDER BY s.points DESC, s.reached_at, s.subject_id LIMIT @countMax
            """, new { unitIds, period, startsOn, countMax });

    public static Task<PlaceRow?> FindPlaceAsync(this DbSession db, BoardKey key, Guid subjectId) =>
        db.FindAsync<PlaceRow>(
            $"{Select} AND subject_id = @subjectId", new { key.Kind, key.UnitId, key.Period, key.StartsOn, subjectId });

    /// <summary>How many are before a place.</summary>
    public static Task<long> CountAheadAsync(this DbSession db, BoardKey key, PlaceRow place) => db.FindAsync<long>(
        $"SELECT COUNT(*) FROM ({Select} AND {Ahead}) ahead",
        new { key.Kind, key.UnitId, key.Period, key.StartsOn, place.Points, place.ReachedAt, place.SubjectId });

    /// <summary>
    /// The nearest before and after a place, in order. One statement, and so one moment: somebody who just moves is not
    /// in it twice.
    /// </summary>
    public static async Task<List<PlaceRow>> ListNeighboursAsync(
        this DbSession db, BoardKey key, PlaceRow place, int eachSide) => [
        .. (await db.ListAsync<PlaceRow>(
            $"""
            ({Select} AND {Ahead} AND subject_id <> @SubjectId
             ORDER BY points, reached_at DESC, subject_id DESC LIMIT @eachSide)
            UNION ALL
            ({Select} AND points > 0 AND points <= @Points AND (points < @Points OR reached_at > @ReachedAt
               OR (reached_at = @ReachedAt AND subject_id > @SubjectId)) AND subject_id <> @SubjectId
             ORDER BY points DESC, reached_at, subject_id LIMIT @eachSide)
            """,
            new
            {
                key.Kind,
                key.UnitId,
                key.Period,
                key.StartsOn,
                place.Points,
                place.ReachedAt,
                place.SubjectId,
                eachSide,
            })).Order(PlaceRow.BestFirst),
    ];

    private const string Ahead =
        """
        points >= @Points AND (points > @Points OR reached_at < @ReachedAt
          OR (reached_at = @ReachedAt AND subject_id < @SubjectId))
        """;
}
