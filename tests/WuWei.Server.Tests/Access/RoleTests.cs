using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public class RoleTests(SharedServer shared)
{
    private readonly World _world = shared.World;
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task Staff_grant_roles_in_their_subtree()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();

        foreach (var unit in new[] { _world.Street, _world.Community, _world.Grid })
        {
            var holder = (await GrantAsync(staff, person, Wire.Role.Volunteer, unit)).Holder;
            Assert.Equal(person.PersonId.ToString(), holder.PersonId);
            Assert.Equal(unit.ToString(), holder.Role.UnitId);
            Assert.Null(holder.Role.EndsAt);
        }

        Assert.Equal(3, (await person.Identity.GetMeAsync(new())).Me.Roles.Count);
    }

    [Fact]
    public async Task Staff_grant_nothing_outside_their_subtree()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();

        foreach (var unit in new[] { _world.District, _world.OtherStreet, _world.FarCommunity })
        {
            Assert.Equal("NOT_PERMITTED", await RefusalAsync(staff, person, Wire.Role.Volunteer, unit));
        }

        Assert.Empty((await person.Identity.GetMeAsync(new())).Me.Roles);
    }

    [Theory]
    [InlineData(Wire.Role.Staff)]
    [InlineData(Wire.Role.Auditor)]
    public async Task Staff_and_auditors_are_made_strictly_below_the_grantors_unit(Wire.Role role)
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();

        Assert.Equal("NOT_PERMITTED", await RefusalAsync(staff, person, role, _world.Street));
        await GrantAsync(staff, person, role, _world.Community);
    }

    [Fact]
    public async Task Staff_do_not_end_the_role_of_their_equals()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var equal = await _world.StaffAsync(_world.Street);
        var role = (await equal.Identity.GetMeAsync(new())).Me.Roles[0].Id;

        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            staff.Access.EndRoleAsync(new() { RoleId = role, Reason = "调离岗位" })));
        await (await _world.StaffAsync(_world.District)).Access.EndRoleAsync(new() { RoleId = role, Reason = "调离岗位" });
    }

    [Fact]
    public async Task Nobody_grants_themself_a_role()
    {
        var staff = await _world.StaffAsync(_world.Street);

        Assert.Equal("ROLE_OWN", await RefusalAsync(staff, staff, Wire.Role.PartyMember, _world.Community));
        Assert.Equal("ROLE_OWN", await Refusals.ReasonAsync(staff.Access.GrantRoleAsync(new()
        {
            Phone = staff.Phone,
            Role = Wire.Role.PartyMember,
            UnitId = _world.Community.ToString(),
        })));
    }

    [Theory]
    [InlineData(Wire.Role.Unspecified)]
    [InlineData(Wire.Role.Resident)]
    [InlineData(Wire.Role.Operator)]
    [InlineData((Wire.Role)10)]
    [InlineData((Wire.Role)262)]
    [InlineData((Wire.Role)(-1))]
    public async Task Resident_operator_and_unknown_roles_are_not_granted(Wire.Role role)
    {
        var staff = await _world.StaffAsync(_world.District);

        Assert.Equal("ROLE_NOT_GRANTABLE", await RefusalAsync(
            staff, await _world.ResidentAsync(), role, _world.Community));
    }

    [Fact]
    public async Task A_term_ends_after_it_starts_and_after_now()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();
        var now = _server.Clock.Now;

        foreach (var (starts, ends) in new (DateTime?, DateTime)[]
        {
            (null, now), (null, now.AddDays(-1)), (now.AddDays(2), now.AddDays(1)), (now.AddDays(-3), now.AddDays(-1)),
        })
        {
            Assert.Equal("TERM_REVERSED", await Refusals.ReasonAsync(staff.Access.GrantRoleAsync(new()
            {
                PersonId = person.PersonId.ToString(),
                Role = Wire.Role.Volunteer,
                UnitId = _world.Community.ToString(),
                StartsAt = starts is { } s ? Timestamp.FromDateTime(s) : null,
                EndsAt = Timestamp.FromDateTime(ends),
            })));
        }
    }

    [Fact]
    public async Task The_same_role_for_the_same_unit_is_held_once()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();
        var first = await GrantAsync(staff, person, Wire.Role.Volunteer, _world.Community);

        Assert.Equal("ROLE_HELD", await RefusalAsync(staff, person, Wire.Role.Volunteer, _world.Community));

        await staff.Access.EndRoleAsync(new() { RoleId = first.Holder.Role.Id, Reason = "搬家了" });
        await GrantAsync(staff, person, Wire.Role.Volunteer, _world.Community);
    }

    [Fact]
    public async Task Of_many_equal_grants_at_once_one_succeeds()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await GrantAsync(staff, person, Wire.Role.Volunteer, _world.Community);
                return "granted";
            }
            catch (RpcException refusal)
            {
                return refusal.Reason();
            }
        }));

        Assert.Single(outcomes, "granted");
        Assert.Equal(7, outcomes.Count(o => o == "ROLE_HELD"));
    }

    [Fact]
    public async Task A_person_is_named_by_id_or_phone_and_must_exist()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();
        Wire.GrantRoleRequest Request() => new() { Role = Wire.Role.Volunteer, UnitId = _world.Community.ToString() };

        var byPhone = Request();
        byPhone.Phone = person.Phone;
        Assert.Equal(person.PersonId.ToString(), (await staff.Access.GrantRoleAsync(byPhone)).Holder.PersonId);

        var stranger = Request();
        stranger.Phone = "13000000000";
        Assert.Equal("PERSON_UNKNOWN", await Refusals.ReasonAsync(staff.Access.GrantRoleAsync(stranger)));
        stranger.PersonId = Guid.NewGuid().ToString();
        Assert.Equal("PERSON_UNKNOWN", await Refusals.ReasonAsync(staff.Access.GrantRoleAsync(stranger)));
        Assert.Equal("PERSON_REQUIRED", await Refusals.ReasonAsync(staff.Access.GrantRoleAsync(Request())));
        Assert.Equal("UNIT_UNKNOWN", await RefusalAsync(staff, person, Wire.Role.Volunteer, Guid.NewGuid()));
    }

    [Fact]
    public async Task A_role_ends_once()
    {
        var staff = await _world.StaffAsync(_world.Street);
        var person = await _world.ResidentAsync();
        var role = (await GrantAsync(staff, person, Wire.Role.Volunteer, _world.Community)).Holder.Role.Id;

        await staff.Access.EndRoleAsync(new() { RoleId = role, Reason = "搬家了" });

        Assert.Empty((await person.Identity.GetMeAsync(new())).Me.Roles);
        Assert.Equal("ROLE_ENDED", await Refusals.ReasonAsync(
            staff.Access.EndRoleAsync(new() { RoleId = role, Reason = "搬家了" })));
        Assert.Equal("ROLE_UNKNOWN", await Refusals.ReasonAsync(
            staff.Access.EndRoleAsync(new() { RoleId = Guid.NewGuid().ToString(), Reason = "搬家了" })));
        Assert.Equal("TEXT_LENGTH", await Refusals.ReasonAsync(
            staff.Access.EndRoleAsync(new() { RoleId = role, Reason = "x" })));
    }

    [Fact]
    public async Task Roles_are_ended_within_the_subtree_only()
    {
        var volunteer = await _world.WithRoleAsync(Role.Volunteer, _world.FarCommunity);
        var role = (await volunteer.Identity.GetMeAsync(new())).Me.Roles[0].Id;
        var staff = await _world.StaffAsync(_world.Street);

        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            staff.Access.EndRoleAsync(new() { RoleId = role, Reason = "搬家了" })));
        Assert.Single((await volunteer.Identity.GetMeAsync(new())).Me.Roles);
    }

    private static async Task<Wire.GrantRoleResponse> GrantAsync(
        Actor staff, Actor person, Wire.Role role, Guid unit) =>
        await staff.Access.GrantRoleAsync(new()
        {
            PersonId = person.PersonId.ToString(),
            Role = role,
            UnitId = unit.ToString(),
        });

    private static async Task<string> RefusalAsync(Actor staff, Actor person, Wire.Role role, Guid unit) =>
        (await Assert.ThrowsAsync<RpcException>(() => GrantAsync(staff, person, role, unit))).Reason();
}
