using Google.Protobuf;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Organization;

public sealed class UnitChangeTests : IAsyncLifetime
{
    private const string Life =
        """
        move        Proposed   Approved   Done  Declined  Cancelled
        Approve     Approved   -          -     -         -
        Decline     Declined   -          -     -         -
        Cancel      Cancelled  Cancelled  -     -         -
        TakeEffect  -          Done       -     -         -
        """;

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _street = null!;
    private Actor _district = null!;

    /// <summary>A server of its own: the tree is changed.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _street = await _world.StaffAsync(_world.Street);
        _district = await _world.StaffAsync(_world.District);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void The_life_of_a_change_is_this_picture()
    {
        var states = Enum.GetValues<UnitChangeStatus>();
        var drawn = Enum.GetValues<UnitChangeMove>()
            .Select(move => $"{move} {string.Join(' ', states.Select(s => Cell(s, move)))}")
            .Prepend($"move {string.Join(' ', states)}");

        Assert.Equal(
            Life.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))), drawn);

        static string Cell(UnitChangeStatus status, UnitChangeMove move)
        {
            try
            {
                return UnitChange.Next(status, move).ToString();
            }
            catch (RefusedException refused) when (refused.Reason == "UNIT_CHANGE_STATUS")
            {
                return "-";
            }
        }
    }

    [Fact]
    public async Task A_street_renames_its_community_today_and_the_old_name_stays_with_the_old_days()
    {
        _server.Clock.Advance(TimeSpan.FromDays(10));

        var change = await _street.RenameAsync(_world.Community, "甲新社区", _server.Clock.Day());

        Assert.Equal(
            (Wire.UnitChangeStatus.Done, "甲新社区", "居民代表大会通过", _street.Name[..1] + "**"),
            (change.Status, change.Name, change.Reason, change.MadeByName));
        Assert.Equal("甲新社区", (await _street.UnitAsync(_world.Community)).Name);
        Assert.Equal("甲新社区", (await _street.UnitAsync(_world.Community, _server.Clock.Day())).Name);
        Assert.Equal("甲社区", (await _street.UnitAsync(_world.Community, _server.Clock.Day(-1))).Name);
        Assert.Equal(["甲新社区", "乙社区"], await _street.NamesBelowAsync(_world.Street));
        Assert.Equal(["甲社区", "乙社区"], await _street.NamesBelowAsync(_world.Street, _server.Clock.Day(-1)));
        Assert.Empty(await _street.NamesBelowAsync(_world.Street, _server.Clock.Day(-11)));
        Assert.Equal("UNIT_UNKNOWN", await Refusals.ReasonAsync(_street.Organization.GetUnitAsync(
            new() { UnitId = $"{_world.Community}", On = _server.Clock.Day(-11) })));
        Assert.Equal(
            ["UNIT_CHANGE_DONE", "UNIT_CHANGE_PLANNED", "UNIT_RENAMED"], await EntriesAsync(change.Id));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Two_renames_on_one_day_leave_the_last_name()
    {
        await _street.RenameAsync(_world.Community, "甲一社区", _server.Clock.Day());
        await _street.RenameAsync(_world.Community, "甲二社区", _server.Clock.Day());

        Assert.Equal("甲二社区", (await _street.UnitAsync(_world.Community, _server.Clock.Day())).Name);
    }

    [Fact]
    public async Task A_rename_for_later_waits_for_its_day()
    {
        var change = await _street.RenameAsync(_world.Community, "甲新社区", _server.Clock.Day(3));
        Assert.Equal(Wire.UnitChangeStatus.Approved, change.Status);

        // 10 in the morning in China, so the day begins in 62 hours.
        _server.Clock.Advance(TimeSpan.FromHours(61));
        await _server.RunJobsAsync();
        Assert.Equal("甲社区", (await _street.UnitAsync(_world.Community)).Name);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();

        Assert.Equal("甲新社区", (await _street.UnitAsync(_world.Community)).Name);
        var listed = Assert.Single((await _street.Organization.ListUnitChangesAsync(
            new() { UnitId = $"{_world.Street}" })).Changes);
        Assert.Equal((change.Id, Wire.UnitChangeStatus.Done), (listed.Id, listed.Status));
        Assert.Equal(
            ["UNIT_CHANGE_DONE", "UNIT_CHANGE_PLANNED", "UNIT_RENAMED"], await EntriesAsync(change.Id));
    }

    [Fact]
    public async Task What_comes_late_holds_from_its_day_on()
    {
        await _street.RenameAsync(_world.Community, "甲新社区", _server.Clock.Day(1));
        _server.Clock.Advance(TimeSpan.FromDays(5));
        await _server.RunJobsAsync();

        Assert.Equal("甲社区", (await _street.UnitAsync(_world.Community, _server.Clock.Day(-5))).Name);
        Assert.Equal("甲新社区", (await _street.UnitAsync(_world.Community, _server.Clock.Day(-4))).Name);
    }

    [Fact]
    public async Task A_change_is_cancelled_until_it_takes_effect_and_makes_room_for_another()
    {
        var change = await _street.RenameAsync(_world.Community, "甲新社区", _server.Clock.Day(3));
        Assert.Equal("UNIT_CHANGE_PLANNED", await Refusals.ReasonAsync(
            _street.Organization.RenameUnitAsync(Rename(r => r.Name = "甲别社区"))));

        var cancelled = (await _street.Organization.CancelUnitChangeAsync(
            new() { ChangeId = change.Id, Reason = "名称有误" })).Change;
        Assert.Equal((Wire.UnitChangeStatus.Cancelled, "名称有误"), (cancelled.Status, cancelled.DecidedReason));
        Assert.Equal("UNIT_CHANGE_STATUS", await Refusals.ReasonAsync(
            _street.Organization.CancelUnitChangeAsync(new() { ChangeId = change.Id, Reason = "再取消" })));
        _server.Clock.Advance(TimeSpan.FromDays(4));
        await _server.RunJobsAsync();

        Assert.Equal("甲社区", (await _street.UnitAsync(_world.Community)).Name);
        await _street.RenameAsync(_world.Community, "甲别社区", _server.Clock.Day());
        Assert.Equal("甲别社区", (await _street.UnitAsync(_world.Community)).Name);
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_by_its_reason()
    {
        Assert.Equal("UNIT_CHANGE_DAY", await ReasonAsync(r => r.EffectiveOn = _server.Clock.Day(-1)));
        Assert.Equal("UNIT_CHANGE_DAY", await ReasonAsync(r => r.EffectiveOn = _server.Clock.Day(367)));
        Assert.Equal("DAY_FORMAT", await ReasonAsync(r => r.EffectiveOn = "2026-6-1"));
        Assert.Equal("DAY_FORMAT", await ReasonAsync(r => r.EffectiveOn = ""));
        Assert.Equal("TEXT_LENGTH", await ReasonAsync(r => r.Name = "甲"));
        Assert.Equal("TEXT_LENGTH", await ReasonAsync(r => r.Name = new string('甲', 61)));
        Assert.Equal("TEXT_LENGTH", await ReasonAsync(r => r.Reason = "无"));
        Assert.Equal("UNIT_UNKNOWN", await ReasonAsync(r => r.UnitId = $"{Guid.CreateVersion7()}"));
        Assert.Equal("UNIT_CHANGE_UNKNOWN", await Refusals.ReasonAsync(_street.Organization.CancelUnitChangeAsync(
            new() { ChangeId = $"{Guid.CreateVersion7()}", Reason = "没有这项" })));
        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM unit_change"));
    }

    [Fact]
    public async Task Only_staff_strictly_above_change_a_unit()
    {
        var over = await _world.ResidentAsync();
        await _world.GrantAsync(over, Role.Staff, _world.Street, _server.Clock.Now.AddHours(1));
        var planned = await _street.RenameAsync(_world.NextCommunity, "乙新社区", _server.Clock.Day(9));
        _server.Clock.Advance(TimeSpan.FromHours(2));
        Actor[] refused =
        [
            await _world.ResidentAsync(), over, await _world.StaffAsync(_world.Community),
            await _world.StaffAsync(_world.OtherStreet), await _world.WithRoleAsync(Role.Auditor, _world.District),
            await _world.WithRoleAsync(Role.GridWorker, _world.Street),
        ];
        foreach (var actor in refused)
        {
            foreach (var call in Changes(actor, planned.Id))
            {
                Assert.Equal("NOT_PERMITTED", await TryAsync(call));
            }
        }

        // A street merges, splits and closes its communities, but not with those of its neighbour.
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(_street.Organization.MergeUnitsAsync(
            TreeSteps.Merge(_world.FarCommunity, _server.Clock.Day(9), _world.Community))));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(_street.Organization.RenameUnitAsync(
            Rename(r => r.UnitId = $"{_world.Street}"))));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(_district.Organization.RenameUnitAsync(
            Rename(r => r.UnitId = $"{_world.District}"))));
        var own = await _world.StaffAsync(_world.Community);
        Assert.Empty((await own.Organization.ListUnitChangesAsync(new() { UnitId = $"{_world.Community}" })).Changes);
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            own.Organization.ListUnitChangesAsync(new() { UnitId = $"{_world.Street}" })));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_change_sent_again_with_its_key_is_made_once()
    {
        var key = $"{Guid.NewGuid()}";
        var first = (await _street.OrganizationWithKey(key).RenameUnitAsync(Rename(_ => { }))).Change;

        Assert.Equal(first, (await _street.OrganizationWithKey(key).RenameUnitAsync(Rename(_ => { }))).Change);
        Assert.Equal(1, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM unit_change"));
    }

    [Fact]
    public async Task Changes_are_listed_page_by_page_and_by_state()
    {
        var planned = await _street.RenameAsync(_world.NextCommunity, "乙新社区", _server.Clock.Day(9));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var done = await _street.RenameAsync(_world.Community, "甲新社区", _server.Clock.Day());
        var request = new Wire.ListUnitChangesRequest { UnitId = $"{_world.District}", PageSize = 1 };

        var first = await _district.Organization.ListUnitChangesAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await _district.Organization.ListUnitChangesAsync(request);

        Assert.Equal([done], first.Changes);
        Assert.Equal([planned], second.Changes);
        Assert.Equal("", second.NextPageToken);
        Assert.Equal([planned], (await _district.Organization.ListUnitChangesAsync(
            new() { UnitId = $"{_world.District}", Status = Wire.UnitChangeStatus.Approved })).Changes);
    }

    private IEnumerable<Func<Task<IMessage>>> Changes(Actor actor, string planned)
    {
        var (organization, day) = (actor.Organization, _server.Clock.Day(9));
        return
        [
            async () => await organization.RenameUnitAsync(Rename(_ => { })),
            async () => await organization.CloseUnitAsync(new()
            {
                UnitId = $"{_world.Community}",
                SuccessorId = $"{_world.NextCommunity}",
                EffectiveOn = day,
                Reason = "没有居民了",
            }),
            async () => await organization.MergeUnitsAsync(
                TreeSteps.Merge(_world.NextCommunity, day, _world.Community)),
            async () => await organization.SplitUnitAsync(new()
            {
                UnitId = $"{_world.Community}",
                NewUnits = { new Wire.NewUnit { Name = "甲东社区" }, new Wire.NewUnit { Name = "甲西社区" } },
                EffectiveOn = day,
                Reason = "人口太多",
            }),
            async () => await organization.ApproveUnitChangeAsync(new() { ChangeId = planned }),
            async () => await organization.DeclineUnitChangeAsync(new() { ChangeId = planned, Reason = "不同意" }),
            async () => await organization.CancelUnitChangeAsync(new() { ChangeId = planned, Reason = "不同意" }),
        ];
    }

    private Wire.RenameUnitRequest Rename(Action<Wire.RenameUnitRequest> change)
    {
        var request = new Wire.RenameUnitRequest
        {
            UnitId = $"{_world.Community}",
            Name = "甲新社区",
            EffectiveOn = _server.Clock.Day(3),
            Reason = "居民代表大会通过",
        };
        change(request);
        return request;
    }

    private Task<string> ReasonAsync(Action<Wire.RenameUnitRequest> change) =>
        Refusals.ReasonAsync(_district.Organization.RenameUnitAsync(Rename(change)));

    private static async Task<string?> TryAsync(Func<Task<IMessage>> call) => await call().TryAsync();

    private async Task<IEnumerable<string>> EntriesAsync(string changeId) =>
        (await _server.Database.ScalarAsync<string>(
            """
            SELECT GROUP_CONCAT(kind ORDER BY kind) FROM journal_entry
            WHERE subject_id = @id OR detail LIKE CONCAT('%', @text, '%')
            """, ("@id", Guid.Parse(changeId)), ("@text", changeId)))!.Split(',');
}
