using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Organization;

public sealed class UnitMergeTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _one = null!;
    private Actor _other = null!;

    /// <summary>A server of its own: the tree is changed.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        // What is here was here yesterday.
        _server.Clock.Advance(TimeSpan.FromDays(1));
        _one = await _world.StaffAsync(_world.Street);
        _other = await _world.StaffAsync(_world.Street);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_merge_is_proposed_by_one_and_decided_by_another()
    {
        var proposed = (await _one.Organization.MergeUnitsAsync(Merge())).Change;
        Assert.Equal(Wire.UnitChangeStatus.Proposed, proposed.Status);
        Assert.False((await _one.UnitAsync(_world.Community)).Closed);
        Assert.Equal("SECOND_PERSON_NEEDED", await Refusals.ReasonAsync(
            _one.Organization.ApproveUnitChangeAsync(new() { ChangeId = proposed.Id })));
        Assert.Equal("SECOND_PERSON_NEEDED", await Refusals.ReasonAsync(
            _one.Organization.DeclineUnitChangeAsync(new() { ChangeId = proposed.Id, Reason = "改主意了" })));
        foreach (var unit in new[] { _world.Community, _world.OtherStreet })
        {
            var outsider = await _world.StaffAsync(unit);
            Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
                outsider.Organization.ApproveUnitChangeAsync(new() { ChangeId = proposed.Id })));
        }

        var done = (await _other.Organization.ApproveUnitChangeAsync(new() { ChangeId = proposed.Id })).Change;

        Assert.Equal(Wire.UnitChangeStatus.Done, done.Status);
        Assert.Equal("UNIT_CHANGE_STATUS", await Refusals.ReasonAsync(
            _other.Organization.ApproveUnitChangeAsync(new() { ChangeId = proposed.Id })));
        var merged = await _one.UnitAsync(_world.Community);
        Assert.Equal(
            (true, _server.Clock.Day(), $"{_world.NextCommunity}", $"{_world.NextCommunity}"),
            (merged.Closed, merged.ClosedOn, merged.SuccessorId, merged.ParentId));
        Assert.Equal(merged, (await _one.Organization.GetUnitByCodeAsync(
            new() { System = "division", Code = "999900001001" })).Unit);
        Assert.Equal($"{_world.NextCommunity}", (await _one.UnitAsync(_world.Grid)).ParentId);
        var before = await _one.UnitAsync(_world.Community, _server.Clock.Day(-1));
        Assert.Equal((false, "", $"{_world.Street}"), (before.Closed, before.ClosedOn, before.ParentId));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_declined_merge_changes_nothing_and_makes_room_for_another()
    {
        var proposed = (await _one.Organization.MergeUnitsAsync(Merge())).Change;
        Assert.Equal("UNIT_CHANGE_PLANNED", await Refusals.ReasonAsync(_other.Organization.MergeUnitsAsync(Merge())));

        var declined = (await _other.Organization.DeclineUnitChangeAsync(
            new() { ChangeId = proposed.Id, Reason = "居民不同意" })).Change;

        Assert.Equal((Wire.UnitChangeStatus.Declined, "居民不同意"), (declined.Status, declined.DecidedReason));
        Assert.False((await _one.UnitAsync(_world.Community)).Closed);
        Assert.Equal(
            Wire.UnitChangeStatus.Proposed, (await _other.Organization.MergeUnitsAsync(Merge())).Change.Status);
    }

    [Fact]
    public async Task A_merge_is_not_approved_after_its_day()
    {
        var proposed = (await _one.Organization.MergeUnitsAsync(Merge())).Change;
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.RunJobsAsync();

        Assert.Equal("UNIT_CHANGE_LATE", await Refusals.ReasonAsync(
            _other.Organization.ApproveUnitChangeAsync(new() { ChangeId = proposed.Id })));
        Assert.False((await _one.UnitAsync(_world.Community)).Closed);
    }

    [Fact]
    public async Task Only_units_of_one_kind_merge_each_once_and_none_that_is_closed()
    {
        var district = await _world.StaffAsync(_world.District);
        var day = _server.Clock.Day();

        Assert.Equal("UNIT_KINDS_DIFFER", await ReasonAsync(_world.NextCommunity, _world.Grid));
        Assert.Equal("UNIT_CHANGE_UNITS", await ReasonAsync(_world.NextCommunity));
        Assert.Equal("UNIT_CHANGE_UNITS", await ReasonAsync(_world.NextCommunity, _world.NextCommunity));
        Assert.Equal("UNIT_CHANGE_UNITS", await ReasonAsync(_world.NextCommunity, _world.Community, _world.Community));
        await _world.MergeAsync(_world.NextCommunity, day, _world.Community);
        Assert.Equal("UNIT_CLOSED", await ReasonAsync(_world.NextCommunity, _world.Community));
        Assert.Equal("UNIT_CLOSED", await ReasonAsync(_world.Community, _world.NextCommunity));

        Task<string> ReasonAsync(Guid successor, params Guid[] units) =>
            Refusals.ReasonAsync(district.Organization.MergeUnitsAsync(TreeSteps.Merge(successor, day, units)));
    }

    [Fact]
    public async Task Who_was_at_home_in_a_merged_community_is_a_neighbour_in_its_successor()
    {
        var (old, near) = (await _world.ResidentAsync(_world.Community), await _world.ResidentAsync(_world.NextCommunity));
        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);
        var staff = await _world.StaffAsync(_world.NextCommunity);

        Assert.Equal($"{_world.NextCommunity}", (await old.Identity.GetMeAsync(new())).Me.HomeUnitId);
        var there = await near.OpenAsync(_world.Request(_world.NextCommunity), staff);
        await old.ClaimAsync(there);
        var claim = (await old.Wishes.GetWishAsync(new() { WishId = there })).Wish.Claim;
        Assert.Equal($"{_world.NextCommunity}", claim.CreditedUnitId);

        // Nothing new begins in what is closed.
        Assert.Equal("UNIT_CLOSED", await Refusals.ReasonAsync(old.Wishes.MakeWishAsync(_world.Request())));
        Assert.Equal("UNIT_CLOSED", await Refusals.ReasonAsync(
            old.Identity.UpdateMeAsync(new() { HomeUnitId = $"{_world.Community}" })));
        Assert.Equal("UNIT_CLOSED", await Refusals.ReasonAsync(_one.Access.GrantRoleAsync(new()
        {
            PersonId = $"{near.PersonId}",
            Role = Wire.Role.Volunteer,
            UnitId = $"{_world.Community}",
        })));
    }

    [Fact]
    public async Task An_old_wish_is_open_to_the_successors_neighbours_and_its_staff_and_keeps_its_unit()
    {
        var oldStaff = await _world.StaffAsync(_world.Community);
        var newStaff = await _world.StaffAsync(_world.NextCommunity);
        var maker = await _world.ResidentAsync(_world.Community);
        var near = await _world.ResidentAsync(_world.NextCommunity);
        var open = await maker.OpenAsync(_world.Request(), oldStaff);
        var pending = await maker.MakeAsync(_world.Request());
        Assert.Equal("CLAIMER_KIND_NOT_HELD", await Refusals.ReasonAsync(
            near.Wishes.ClaimWishAsync(new() { WishId = open, Kind = Wire.ClaimerKind.Neighbour })));
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(
            newStaff.Wishes.ApproveWishAsync(new() { WishId = pending })));

        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);

        var wish = (await near.Wishes.GetWishAsync(new() { WishId = open })).Wish;
        Assert.Equal(
            ($"{_world.Community}", $"{_world.NextCommunity}"), (wish.UnitId, wish.AudienceUnitId));
        await near.ClaimAsync(open);
        await newStaff.Wishes.ApproveWishAsync(new() { WishId = pending });
        await oldStaff.Wishes.RevokeClaimAsync(new() { WishId = open, Reason = "一直没有联系" });

        // The lists of the successor follow; the street had them all along.
        await _server.RunJobsAsync();
        Assert.Equal(2, await ListedAsync(_world.NextCommunity));
        Assert.Equal(2, await ListedAsync(_world.Community));
        Assert.Equal(2, await ListedAsync(_world.Street));
        Assert.Equal(2, (await near.Wishes.CountWishesAsync(new() { UnitId = $"{_world.NextCommunity}" })).Counts.Open);
        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM unit_moved"));
        await _server.AssertSoundAsync();

        async Task<int> ListedAsync(Guid unit) => (await near.Wishes.ListWishesAsync(
            new() { View = Wire.WishView.Unit, UnitId = $"{unit}", Status = Wire.WishStatus.Open })).Wishes.Count;
    }

    [Fact]
    public async Task A_wish_of_a_merged_community_climbs_to_the_street_when_its_hours_are_over_and_not_to_the_successor()
    {
        var maker = await _world.ResidentAsync(_world.Community);
        var open = await maker.OpenAsync(_world.Request(), await _world.StaffAsync(_world.Community));
        var hours = _world.Category("misc").Rules!.HoursAt(0);
        _server.Clock.Advance(TimeSpan.FromHours(hours - 1));
        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);

        await _server.RunJobsAsync();
        Assert.Equal($"{_world.NextCommunity}", await AudienceAsync());
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _server.RunJobsAsync();

        Assert.Equal($"{_world.Street}", await AudienceAsync());
        var steps = (await maker.Wishes.GetWishJourneyAsync(new() { WishId = open })).Steps;
        Assert.Single(steps, s => s.Move == Wire.WishMove.Escalate);

        async Task<string> AudienceAsync() =>
            (await maker.Wishes.GetWishAsync(new() { WishId = open })).Wish.AudienceUnitId;
    }

    [Fact]
    public async Task A_wish_that_is_over_is_made_again_in_the_successor()
    {
        var maker = await _world.ResidentAsync(_world.Community);
        var id = await maker.MakeAsync(_world.Request());
        await maker.Wishes.WithdrawWishAsync(new() { WishId = id, Reason = "先不用了" });
        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);

        var again = (await maker.Wishes.RemakeWishAsync(new() { WishId = id })).Wish;

        Assert.Equal($"{_world.NextCommunity}", again.UnitId);
    }

    [Fact]
    public async Task A_whole_street_merges_with_everything_below_it()
    {
        var maker = await _world.ResidentAsync(_world.Grid);
        await maker.OpenAsync(_world.Request(_world.Grid), await _world.StaffAsync(_world.Community));
        await _world.MergeAsync(_world.OtherStreet, _server.Clock.Day(), _world.Street);

        Assert.Equal(["东街道", "甲社区", "乙社区", "丙社区"], (await maker.NamesBelowAsync(_world.OtherStreet)).Order(
            Comparer<string>.Create((a, b) => Order(a).CompareTo(Order(b)))));
        await _server.AssertSoundAsync();
        Assert.Equal(1, (await maker.Wishes.CountWishesAsync(new() { UnitId = $"{_world.OtherStreet}" })).Counts.Open);
        Assert.Equal(0, (await maker.Wishes.CountWishesAsync(new() { UnitId = $"{_world.Street}" })).Counts.Open);
        var (staff, former) = (await _world.StaffAsync(_world.OtherStreet), _one);
        await staff.RenameAsync(_world.Community, "甲新社区", _server.Clock.Day());
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(former.Organization.RenameUnitAsync(new()
        {
            UnitId = $"{_world.Community}",
            Name = "又一个名字",
            EffectiveOn = _server.Clock.Day(),
            Reason = "不再归我们管",
        })));

        static int Order(string name) => "东甲乙丙".IndexOf(name[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_for_later_takes_effect_on_its_day_and_what_came_meanwhile_comes_along()
    {
        var day = _server.Clock.Day(2);
        await _world.MergeAsync(_world.NextCommunity, day, _world.Community);
        var maker = await _world.ResidentAsync(_world.Community);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await maker.MakeAsync(_world.Request());
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.RunJobsAsync();

        Assert.Equal(day, (await maker.UnitAsync(_world.Community)).ClosedOn);
        Assert.Equal(1, (await maker.Wishes.CountWishesAsync(new() { UnitId = $"{_world.NextCommunity}" })).Counts.Made);
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_unit_is_closed_by_one_person_only_when_nothing_lives_in_it()
    {
        var request = new Wire.CloseUnitRequest
        {
            UnitId = $"{_world.Community}",
            SuccessorId = $"{_world.NextCommunity}",
            EffectiveOn = _server.Clock.Day(),
            Reason = "已经没有居民",
        };
        Assert.Equal("UNIT_IN_USE", await ReasonAsync());

        // The grid goes elsewhere, so that what is left are a resident and a wish.
        await _server.Database.ExecuteAsync("UPDATE unit SET closed_on = '2026-06-01' WHERE id = @id", ("@id", _world.Grid));
        var resident = await _world.ResidentAsync(_world.Community);
        Assert.Equal("UNIT_IN_USE", await ReasonAsync());
        await resident.Identity.UpdateMeAsync(new() { HomeUnitId = $"{_world.NextCommunity}" });
        var wish = await resident.MakeAsync(_world.Request());
        Assert.Equal("UNIT_IN_USE", await ReasonAsync());
        await resident.Wishes.WithdrawWishAsync(new() { WishId = wish, Reason = "不需要了" });

        var closed = (await _one.Organization.CloseUnitAsync(request)).Change;

        Assert.Equal((Wire.UnitChangeStatus.Done, $"{_world.NextCommunity}"), (closed.Status, closed.SuccessorId));
        Assert.Equal($"{_world.NextCommunity}", (await _one.UnitAsync(_world.Community)).SuccessorId);

        Task<string> ReasonAsync() => Refusals.ReasonAsync(_one.Organization.CloseUnitAsync(request));
    }

    [Fact]
    public async Task What_is_imported_below_a_merged_unit_is_put_below_its_successor()
    {
        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);
        var file = new FileInfo(Path.GetTempFileName());
        await File.WriteAllTextAsync(
            file.FullName, "code,name,level,parent_code\n999900001001G02,第二网格,grid,999900001001\n");

        await new UnitImport(_server.Db, _server.Services.GetRequiredService<Units>(), _server.Clock).ImportAsync(
            file, under: null, UnitImport.System, (_, _) => { }, CancellationToken.None);

        file.Delete();
        Assert.Contains("第二网格", await _one.NamesBelowAsync(_world.NextCommunity));
        Assert.DoesNotContain("第二网格", await _one.NamesBelowAsync(_world.NextCommunity, _server.Clock.Day(-1)));
    }

    [Fact]
    public async Task Every_unit_that_changes_leaves_an_entry()
    {
        var change = await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);

        var entries = (await _server.Database.ScalarAsync<string>(
            """
            SELECT GROUP_CONCAT(kind, ' ', LOWER(HEX(subject_id)) SEPARATOR ',') FROM journal_entry
            WHERE kind LIKE 'UNIT%' AND kind <> 'UNIT_ADDED'
            """))!.Split(',');
        var id = Guid.Parse(change.Id);
        Assert.Equal(
            new[]
            {
                $"UNIT_CHANGE_PROPOSED {id:n}", $"UNIT_CHANGE_APPROVED {id:n}", $"UNIT_MOVED {_world.Grid:n}",
                $"UNIT_CLOSED {_world.Community:n}", $"UNIT_CHANGE_DONE {id:n}",
            }.Order(StringComparer.Ordinal),
            entries.Order(StringComparer.Ordinal));
        await _server.AssertSoundAsync();
    }

    private Wire.MergeUnitsRequest Merge() =>
        TreeSteps.Merge(_world.NextCommunity, _server.Clock.Day(), _world.Community);
}
