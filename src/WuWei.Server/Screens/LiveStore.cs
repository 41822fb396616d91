using WuWei.Data;

namespace WuWei.Screens;

/// <summary>Every SQL statement on what screens show.</summary>
public static class LiveStore
{
    /// <summary>What may be told of the entries over one number, up to another.</summary>
    public static Task<List<HappenedRow>> ListHappenedAsync(this DbSession db, long from, long to) =>
        db.ListAsync<HappenedRow>(
            """
            SELECT h.number, h.at, h.unit_id, CAST(h.event_kind AS SIGNED) AS event_kind, 
              COALESCE(c.name, IF(a.content_state = 2, a.title, NULL)) AS about
            FROM (
              SELECT s.number, e.at, e.unit_id, e.subject, e.subject_id,
                CASE
                  WHEN e.kind = 'WISH_APPROVE' THEN 1
                  WHEN e.kind = 'WISH_MAKE' AND e.actor_role = 'staff' THEN 1
                  WHEN e.kind = 'WISH_CLAIM' THEN 2
                  WHEN e.kind = 'WISH_CONFIRM' THEN 3
                  WHEN e.kind = 'ACTIVITY_PUBLISH' OR e.kind = 'ACTIVITY_APPROVE' THEN 4
                  WHEN e.kind = 'ACTIVITY_START' THEN 5
                  WHEN e.kind = 'ACTIVITY_END' THEN 6
                  ELSE 0
                END AS event_kind
              FROM journal_seal s JOIN journal_entry e ON e.id = s.entry_id
              WHERE s.number > @from AND s.number <= @to AND e.unit_id IS NOT NULL
            ) h
            LEFT JOIN wish w ON h.subject = 'wish' AND w.id = h.subject_id AND w.visibility = 1 AND w.sensitive = 0
            LEFT JOIN category c ON c.id = w.category_id
            LEFT JOIN activity a ON h.subject = 'activity' AND a.id = h.subject_id
            WHERE h.event_kind > 0 ORDER BY h.number
            """, new { from, to });
}

public sealed record HappenedRow
{
    public long Number { get; init; }
    public DateTime At { get; init; }
    public Guid UnitId { get; init; }
    public long EventKind { get; init; }
    public string? About { get; init; }
}
