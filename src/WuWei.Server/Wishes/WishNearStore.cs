using WuWei.Calls;
using WuWei.Data;
using WuWei.Places;

namespace WuWei.Wishes;

/// <summary>
/// The SQL statements that list wishes around a point: one finds the cells in which there are any, looking into the index
/// once for each cell, the other reads no more than a page from each of those.
/// </summary>
public static class WishNearStore
{
    private const string Occupied =
        """
        SELECT c.cell FROM JSON_TABLE(@cells, '$[*]' COLUMNS (number FOR ORDINALITY, cell INT PATH '$')) c
        WHERE (SELECT 1 FROM wish n WHERE n.cell = c.cell AND n.status = 2 LIMIT 1) = 1
        ORDER BY c.number LIMIT @take
        """;

    private const string Newest =
        """
        (SELECT @number AS number, n.id, n.made_at FROM wish n
          WHERE n.cell = @cell AND n.status = 2 AND n.made_at <= @at AND (n.made_at < @at OR n.id < @id)
          ORDER BY n.made_at DESC, n.id DESC LIMIT @take)
        """;

    /// <summary>Open ones, the nearest cell first, within a cell the newest.</summary>
    public static async Task<NearPage<Wish>> ListWishesNearAsync(this DbSession db, Around around, DateTime now)
    {
        var cells = await db.ListAsync<int>(Occupied, new { cells = around.Numbers(), take = around.CellsTaken });
        var rows = cells.Count == 0 ? [] : await db.ListEachAsync<Wish>(
            $"SELECT {WishListStore.Columns} FROM (", Newest, around.Reads(cells, PageToken.Newest),
            $"""
            ORDER BY number, made_at DESC, id DESC LIMIT @pageTake) page
            JOIN wish w ON w.id = page.id AND w.status = 2 {WishListStore.People}
            ORDER BY page.number, page.made_at DESC, page.id DESC
            """, new { pageTake = around.Size + 1, now }, separator: " UNION ALL ");
        return around.Cut(rows, cells, wish => new NearToken(
            GridCell.OfNumber(wish.Cell!.Value), new PageToken(wish.MadeAt, wish.Id)), PageToken.Oldest);
    }
}
