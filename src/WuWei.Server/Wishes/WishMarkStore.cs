using System.Text.Json;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on the marks by which wishes that are alike are found.</summary>
public static class WishMarkStore
{
    /// <summary>Of a suggestion: rows that may match in its units and around its point, each; and what is compared then.</summary>
    private const int MatchesMax = 5_000;

    private const int ComparedMax = 50;

    /// <summary>Of somebody's own wishes, the last ones that are looked at, and compared.</summary>
    private const int OwnMax = 200;

    private const int OwnComparedMax = 20;

    /// <summary>Marks a wish that others may be led to; of others nothing is kept.</summary>
    public static void QueueMarks(this DbSession db, PersonalData data, Wish wish) => db.QueueEach(
        "INSERT IGNORE INTO wish_mark (unit_id, mark, wish_id, cell) VALUES", "(@UnitId, @mark, @Id, @Cell)",
        [
            .. new WishLikeness(wish.Title!, wish.Text!).Marks(data)
                .Select(mark => new { wish.UnitId, mark, wish.Id, wish.Cell }),
        ]);

    /// <summary>Brings the marks in line with a move.</summary>
    public static void QueueMarks(this DbSession db, PersonalData data, Wish before, Wish after)
    {
        var moved = before.UnitId != after.UnitId;
        if (before.IsSuggested && (moved || !after.IsSuggested))
        {
            db.Queue("DELETE FROM wish_mark WHERE wish_id = @Id", new { after.Id });
        }

        if (after.IsSuggested && (moved || !before.IsSuggested))
        {
            db.QueueMarks(data, after);
        }
    }

    /// <summary>Marks wishes that wait for it; nobody moves them meanwhile.</summary>
    /// <returns>How many waited.</returns>
    public static async Task<int> MarkAgainAsync(this DbSession db, PersonalData data, int countMax)
    {
        var ids = (await db.ListAsync<Guid>(
            "SELECT wish_id FROM wish_to_mark ORDER BY wish_id LIMIT @countMax", new { countMax }))
            .ConvertAll(id => new { id });
        if (ids.Count == 0)
        {
            return 0;
        }

        var wishes = await db.ListEachAsync<Wish>(
            """
            SELECT w.id, w.unit_id, w.status, w.visibility, w.sensitive, w.title, w.text, w.cell FROM wish w WHERE w.id IN (
            """, "@id", ids, ") FOR UPDATE");
        db.QueueEach("DELETE FROM wish_mark WHERE wish_id IN (", "@id", ids, ")");
        foreach (var wish in wishes.Where(w => w.IsSuggested))
        {
            db.QueueMarks(data, wish);
        }

        db.QueueEach("DELETE FROM wish_to_mark WHERE wish_id IN (", "@id", ids, ")");
        return ids.Count;
    }

    /// <summary>Public wishes of some units or cells that have most marks in common with what is sought.</summary>
    public static async Task<List<Said>> ListMarkedAsync(
        this DbSession db, IReadOnlyList<uint> marks, IEnumerable<Guid> unitIds, IEnumerable<int> cells) =>
        marks.Count == 0 ? [] : await db.ListAsync<Said>(
            $"""
            SELECT w.id, w.title, w.text
            FROM (
              SELECT f.wish_id, COUNT(*) AS hits
              FROM (
                (SELECT l.wish_id, l.mark
                  FROM JSON_TABLE(@units, '$[*]' COLUMNS (id CHAR(32) PATH '$')) u
                  JOIN JSON_TABLE(@marks, '$[*]' COLUMNS (mark INT UNSIGNED PATH '$')) m
                  JOIN wish_mark l ON l.unit_id = UNHEX(u.id) AND l.mark = m.mark
                  LIMIT {MatchesMax})
                UNION
                (SELECT l.wish_id, l.mark
                  FROM JSON_TABLE(@cells, '$[*]' COLUMNS (cell INT UNSIGNED PATH '$')) c
                  JOIN JSON_TABLE(@marks, '$[*]' COLUMNS (mark INT UNSIGNED PATH '$')) m
                  JOIN wish_mark l ON l.cell = c.cell AND l.mark = m.mark
                  LIMIT {MatchesMax})
              ) f
              GROUP BY f.wish_id ORDER BY hits DESC, f.wish_id DESC LIMIT {ComparedMax}
            ) best
            JOIN wish w ON w.id = best.wish_id AND w.content IS NULL
            """,
            new
            {
                units = JsonSerializer.Serialize(unitIds.Select(id => id.ToString("n"))),
                cells = JsonSerializer.Serialize(cells),
                marks = JsonSerializer.Serialize(marks),
            });

    /// <summary>What somebody wishes themself and is not kept yet, the last ones.</summary>
    public static Task<List<Said>> ListOwnSaidAsync(this DbSession db, Guid personId) => db.ListAsync<Said>(
        $"""
        SELECT w.id, w.title, w.text, w.content
        FROM (
          SELECT o.id, o.status, o.origin, o.made_at FROM wish o
          WHERE o.maker_id = @personId ORDER BY o.made_at DESC, o.id DESC LIMIT {OwnMax}
        ) last
        JOIN wish w ON w.id = last.id
        WHERE last.status IN (1, 2, 3, 4) AND last.origin <> 4
        ORDER BY last.made_at DESC, last.id DESC LIMIT {OwnComparedMax}
        """, new { personId });
}

/// <summary>What a wish says, in clear or sealed.</summary>
public sealed record Said
{
    public Guid Id { get; init; }
    public string? Title { get; init; }
    public string? Text { get; init; }
    public byte[]? Content { get; init; }

    public WishLikeness Likeness(PersonalData data)
    {
        var content = WishContent.Of(new Wish { Id = Id, Title = Title, Text = Text, Content = Content }, data);
        return new WishLikeness(content.Title, content.Text);
    }
}
