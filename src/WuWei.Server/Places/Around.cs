using WuWei.Calls;
using WuWei.Errors;

namespace WuWei.Places;

/// <summary>
/// What somebody asks to see around a point, checked: cells, nearest first, from where the page starts. Only the cell of
/// the point counts, and the distance from its middle to the middles of others; at the same distance the order of their
/// numbers. So the order is total, and the same from all points of a cell.
/// </summary>
/// <param name="Within">Where in the first cell the page before ended; null when that begins there.</param>
public sealed record Around(GridCell Here, IReadOnlyList<GridCell> Cells, PageToken? Within, int Size)
{
    public const int RadiusMin = 500;
    public const int RadiusMax = 10_000;

    private const int RadiusDefault = 2_000;
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int MetresStep = 100;

    /// <summary>
    /// Of the cells in which anything is, as many fill a page and tell whether there is another: one, the first, may have
    /// been read to its end.
    /// </summary>
    public int CellsTaken => Size + 2;

    public static Around Read(Wire.INearRequest request) => Read(
        request.Latitude, request.Longitude, request.RadiusMetres, request.PageSize, request.PageToken);

    public static Around Read(int latitude, int longitude, int radiusMetres, int pageSize, string pageToken)
    {
        var point = new Point(latitude, longitude);
        if (!point.IsInChina)
        {
            throw Refuse.Invalid(
                "PLACE_OUTSIDE", "这个位置不在国内。", new FieldFault("latitude", "超出范围。"),
                new FieldFault("longitude", "超出范围。"));
        }

        var radius = radiusMetres == 0 ? RadiusDefault : radiusMetres;
        if (radius is < RadiusMin or > RadiusMax)
        {
            throw Refuse.Invalid(
                "PLACE_RADIUS", "查找的范围不对。", new FieldFault("radius_metres", $"{RadiusMin} 到 {RadiusMax} 米。"));
        }

        var size = PageToken.Size(pageSize, PageSizeDefault, PageSizeMax);
        var here = GridCell.Of(point);
        var cells = CellsWithin(here, radius);
        if (pageToken.Length == 0)
        {
            return new Around(here, cells, Within: null, size);
        }

        var token = NearToken.Read(pageToken);
        var start = cells.IndexOf(token.Cell);
        return start < 0 ? throw NearToken.Invalid() : new Around(here, cells[start..], token.Within, size);
    }

    /// <summary>As it is told.</summary>
    public int MetresTo(GridCell cell) =>
        (int)Math.Round(Here.Middle.MetresTo(cell.Middle) / (double)MetresStep) * MetresStep;

    /// <summary>The numbers of the cells as an array of JSON, for a statement to look each up.</summary>
    public string Numbers() => $"[{string.Join(',', Cells.Select(cell => cell.Number))}]";

    /// <summary>What to read of each of some cells: all of it, but of the first only what the page before left.</summary>
    /// <param name="start">Before the first row of a cell.</param>
    public IReadOnlyList<object> Reads(IReadOnlyList<int> cells, PageToken start) =>
    [
        .. cells.Select((cell, number) =>
        {
            var after = cell == Cells[0].Number ? Within ?? start : start;
            return new { number, cell, at = after.At, id = after.Id, take = Size + 1 };
        }),
    ];

    /// <summary>The page, of one row more than fits.</summary>
    /// <param name="cells">Those that were read.</param>
    /// <param name="end">Behind the last row of a cell.</param>
    public NearPage<T> Cut<T>(IReadOnlyList<T> rows, IReadOnlyList<int> cells, Func<T, NearToken> token, PageToken end) =>
        rows.Count > Size ? new NearPage<T>([.. rows.Take(Size)], token(rows[Size - 1]))
        : cells.Count == CellsTaken ? new NearPage<T>(rows, new NearToken(GridCell.OfNumber(cells[^1]), end))
        : new NearPage<T>(rows, Next: null);

    private static List<GridCell> CellsWithin(GridCell here, int radius)
    {
        // No cell is lower or narrower than the smallest radius, so none within it is further away than this.
        var reach = radius / RadiusMin;
        return
        [
            .. from row in Enumerable.Range(here.Row - reach, (2 * reach) + 1)
               from column in Enumerable.Range(here.Column - reach, (2 * reach) + 1)
               let cell = new GridCell(row, column)
               let metres = here.Middle.MetresTo(cell.Middle)
               where cell.Middle.IsInChina && metres <= radius
               orderby metres, cell.Number
               select cell,
        ];
    }
}

/// <summary>A page's rows, and where the next one starts; null on the last page.</summary>
public sealed record NearPage<T>(IReadOnlyList<T> Rows, NearToken? Next);
