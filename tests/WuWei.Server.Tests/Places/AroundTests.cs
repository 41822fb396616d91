using WuWei.Calls;
using WuWei.Errors;
using WuWei.Places;

namespace WuWei.Tests.Places;

/// <summary>Which cells lie around a point, without a server.</summary>
public class AroundTests
{
    [Theory]
    [InlineData(500, 1)]
    [InlineData(2_000, 31)]
    [InlineData(10_000, 753)]
    public void Cells_are_those_within_the_radius_nearest_first(int radius, int count)
    {
        var around = Around.Read(32_003_000, 118_732_000, radius, 0, "");
        var metres = around.Cells.Select(c => around.Here.Middle.MetresTo(c.Middle)).ToList();

        Assert.Equal(around.Here, around.Cells[0]);
        Assert.Equal(count, around.Cells.Distinct().Count());
        Assert.Equal(metres.Order(), metres);
        Assert.InRange(metres[^1], 0, radius);
        Assert.Equal(
            [.. Everywhere(around.Here).Where(c => around.Here.Middle.MetresTo(c.Middle) <= radius).OrderBy(c => c.Number)],
            around.Cells.OrderBy(c => c.Number));
    }

    [Fact]
    public void From_anywhere_in_a_cell_the_same_is_asked()
    {
        var (random, first) = (new Random(2), Around.Read(32_000_000, 118_728_000, 10_000, 0, ""));
        for (var i = 0; i < 100; i++)
        {
            var other = Around.Read(
                32_000_000 + random.Next(5_000), 118_728_000 + random.Next(8_000), 10_000, 0, "");

            Assert.Equal(first.Here, other.Here);
            Assert.Equal(first.Cells, other.Cells);
        }
    }

    [Theory]
    [InlineData(3_000_000, 73_000_000)]
    [InlineData(53_999_999, 135_999_999)]
    public void At_the_ends_of_China_only_cells_in_it_are_looked_at(int latitude, int longitude) =>
        Assert.All(Around.Read(latitude, longitude, 10_000, 0, "").Cells, c => Assert.True(c.Middle.IsInChina));

    [Theory]
    [InlineData(0, 0, 0, 0, "", "PLACE_OUTSIDE")]
    [InlineData(54_000_000, 118_000_000, 0, 0, "", "PLACE_OUTSIDE")]
    [InlineData(int.MaxValue, int.MinValue, 0, 0, "", "PLACE_OUTSIDE")]
    [InlineData(32_003_000, 118_732_000, 499, 0, "", "PLACE_RADIUS")]
    [InlineData(32_003_000, 118_732_000, 10_001, 0, "", "PLACE_RADIUS")]
    [InlineData(32_003_000, 118_732_000, int.MinValue, 0, "", "PLACE_RADIUS")]
    [InlineData(32_003_000, 118_732_000, 0, 51, "", "PAGE_SIZE")]
    [InlineData(32_003_000, 118_732_000, 0, -1, "", "PAGE_SIZE")]
    [InlineData(32_003_000, 118_732_000, 0, 0, "x", "PAGE_TOKEN")]
    [InlineData(32_003_000, 118_732_000, 0, 0, "00000000", "PAGE_TOKEN")]
    [InlineData(32_003_000, 118_732_000, 0, 0, "ffffffffxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "PAGE_TOKEN")]
    public void What_makes_no_sense_is_refused(
        int latitude, int longitude, int radius, int size, string token, string reason) =>
        Assert.Equal(reason, Assert.Throws<RefusedException>(
            () => Around.Read(latitude, longitude, radius, size, token)).Reason);

    [Fact]
    public void A_page_goes_on_in_the_cell_where_the_one_before_ended_and_nowhere_else()
    {
        var around = Around.Read(32_003_000, 118_732_000, 2_000, 0, "");
        var token = new NearToken(around.Cells[5], PageToken.Oldest);
        var next = Around.Read(32_003_000, 118_732_000, 2_000, 0, $"{token}");

        Assert.Equal(around.Cells.Skip(5), next.Cells);
        Assert.Equal(PageToken.Oldest, next.Within);

        var far = new NearToken(around.Here with { Row = around.Here.Row + 100 }, PageToken.Oldest);
        Assert.Equal("PAGE_TOKEN", Assert.Throws<RefusedException>(
            () => Around.Read(32_003_000, 118_732_000, 2_000, 0, $"{far}")).Reason);
    }

    private static IEnumerable<GridCell> Everywhere(GridCell here) =>
        from row in Enumerable.Range(here.Row - 40, 81)
        from column in Enumerable.Range(here.Column - 40, 81)
        select new GridCell(row, column);
}
