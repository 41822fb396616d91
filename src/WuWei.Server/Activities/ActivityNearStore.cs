using WuWei.Calls;
using WuWei.Data;
using WuWei.Places;

namespace WuWei.Activities;

/// <summary>
/// The SQL statements that list activities around a point: one finds the cells in which there are any, looking into the
/// index once for each cell and state, the other reads no more than a page from each of those.
/// </summary>
public static class ActivityNearStore
{
    private const string Occupied =
        """
        SELECT c.cell FROM JSON_TABLE(@cells, '$[*]' COLUMNS (number FOR ORDINALITY, cell INT PATH '$')) c
        WHERE (SELECT 1 FROM activity n WHERE n.cell = c.cell AND n.status IN (3, 4) LIMIT 1) = 1
        ORDER BY c.number LIMIT @take
        """;

    private static readonly string Soonest = $"{Of(ActivityStatus.Enrolling)} UNION ALL {Of(ActivityStatus.Running)}";

    /// <summary>Enrolling or running ones, the nearest cell first, within a cell the soonest.</summary>
    public static async Task<NearPage<Activity>> ListActivitiesNearAsync(
        this DbSession db, Around around, Guid callerId)
    {
        var cells = await db.ListAsync<int>(Occupied, new { cells = around.Numbers(), take = around.CellsTaken });
        var rows = cells.Count == 0 ? [] : await db.ListEachAsync<Activity>(
            $"SELECT {ActivityListStore.Columns} FROM (", Soonest, around.Reads(cells, PageToken.Oldest),
            """
            ORDER BY number, starts_at, id LIMIT @pageTake) page
            JOIN activity a ON a.id = page.id AND a.status IN (3, 4) LEFT JOIN person m ON m.id = a.maker_id
            ORDER BY page.number, page.starts_at, page.id
            """, new { pageTake = around.Size + 1, callerId }, separator: " UNION ALL ");
        return around.Cut(rows, cells, activity => new NearToken(
            activity.Cell!.Value, new PageToken(activity.StartsAt, activity.Id)), PageToken.Newest);
    }

    private static string Of(ActivityStatus status) =>
        $"""
        (SELECT @number AS number, n.id, n.starts_at FROM activity n
          WHERE n.cell = @cell AND n.status = {(int)status} AND n.starts_at >= @at AND (n.starts_at > @at OR n.id > @id)
          ORDER BY n.starts_at, n.id LIMIT @take)
        """;
}
