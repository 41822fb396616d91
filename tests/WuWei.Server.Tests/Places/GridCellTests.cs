using WuWei.Places;

namespace WuWei.Tests.Places;

/// <summary>The grid, over all of China, without a server.</summary>
public class GridCellTests
{
    private const int MetresMin = 500;

    [Fact]
    public void No_cell_in_China_is_smaller_than_500_metres_either_way()
    {
        for (var latitude = Point.SouthEnd; latitude < Point.NorthEnd; latitude += GridCell.LatitudeStep)
        {
            var (south, north) = (latitude, latitude + GridCell.LatitudeStep);
            var (west, east) = (Point.WestEnd, Point.WestEnd + GridCell.LongitudeStep);

            Assert.InRange(new Point(south, west).MetresTo(new(north, west)), MetresMin, 600);
            // Towards the pole it is narrower.
            Assert.InRange(new Point(north, west).MetresTo(new(north, east)), MetresMin, 900);
        }
    }

    [Fact]
    public void Every_point_is_in_the_cell_whose_middle_is_nearest_on_the_grid_and_numbers_tell_cells_apart()
    {
        var (random, numbers) = (new Random(1), new Dictionary<int, GridCell>());
        for (var i = 0; i < 100_000; i++)
        {
            var point = new Point(
                random.Next(Point.SouthEnd, Point.NorthEnd), random.Next(Point.WestEnd, Point.EastEnd));
            var cell = GridCell.Of(point);

            Assert.InRange(point.Latitude - cell.Middle.Latitude, -GridCell.LatitudeStep / 2, GridCell.LatitudeStep / 2);
            Assert.InRange(
                point.Longitude - cell.Middle.Longitude, -GridCell.LongitudeStep / 2, GridCell.LongitudeStep / 2);
            Assert.Equal(cell, GridCell.Of(cell.Middle));
            Assert.Equal(cell, GridCell.OfNumber(cell.Number));
            Assert.Equal(cell, numbers.TryGetValue(cell.Number, out var known) ? known : cell);
            numbers[cell.Number] = cell;
        }
    }

    [Theory]
    [InlineData(32_000_000, 118_728_000, 32_004_999, 118_735_999)]
    [InlineData(3_000_000, 73_000_000, 3_004_999, 73_007_999)]
    [InlineData(53_995_000, 135_992_000, 53_999_999, 135_999_999)]
    public void A_cell_is_one_from_corner_to_corner_and_its_neighbours_are_others(
        int south, int west, int north, int east)
    {
        var cell = GridCell.Of(new(south, west));

        Assert.Equal(cell, GridCell.Of(new(north, east)));
        Assert.Equal(cell, GridCell.Of(new(south, east)));
        Assert.Equal(cell with { Row = cell.Row - 1 }, GridCell.Of(new(south - 1, west)));
        Assert.Equal(cell with { Row = cell.Row + 1 }, GridCell.Of(new(north + 1, west)));
        Assert.Equal(cell with { Column = cell.Column - 1 }, GridCell.Of(new(south, west - 1)));
        Assert.Equal(cell with { Column = cell.Column + 1 }, GridCell.Of(new(south, east + 1)));
    }

    [Fact]
    public void The_box_around_China_has_ends()
    {
        Assert.True(new Point(Point.SouthEnd, Point.WestEnd).IsInChina);
        Assert.True(new Point(Point.NorthEnd - 1, Point.EastEnd - 1).IsInChina);
        Assert.False(new Point(Point.SouthEnd - 1, Point.WestEnd).IsInChina);
        Assert.False(new Point(Point.SouthEnd, Point.WestEnd - 1).IsInChina);
        Assert.False(new Point(Point.NorthEnd, Point.WestEnd).IsInChina);
        Assert.False(new Point(Point.SouthEnd, Point.EastEnd).IsInChina);
        Assert.False(default(Point).IsInChina);
        Assert.False(new Point(int.MinValue, int.MaxValue).IsInChina);
    }
}
