using System.Globalization;
using MySqlConnector;
using WuWei.Tests.Harness;
using WuWei.Tests.Inbox;
using WuWei.Wishes;

namespace WuWei.Tests.Organization;

/// <summary>Changes that follow on earlier ones.</summary>
public sealed class UnitSuccessionTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _street = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        // What is here was here yesterday.
        _server.Clock.Advance(TimeSpan.FromDays(1));
        _street = await _world.StaffAsync(_world.Street);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_unit_in_which_people_of_a_merged_one_are_at_home_is_not_closed_by_one_person()
    {
        var (merged, into, other) = (
            await _world.NewGridAsync(), await _world.NewGridAsync(), await _world.NewGridAsync());
        await _world.ResidentAsync(merged);
        await _world.MergeAsync(into, _server.Clock.Day(), merged);

        Assert.Equal("UNIT_IN_USE", await CloseAsync(into, other));
        Assert.Equal("UNIT_WITHIN", await CloseAsync(other, other));
    }

    [Fact]
    public async Task What_a_merged_unit_left_reaches_every_successor_of_its_successor()
    {
        var (merged, into) = (await _world.NewGridAsync(), await _world.NewGridAsync());
        var person = await _world.ResidentAsync(merged);
        await _world.MergeAsync(into, _server.Clock.Day(), merged);
        var parts = await SplitAsync(into);

        var rehomed = await _street.Organization.RehomePeopleAsync(new()
        {
            UnitId = $"{merged}",
            ToUnitId = parts[1],
            PersonIds = { $"{person.PersonId}" },
        });

        Assert.Single(rehomed.PersonIds);
        Assert.Equal(parts[1], (await person.Identity.GetMeAsync(new())).Me.HomeUnitId);
    }

    [Fact]
    public async Task A_wish_takes_its_follow_ups_along()
    {
        var grid = await _world.NewGridAsync();
        var cast = (await WishCast.CreateAsync(_world)) with { Detail = r => r.UnitId = $"{grid}" };
        var wish = await cast.WishAsync(WishStatus.Kept, ratedLow: true);
        await cast.SecondStaff.Wishes.CallAsync("ProposeOverturn", wish, cast.Other);
        await cast.Staff.Wishes.CallAsync("OverturnWish", wish, cast.Other);
        var parts = await SplitAsync(grid);

        await _street.Wishes.RehomeWishAsync(new() { WishId = wish, ToUnitId = parts[1], Reason = "住在西边" });

        Assert.Empty(await ClosedAsync(parts[0]));
        Assert.Equal([wish], await ClosedAsync(parts[1]));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_wish_takes_reports_of_its_threads_along()
    {
        var grid = await _world.NewGridAsync();
        var cast = (await WishCast.CreateAsync(_world)) with { Detail = r => r.UnitId = $"{grid}" };
        var wish = await cast.WishAsync(WishStatus.Claimed);
        var report = await cast.Maker.ReportAsync((await wish.ThreadAsync(cast.Maker)).Id);
        var parts = await SplitAsync(grid);

        await _street.Wishes.RehomeWishAsync(new() { WishId = wish, ToUnitId = parts[1], Reason = "住在西边" });

        Assert.Empty(await ReportsAsync(parts[0]));
        Assert.Equal([(report.Id, parts[1])], (await ReportsAsync(parts[1])).Select(r => (r.Id, r.UnitId)));

        async Task<IEnumerable<Wire.ThreadReport>> ReportsAsync(string unit) =>
            (await _street.Threads.ListThreadReportsAsync(new() { UnitId = unit })).Reports;
    }

    [Fact]
    public async Task A_report_made_while_its_wish_gets_another_unit_is_for_that()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WishStatus.Claimed);
        var thread = (await wish.ThreadAsync(cast.Maker)).Id;
        await using var rehoming = new MySqlConnection(_server.Database.Owner);
        await rehoming.OpenAsync();
        await using var transaction = await rehoming.BeginTransactionAsync();
        await ExecuteAsync("UPDATE wish SET unit_id = @unit, version = version + 1 WHERE id = @wish");

        var report = cast.Maker.ReportAsync(thread);
        await using var watching = new MySqlConnection(_server.Database.Service);
        await watching.OpenAsync();
        // It waits for the wish, or is about to.
        while (!report.IsCompleted && !await IsHeldUpAsync())
        {
            await Task.Yield();
        }

        await ExecuteAsync("UPDATE thread_report SET unit_id = @unit WHERE wish_id = @wish");
        await transaction.CommitAsync();

        Assert.Equal($"{_world.NextCommunity}", (await report).UnitId);
        Assert.Equal(1, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM thread_report WHERE unit_id = @unit", ("unit", _world.NextCommunity)));

        async Task<bool> IsHeldUpAsync()
        {
            await using var command = new MySqlCommand(
                """
                SELECT COUNT(*) FROM information_schema.processlist
                WHERE db = DATABASE() AND info LIKE 'SELECT unit_id FROM wish %'
                """, watching);
            return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) > 0;
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = new MySqlCommand(sql, rehoming, transaction);
            command.Parameters.AddWithValue("unit", _world.NextCommunity.ToByteArray(bigEndian: true));
            command.Parameters.AddWithValue("wish", Guid.Parse(wish).ToByteArray(bigEndian: true));
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task An_appeal_about_a_name_goes_along_when_staff_give_its_owner_a_new_home()
    {
        var person = await _world.ResidentAsync();
        await person.Identity.UpdateMeAsync(new() { Name = "慕容白" });
        var check = await _world.RefuseWaitingAsync(Wire.ContentKind.Name);
        await person.ContentChecks.AppealContentAsync(new() { Id = check, Reason = "我就叫这个名字" });
        await _world.MergeAsync(_world.FarCommunity, _server.Clock.Day(), _world.Community);
        await _server.RunJobsAsync();
        var (other, district) = (await _world.StaffAsync(_world.OtherStreet), await _world.StaffAsync(_world.District));

        await district.Organization.RehomePeopleAsync(new()
        {
            UnitId = $"{_world.Community}",
            ToUnitId = $"{_world.FarCommunity}",
            PersonIds = { $"{person.PersonId}" },
        });

        Assert.Empty(await AppealsAsync(_street, _world.Street));
        Assert.Equal([check], await AppealsAsync(other, _world.OtherStreet));
        Assert.Equal(1, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM content_check WHERE unit_id = @unit", ("unit", _world.FarCommunity)));
    }

    [Fact]
    public async Task An_appeal_that_waits_goes_with_its_wish_to_another_street_which_is_told()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WishStatus.Claimed);
        await cast.Claimer.SayToAsync(wish, "我明天上午来");
        var check = await _world.RefuseWaitingAsync(Wire.ContentKind.Message);
        await cast.Claimer.ContentChecks.AppealContentAsync(new() { Id = check, Reason = "写得很明白" });
        await _world.MergeAsync(_world.FarCommunity, _server.Clock.Day(), _world.Community);
        await _server.RunJobsAsync();
        var (other, district) = (await _world.StaffAsync(_world.OtherStreet), await _world.StaffAsync(_world.District));
        Assert.Equal([check], await AppealsAsync(_street, _world.Street));

        await district.Wishes.RehomeWishAsync(
            new() { WishId = wish, ToUnitId = $"{_world.FarCommunity}", Reason = "归那边管" });
        await _server.RunJobsAsync();

        Assert.Empty(await AppealsAsync(_street, _world.Street));
        Assert.Equal([check], await AppealsAsync(other, _world.OtherStreet));
        Assert.Contains("CONTENT_APPEALED", await other.EventsAsync());
        Assert.DoesNotContain("CONTENT_APPEALED", await cast.Claimer.EventsAsync());
        await other.ContentChecks.DecideContentAppealAsync(new() { Id = check, Admit = true, Answer = "看过了" });
    }

    [Fact]
    public async Task Districts_are_only_renamed()
    {
        await _server.Database.ExecuteAsync("UPDATE unit_kind SET categories = 1 WHERE code = 'street'");
        var district = await _world.StaffAsync(_world.District);
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);

        Assert.Equal("UNIT_HAS_CATEGORIES", await Refusals.ReasonAsync(district.At(copy).Organization.MergeUnitsAsync(
            TreeSteps.Merge(_world.OtherStreet, _server.Clock.Day(), _world.Street))));
        await district.At(copy).RenameAsync(_world.Street, "新东街道", _server.Clock.Day());
    }

    [Fact]
    public async Task A_period_in_which_more_was_overturned_than_rated_has_no_average_out_of_range()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WishStatus.Kept, ratedLow: true);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await cast.SecondStaff.Wishes.CallAsync("ProposeOverturn", wish, cast.Other);
        await cast.Staff.Wishes.CallAsync("OverturnWish", wish, cast.Other);

        var satisfaction = (await _street.Wishes.ReportWishesAsync(new()
        {
            UnitId = $"{_world.Community}",
            FromDay = _server.Clock.Day(),
            ToDay = _server.Clock.Day(),
        })).Counts.Satisfaction;

        Assert.Equal((0, false), (satisfaction.Ratings, satisfaction.HasAverage));
    }

    private Task<string> CloseAsync(Guid unit, Guid successor) => Refusals.ReasonAsync(_street.Organization.CloseUnitAsync(new()
    {
        UnitId = $"{unit}",
        SuccessorId = $"{successor}",
        EffectiveOn = _server.Clock.Day(),
        Reason = "网格调整",
    }));

    private static async Task<IEnumerable<string>> AppealsAsync(Actor staff, Guid unit) =>
        (await staff.ContentChecks.ListContentAppealsAsync(new() { UnitId = $"{unit}" })).Appeals.Select(a => a.Id);

    private async Task<List<string>> SplitAsync(Guid unit) =>
        [.. (await _street.Organization.SplitUnitAsync(new()
        {
            UnitId = $"{unit}",
            NewUnits = { New("网格东"), New("网格西") },
            EffectiveOn = _server.Clock.Day(),
            Reason = "网格调整",
        })).Change.NewUnits.Select(u => u.Id)];

    private async Task<IEnumerable<string>> ClosedAsync(string unit) =>
        (await _street.Wishes.ListFollowUpsAsync(new() { UnitId = unit, Closed = true })).FollowUps.Select(f => f.WishId);

    private static Wire.NewUnit New(string name) => new()
    {
        Name = name,
        Codes = { new Wire.UnitCode { System = "division", Code = $"{Guid.NewGuid():n}" } },
    };
}
