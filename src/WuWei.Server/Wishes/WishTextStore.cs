using WuWei.Data;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on what wishes say and whether others may read it.</summary>
public static class WishTextStore
{
    /// <summary>What wishes say.</summary>
    public static Task<List<Wish>> ListWishTextsAsync(this DbSession db, IReadOnlyList<Guid> ids) => db.ListEachAsync<Wish>(
        "SELECT w.id, w.title, w.text, w.answers, w.content FROM wish w WHERE w.id IN (", "@id",
        [.. ids.Select(id => new { id })], ")");

    /// <summary>A verdict on what it says; no move of the wish. Starts over when somebody was faster.</summary>
    public static async Task MarkContentAsync(this DbSession db, Wish before, Wish after)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE wish SET content_state = @ContentState, clock_at = @ClockAt
            WHERE id = @Id AND version = @Version AND content_state = @was
            """, new { after.Id, after.Version, after.ContentState, after.ClockAt, was = before.ContentState }) == 0)
        {
            throw new ConflictException();
        }
    }
}
