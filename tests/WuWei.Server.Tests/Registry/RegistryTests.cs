using WuWei.Tests.Harness;

namespace WuWei.Tests.Registry;

/// <summary>Organisations are registered, listed, renewed and suspended; each unit decides where they serve.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _founder = null!;
    private Actor _staff = null!;
    private Actor _neighbours = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _founder = await _world.ResidentAsync();
        _staff = await _world.StaffAsync(_world.Community);
        _neighbours = await _world.StaffAsync(_world.NextCommunity);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task What_is_applied_for_is_seen_by_its_members_and_staff_and_when_listed_by_all()
    {
        var id = await _founder.RegisterAsync(_world.Community);
        var other = await _world.ResidentAsync();
        Assert.Equal("ORGANISATION_UNKNOWN", await Refusals.ReasonAsync(other.Registry.GetOrganisationAsync(Get(id))));
        Assert.Empty(await ListAsync(other));
        Assert.Equal(id, Assert.Single(await ListAsync(_staff, Wire.OrganisationStatus.Applied)).Id);
        Assert.Equal("刘主任", (await _staff.Registry.GetOrganisationAsync(Get(id))).Contact.Name);

        await _staff.Registry.DecideOrganisationAsync(RegistrySteps.Listing(id));

        Assert.Equal(id, Assert.Single(await ListAsync(other)).Id);
        var seen = await other.Registry.GetOrganisationAsync(Get(id));
        Assert.Equal(
            (Wire.OrganisationStatus.Listed, RegistrySteps.LastDay, false),
            (seen.Organisation.Status, seen.Organisation.ListedUntil, seen.Organisation.MayAct));
        Assert.Null(seen.Contact);
        Assert.Equal("ORGANISATION_WRONG_STATUS", await Refusals.ReasonAsync(
            _staff.Registry.DecideOrganisationAsync(RegistrySteps.Listing(id))));
    }

    [Fact]
    public async Task What_is_declined_tells_its_members_why()
    {
        var id = await _founder.RegisterAsync(_world.Community);
        await _staff.Registry.DecideOrganisationAsync(new() { OrganisationId = id, Reason = RegistrySteps.Reason });

        var membership = Assert.Single((await _founder.Registry.ListMyMembershipsAsync(new())).Memberships);
        Assert.Equal(Wire.OrganisationStatus.Declined, membership.Organisation.Status);
        Assert.Equal(
            RegistrySteps.Reason, (await _founder.Registry.GetOrganisationAsync(Get(id))).Organisation.Reason);
        Assert.Equal("ORGANISATION_NOT_LISTED", await Refusals.ReasonAsync(_founder.Registry.AddMemberAsync(
            new() { OrganisationId = id, PersonId = $"{_staff.PersonId}", Kind = Wire.MemberKind.Member })));
    }

    [Fact]
    public async Task What_lapsed_or_was_suspended_is_not_public_until_it_is_renewed()
    {
        var today = _world.Today;
        var id = await _founder.ListedAsync(_world.Community, _staff, until: today);
        var other = await _world.ResidentAsync();
        Assert.Single(await ListAsync(other));

        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await ListAsync(other));
        Assert.Equal("ORGANISATION_UNKNOWN", await Refusals.ReasonAsync(other.Registry.GetOrganisationAsync(Get(id))));
        Assert.Equal(id, Assert.Single(await ListAsync(_staff, Wire.OrganisationStatus.Lapsed)).Id);

        await RenewAsync(id);
        Assert.Single(await ListAsync(other));
        Assert.Empty(await ListAsync(_staff, Wire.OrganisationStatus.Lapsed));

        await _staff.Registry.SuspendOrganisationAsync(new() { OrganisationId = id, Reason = RegistrySteps.Reason });
        Assert.Empty(await ListAsync(other));
        await RenewAsync(id);
        Assert.Single(await ListAsync(other));
    }

    [Fact]
    public async Task One_organisation_serves_in_several_units_each_decides_and_it_counts_once()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        Assert.Equal(0, await CountAsync(_world.NextCommunity));
        await ApplyAsync(id);
        Assert.Equal("SCOPE_HELD", await Refusals.ReasonAsync(_founder.Registry.ApplyForScopeAsync(
            new() { OrganisationId = id, UnitId = $"{_world.NextCommunity}" })));
        Assert.Equal(0, await CountAsync(_world.NextCommunity));
        Assert.Equal(id, Assert.Single((await _neighbours.Registry.ListOrganisationsAsync(
            new() { UnitId = $"{_world.NextCommunity}", ScopeApplied = true })).Organisations).Id);
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            _staff.Registry.DecideScopeAsync(Scope(id, approve: true))));

        await _neighbours.Registry.DecideScopeAsync(Scope(id, approve: true));

        var counts = await Task.WhenAll(
            new[] { _world.Community, _world.NextCommunity, _world.District, _world.FarCommunity }.Select(CountAsync));
        Assert.Equal([1, 1, 1, 0], counts);
        Assert.Single((await _founder.Registry.ListOrganisationsAsync(
            new() { UnitId = $"{_world.District}" })).Organisations);
    }

    [Fact]
    public async Task A_scope_that_was_ended_is_asked_for_again()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        Assert.Equal("SCOPE_UNKNOWN", await Refusals.ReasonAsync(
            _neighbours.Registry.DecideScopeAsync(Scope(id, approve: true))));
        await ApplyAsync(id);
        await _neighbours.Registry.DecideScopeAsync(Scope(id, approve: true));
        await _neighbours.Registry.DecideScopeAsync(Scope(id, approve: false));
        Assert.Equal(0, await CountAsync(_world.NextCommunity));
        Assert.Equal("SCOPE_DECLINED", await Refusals.ReasonAsync(
            _neighbours.Registry.DecideScopeAsync(Scope(id, approve: true))));

        await ApplyAsync(id);
        await _neighbours.Registry.DecideScopeAsync(Scope(id, approve: true));

        Assert.Equal(1, await CountAsync(_world.NextCommunity));
    }

    [Fact]
    public async Task Members_come_and_go_and_somebody_who_may_act_stays()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        var (deputy, helper) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        var member = await _founder.AddMemberAsync(id, helper);
        Assert.Equal("MEMBER_HELD", await Refusals.ReasonAsync(_founder.Registry.AddMemberAsync(
            new() { OrganisationId = id, PersonId = $"{helper.PersonId}", Kind = Wire.MemberKind.Board })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(helper.Registry.AddMemberAsync(
            new() { OrganisationId = id, PersonId = $"{deputy.PersonId}", Kind = Wire.MemberKind.Board })));
        var members = (await _founder.Registry.ListMembersAsync(new() { OrganisationId = id })).Members;
        var founder = members.Single(m => m.MayAct);
        var ending = new Wire.EndMemberRequest { OrganisationId = id, MemberId = founder.Id };
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(helper.Registry.EndMemberAsync(ending)));
        Assert.Equal("LAST_ACTING_MEMBER", await Refusals.ReasonAsync(_founder.Registry.EndMemberAsync(ending)));

        // Whose term ends does not stand in for somebody who stays.
        var term = await _founder.AddMemberAsync(id, deputy, mayAct: true, endsOn: RegistrySteps.LastDay);
        Assert.Equal("LAST_ACTING_MEMBER", await Refusals.ReasonAsync(_founder.Registry.EndMemberAsync(ending)));
        await _founder.Registry.EndMemberAsync(new() { OrganisationId = id, MemberId = term.Id });
        await _founder.AddMemberAsync(id, deputy, mayAct: true);
        await _founder.Registry.EndMemberAsync(ending);

        await helper.Registry.EndMemberAsync(new() { OrganisationId = id, MemberId = member.Id });
        Assert.Empty((await helper.Registry.ListMyMembershipsAsync(new())).Memberships);
        Assert.Single((await deputy.Registry.ListMembersAsync(new() { OrganisationId = id })).Members);
        Assert.Equal("MEMBER_UNKNOWN", await Refusals.ReasonAsync(deputy.Registry.EndMemberAsync(
            new() { OrganisationId = id, MemberId = member.Id })));
    }

    [Fact]
    public async Task Nobody_decides_on_an_organisation_they_belong_to()
    {
        await _world.GrantAsync(_founder, WuWei.Calls.Role.Staff, _world.Community);
        var id = await _founder.RegisterAsync(_world.Community);
        Assert.Equal("ORGANISATION_OWN", await Refusals.ReasonAsync(
            _founder.Registry.DecideOrganisationAsync(RegistrySteps.Listing(id))));
        await _staff.Registry.DecideOrganisationAsync(RegistrySteps.Listing(id));
        await _founder.AddMemberAsync(id, _staff);

        var other = await _world.ResidentAsync();
        Assert.Equal("ORGANISATION_OWN", await Refusals.ReasonAsync(_staff.Registry.AddMemberAsync(
            new() { OrganisationId = id, Phone = other.Phone, Kind = Wire.MemberKind.Board })));
        Assert.Equal("ORGANISATION_OWN", await Refusals.ReasonAsync(_staff.Registry.SuspendOrganisationAsync(
            new() { OrganisationId = id, Reason = RegistrySteps.Reason })));
        Assert.Equal("ORGANISATION_OWN", await Refusals.ReasonAsync(_staff.Registry.DecideScopeAsync(
            new() { OrganisationId = id, UnitId = $"{_world.Community}", Reason = RegistrySteps.Reason })));
        Assert.Equal("ORGANISATION_OWN", await Refusals.ReasonAsync(_staff.Registry.RenewOrganisationAsync(
            new() { OrganisationId = id, ListedUntil = RegistrySteps.LastDay })));
    }

    [Fact]
    public async Task What_is_wrong_is_refused_with_a_reason()
    {
        var registration = RegistrySteps.Registration(_world.Community);
        registration.Name = "";
        registration.Contact.Phone = "123";
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await _founder.Registry.RegisterOrganisationAsync(registration));
        Assert.Equal("ORGANISATION_INVALID", refusal.Reason());
        Assert.Equal(["name", "contact.phone"], refusal.Fields());
        var id = await _founder.RegisterAsync(_world.Community);
        var listing = RegistrySteps.Listing(id, until: "2000-01-01");
        Assert.Equal("LAST_DAY_RANGE", await Refusals.ReasonAsync(_staff.Registry.DecideOrganisationAsync(listing)));
        listing.ListedUntil = RegistrySteps.LastDay;
        listing.Number = "";
        Assert.Equal(
            "ORGANISATION_NUMBER", await Refusals.ReasonAsync(_staff.Registry.DecideOrganisationAsync(listing)));
        listing.Number = "建社登1";
        await _staff.Registry.DecideOrganisationAsync(listing);
        listing.OrganisationId = await _founder.RegisterAsync(_world.Community);
        Assert.Equal(
            "ORGANISATION_NUMBER_TAKEN", await Refusals.ReasonAsync(_staff.Registry.DecideOrganisationAsync(listing)));
        Assert.Equal("MEMBER_KIND", await Refusals.ReasonAsync(
            _founder.Registry.AddMemberAsync(new() { OrganisationId = id, PersonId = $"{_staff.PersonId}" })));
        Assert.Equal("MEMBER_TERM", await Refusals.ReasonAsync(_founder.Registry.AddMemberAsync(
            new() { OrganisationId = id, Kind = Wire.MemberKind.Board, StartsOn = _world.Tomorrow })));
        Assert.Equal("ORGANISATION_STATUS", await Refusals.ReasonAsync(_staff.Registry.ListOrganisationsAsync(
            new() { UnitId = $"{_world.Community}", Status = (Wire.OrganisationStatus)9 })));
    }

    [Fact]
    public async Task A_person_applies_for_few_a_day()
    {
        for (var i = 0; i < 3; i++)
        {
            await _founder.RegisterAsync(_world.Community);
        }

        Assert.Equal("ORGANISATIONS_TOO_MANY", await Refusals.ReasonAsync(
            _founder.Registry.RegisterOrganisationAsync(RegistrySteps.Registration(_world.Community))));
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _founder.RegisterAsync(_world.Community);
    }

    private static Wire.GetOrganisationRequest Get(string id) => new() { OrganisationId = id };

    private async Task RenewAsync(string id) => await _staff.Registry.RenewOrganisationAsync(
        new() { OrganisationId = id, ListedUntil = RegistrySteps.LastDay });

    private async Task ApplyAsync(string id) => await _founder.Registry.ApplyForScopeAsync(
        new() { OrganisationId = id, UnitId = $"{_world.NextCommunity}" });

    private Wire.DecideScopeRequest Scope(string id, bool approve) => new()
    {
        OrganisationId = id,
        UnitId = $"{_world.NextCommunity}",
        Approve = approve,
        Until = RegistrySteps.LastDay,
        Reason = "人手不够",
    };

    private async Task<IReadOnlyList<Wire.Organisation>> ListAsync(
        Actor actor, Wire.OrganisationStatus status = Wire.OrganisationStatus.Unspecified) =>
        (await actor.Registry.ListOrganisationsAsync(
            new() { UnitId = $"{_world.Community}", Status = status })).Organisations;

    private async Task<long> CountAsync(Guid unit) =>
        (await _founder.Registry.CountOrganisationsAsync(new() { UnitId = $"{unit}" })).Listed;
}
