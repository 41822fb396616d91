namespace WuWei.Places;

/// <summary>
/// A cell of the one grid on which places are told. Whoever asks gets answers about cells, never about what lies where in
/// one, so asking from many places tells no more than asking once. A grid is only as good as its being the same for
/// everybody: two that are shifted against each other cut their cells into pieces.
/// </summary>
/// <remarks>
/// Both steps are fixed, so that cells lie in columns, too, and the neighbours of one are counted. 0.005° of latitude are
/// 553 metres or more; 0.008° of longitude are narrowest where China ends in the north, at 54°: 524 metres. In Nanjing a
/// cell is 556 metres high and 754 wide, in Sanya 843.
/// </remarks>
public readonly record struct GridCell(int Row, int Column)
{
    public const int LatitudeStep = 5_000;
    public const int LongitudeStep = 8_000;

    private const int ColumnBits = 15;

    public Point Middle => new(
        (Row * LatitudeStep) + (LatitudeStep / 2), (Column * LongitudeStep) + (LongitudeStep / 2));

    /// <summary>As it is stored. Only for a cell in China: north and east of zero.</summary>
    public int Number => (Row << ColumnBits) | Column;

    public static GridCell Of(Point point) =>
        new(Floor(point.Latitude, LatitudeStep), Floor(point.Longitude, LongitudeStep));

    public static GridCell OfNumber(int number) => new(number >> ColumnBits, number & ((1 << ColumnBits) - 1));

    private static int Floor(int millionths, int step) => (int)Math.Floor(millionths / (double)step);
}
