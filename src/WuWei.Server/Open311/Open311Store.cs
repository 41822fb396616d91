using WuWei.Data;
using WuWei.Wishes;

namespace WuWei.Open311;

/// <summary>Every SQL statement of the view.</summary>
public static class Open311Store
{
    /// <summary>What the view tells of a wish, and what decides whether it does: nothing about people.</summary>
    private const string Columns =
        """
        w.id, w.unit_id, w.audience_unit_id, w.category_id, w.status, w.origin, w.visibility, w.sensitive, w.maker_id,
        w.title, w.text, w.answers, w.content, w.cell, w.made_at, w.opened_at, w.deadline_at, w.auto_confirmed,
        w.merged_into, w.content_state,
        (SELECT MAX(s.at) FROM wish_step s WHERE s.wish_id = w.id AND s.from_status <> s.to_status) AS changed_at
        """;

    private static readonly string Newest =
        $"""
        SELECT {Columns}
        FROM (
          SELECT all_of.wish_id, all_of.made_at FROM (
            {string.Join(" UNION ALL ", new[] { WishStatus.Open, WishStatus.Claimed, WishStatus.Delivered }.Select(Open)
                .Concat(new[] { WishStatus.Kept, WishStatus.Expired }.Select(Closed)))}
          ) all_of
          ORDER BY all_of.made_at DESC, all_of.wish_id DESC LIMIT @size OFFSET @offset
        ) page
        JOIN wish w ON w.id = page.wish_id AND w.sensitive = 0
        ORDER BY page.made_at DESC, page.wish_id DESC
        """;

    /// <summary>Public ones of a unit and below it, the newest first.</summary>
    /// <param name="categories">Of one of these, as hexadecimal ids in an array of JSON.</param>
    public static Task<List<Requested>> ListRequestedAsync(
        this DbSession db, Guid unitId, string categories, RequestQuery query) => db.ListAsync<Requested>(
            Newest,
            new
            {
                unitId,
                categories,
                open = query.Open,
                closed = query.Closed,
                from = query.From,
                to = query.To,
                size = query.Size,
                offset = query.Offset,
                reach = query.Offset + query.Size,
            });

    /// <param name="ids">Hexadecimal, in an array of JSON.</param>
    public static Task<List<Requested>> ListRequestedAsync(this DbSession db, string ids) => db.ListAsync<Requested>(
        $"""
        SELECT {Columns}
        FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) asked
        JOIN wish w ON w.id = UNHEX(asked.id)
        ORDER BY w.made_at DESC, w.id DESC
        """, new { ids });

    private static string Open(WishStatus status) => Branch(status, "@open");

    private static string Closed(WishStatus status) => Branch(status, "@closed");

    private static string Branch(WishStatus status, string asked) =>
        $"""
        (SELECT l.wish_id, l.made_at FROM wish_in_unit l
          WHERE l.unit_id = @unitId AND l.status = {(int)status} AND {asked} = 1 AND l.public = 1
            AND l.made_at >= @from AND l.made_at <= @to
            AND l.category_id IN (SELECT UNHEX(c.id) FROM JSON_TABLE(@categories, '$[*]' COLUMNS (id CHAR(32) PATH '$')) c)
          ORDER BY l.made_at DESC, l.wish_id DESC LIMIT @reach)
        """;
}

/// <summary>A wish with when it came into its state.</summary>
public sealed record Requested : Wish
{
    public DateTime ChangedAt { get; init; }
}
