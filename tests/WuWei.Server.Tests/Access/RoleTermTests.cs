using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public sealed class RoleTermTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_role_works_during_its_term_only_even_where_it_is_remembered()
    {
        var staff = await _world.StaffAsync(_world.District);
        var person = await _world.ResidentAsync();
        var now = _server.Clock.Now;
        var request = new Wire.GrantRoleRequest
        {
            PersonId = person.PersonId.ToString(),
            Role = Wire.Role.Auditor,
            UnitId = _world.Community.ToString(),
            StartsAt = Timestamp.FromDateTime(now.AddHours(1)),
            EndsAt = Timestamp.FromDateTime(now.AddHours(2)),
        };
        await staff.Access.GrantRoleAsync(request);
        var list = new Wire.ListRolesRequest { UnitId = _world.Community.ToString() };

        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(person.Access.ListRolesAsync(list)));
        _server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Single((await person.Access.ListRolesAsync(list)).Holders);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(person.Access.ListRolesAsync(list)));

        // A term that is over makes room for a new one.
        request.StartsAt = null;
        request.EndsAt = null;
        await staff.Access.GrantRoleAsync(request);
        Assert.Single((await person.Access.ListRolesAsync(list)).Holders);
    }

    [Fact]
    public async Task A_list_shows_the_roles_in_force_in_the_subtree_newest_first_page_by_page()
    {
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.Street);
        var expected = new List<string>();
        foreach (var unit in new[] { _world.Street, _world.Community, _world.Grid, _world.NextCommunity })
        {
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            expected.Insert(0, (await _world.WithRoleAsync(Role.Volunteer, unit)).PersonId.ToString());
        }

        await _world.WithRoleAsync(Role.Volunteer, _world.FarCommunity);
        await _world.GrantAsync(
            await _world.ResidentAsync(), Role.Volunteer, _world.Community, _server.Clock.Now.AddMinutes(1));
        _server.Clock.Advance(TimeSpan.FromMinutes(2));

        var listed = new List<string>();
        var request = new Wire.ListRolesRequest
        {
            UnitId = _world.Street.ToString(),
            Role = Wire.Role.Volunteer,
            PageSize = 3,
        };
        do
        {
            var page = await auditor.Access.ListRolesAsync(request);
            Assert.All(page.Holders, h => Assert.EndsWith("**", h.ShownName));
            listed.AddRange(page.Holders.Select(h => h.PersonId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(expected, listed);
        request.Role = Wire.Role.Unspecified;
        Assert.Contains(
            (await auditor.Access.ListRolesAsync(request)).Holders, h => h.Role.Role == Wire.Role.Volunteer);
    }
}
