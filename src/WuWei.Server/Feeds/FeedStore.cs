using WuWei.Data;
using WuWei.Journal;

namespace WuWei.Feeds;

/// <summary>Every SQL statement that reads the journal for others.</summary>
public static class FeedStore
{
    /// <summary>The entries over one number, up to another, with what is told of them and is not in the journal.</summary>
    public static Task<List<FeedRow>> ListFeedAsync(this DbSession db, long from, long to) => db.ListAsync<FeedRow>(
        """
        SELECT s.number, e.id, e.at, e.kind, e.actor_id, e.actor_role, e.channel, e.subject, e.subject_id, e.unit_id,
          e.detail, c.code AS category
        FROM journal_seal s JOIN journal_entry e ON e.id = s.entry_id
        LEFT JOIN wish w ON e.subject = 'wish' AND w.id = e.subject_id AND w.visibility = 1 AND w.sensitive = 0
        LEFT JOIN category c ON c.id = w.category_id
        WHERE s.number > @from AND s.number <= @to AND e.unit_id IS NOT NULL ORDER BY s.number
        """, new { from, to });
}

/// <summary>An entry with its number.</summary>
public sealed record FeedRow : StoredEntry
{
    public long Number { get; init; }

    /// <summary>The code of a wish's category; null unless the wish is public and not sensitive.</summary>
    public string? Category { get; init; }
}
