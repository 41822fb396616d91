using WuWei.Tests.Harness;

namespace WuWei.Tests.Organization;

public class UnitReadingTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task A_unit_is_found_by_its_id_and_by_its_code()
    {
        var resident = await _world.ResidentAsync();

        var unit = (await resident.Organization.GetUnitAsync(new() { UnitId = _world.Community.ToString() })).Unit;
        var byCode = (await resident.Organization.GetUnitByCodeAsync(
            new() { System = "division", Code = "999900001001" })).Unit;

        Assert.Equal(unit, byCode);
        Assert.Equal(
            ("甲社区", "community", _world.Street.ToString(), false), (unit.Name, unit.Kind, unit.ParentId, unit.Closed));
    }

    [Fact]
    public async Task The_children_of_a_unit_come_page_by_page_in_the_order_they_were_made()
    {
        var resident = await _world.ResidentAsync();
        var request = new Wire.ListUnitsRequest { ParentId = _world.Street.ToString(), PageSize = 1 };

        var first = await resident.Organization.ListUnitsAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await resident.Organization.ListUnitsAsync(request);

        Assert.Equal("甲社区", Assert.Single(first.Units).Name);
        Assert.Equal("乙社区", Assert.Single(second.Units).Name);
        Assert.Equal("", second.NextPageToken);
        Assert.Equal("测试区", Assert.Single((await resident.Organization.ListUnitsAsync(new())).Units).Name);
    }

    [Fact]
    public async Task Kinds_are_listed_from_the_top_down()
    {
        var resident = await _world.ResidentAsync();

        var kinds = (await resident.Organization.ListUnitKindsAsync(new())).Kinds;

        Assert.Equal(["city", "district", "street", "community", "grid", "building"], kinds.Select(k => k.Code));
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_unknown()
    {
        var organization = (await _world.ResidentAsync()).Organization;

        Assert.Equal("UNIT_UNKNOWN", await Refusals.ReasonAsync(
            organization.GetUnitAsync(new() { UnitId = Guid.NewGuid().ToString() })));
        Assert.Equal("UNIT_UNKNOWN", await Refusals.ReasonAsync(
            organization.GetUnitByCodeAsync(new() { System = "DIVISION", Code = "999900001001" })));
        Assert.Equal("UNIT_UNKNOWN", await Refusals.ReasonAsync(
            organization.ListUnitsAsync(new() { ParentId = Guid.NewGuid().ToString() })));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(201)]
    [InlineData(int.MaxValue)]
    public async Task A_page_has_one_to_two_hundred_units(int size)
    {
        var resident = await _world.ResidentAsync();

        Assert.Equal("PAGE_SIZE", await Refusals.ReasonAsync(
            resident.Organization.ListUnitsAsync(new() { PageSize = size })));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("________________________________")]
    public async Task A_page_token_is_one_that_was_given(string token)
    {
        var resident = await _world.ResidentAsync();

        Assert.Equal("PAGE_TOKEN", await Refusals.ReasonAsync(
            resident.Organization.ListUnitsAsync(new() { PageToken = token })));
    }
}
