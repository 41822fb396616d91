using Microsoft.Extensions.DependencyInjection;
using WuWei.Boards;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Points;

/// <summary>What the rules take from who had a place and did not come, and how it goes back when that was wrong.</summary>
public sealed class DeductionTests : IAsyncLifetime
{
    private const int Asked = 4;

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _organiser = null!;
    private Actor _person = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _organiser = await _world.StaffAsync(_world.Community);
        _person = await _world.ResidentAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(10, 4)]
    [InlineData(4, 4)]
    [InlineData(3, 3)]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    public async Task Who_did_not_come_loses_what_the_rules_say_down_to_nothing(int balance, int taken)
    {
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
        await HasAsync(balance);

        var activity = await MissAsync();

        Assert.Equal(balance - taken, await BalanceAsync());
        var line = (await LinesAsync())[0];
        Assert.Equal((Wire.TransferKind.Deduction, -taken), (line.Kind, line.Points));
        var deduction = line.Deduction;
        Assert.Equal(
            (Wire.DeductionReason.NoShow, activity.Id, taken, Asked, 2, false),
            (deduction.Reason, deduction.SubjectId, deduction.Points, deduction.AskedPoints, deduction.RulesVersion,
                deduction.Returned));
        Assert.Equal(deduction, (await _person.Points.ExplainAwardAsync(new() { AwardId = deduction.Id })).Deduction);
        Assert.Equal(deduction, (await _organiser.Points.ExplainAwardAsync(new() { AwardId = deduction.Id })).Deduction);
        foreach (var stranger in new[] { await _world.ResidentAsync(), await _world.StaffAsync(_world.FarCommunity) })
        {
            Assert.Equal("AWARD_UNKNOWN", await Refusals.ReasonAsync(
                stranger.Points.ExplainAwardAsync(new() { AwardId = deduction.Id })));
        }

        Assert.DoesNotContain(await FaultsAsync(), f => f.Contains("deduction", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Once_only_however_often_the_clock_looks()
    {
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
        await HasAsync(20);
        await MissAsync();

        await _server.Database.ExecuteAsync("UPDATE activity_shift SET swept = 0");
        await _server.RunJobsAsync();

        Assert.Equal(20 - Asked, await BalanceAsync());
        Assert.Empty(await FaultsAsync());
    }

    [Fact]
    public async Task Rules_that_do_not_speak_of_it_take_nothing_and_say_nothing()
    {
        await HasAsync(10);
        await MissAsync();

        Assert.Equal(10, await BalanceAsync());
        Assert.Equal([Wire.TransferKind.Adjustment], (await LinesAsync()).Select(l => l.Kind));
        Assert.Empty(await FaultsAsync());
    }

    [Fact]
    public async Task The_rules_of_the_day_of_the_shift_hold_also_when_it_is_recorded_later()
    {
        await HasAsync(10);
        var (activity, _) = await PlaceAsync();
        _server.Clock.Advance(activity.Shifts[0].EndsAt.ToDateTime() - _world.Now);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _server.RunJobsAsync();

        Assert.Equal(10, await BalanceAsync());
        Assert.Empty(await FaultsAsync());
    }

    [Fact]
    public async Task Who_was_there_after_all_gets_it_back_by_a_line_of_its_own()
    {
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
        await HasAsync(10);
        var (activity, place) = await PlaceAsync();
        var shift = activity.Shifts[0];
        _server.Clock.Advance(shift.StartsAt.ToDateTime() - _world.Now);
        var coming = await _organiser.ToCheckInAsync(shift.Id);
        coming.Position = AttendanceSteps.Here(metresNorth: 900);
        Assert.Equal("CHECK_IN_TOO_FAR", await Refusals.ReasonAsync(_person.Attendance.CheckInAsync(coming)));
        var appeal = (await _person.Attendance.AppealCheckInAsync(
            new() { SignUpId = place, Way = Wire.CheckWay.In, Reason = "我就在码头另一侧。" })).Appeal;
        _server.Clock.Advance(shift.EndsAt.ToDateTime() - _world.Now);
        await _server.RunJobsAsync();
        Assert.Equal(10 - Asked, await BalanceAsync());
        Assert.Equal([10 - Asked], await RankedAsync());

        await _organiser.Attendance.DecideAppealAsync(new() { AppealId = appeal.Id, Admit = true, Answer = "有人证实。" });

        Assert.Equal(10, await BalanceAsync());
        var lines = await LinesAsync();
        Assert.Equal(
            [(Wire.TransferKind.Reversal, Asked), (Wire.TransferKind.Deduction, -Asked), (Wire.TransferKind.Adjustment, 10)],
            lines.OrderByDescending(l => l.Kind == Wire.TransferKind.Reversal).Select(l => (l.Kind, l.Points)));
        Assert.True(lines.Single(l => l.Deduction is not null).Deduction.Returned);
        Assert.Equal([10], await RankedAsync());
        Assert.Empty(await FaultsAsync());

        var confirming = AttendanceSteps.Confirming(shift.Id, place);
        confirming.People[0].OutAt = shift.EndsAt;
        await _organiser.Attendance.ConfirmAttendanceAsync(confirming);
        Assert.Equal(13, await BalanceAsync());
        Assert.Equal([13], await RankedAsync());
        Assert.Empty(await FaultsAsync());
        await _server.RebuildBoardsAsync();
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Who_stood_at_a_door_that_want_of_insurance_kept_shut_loses_nothing()
    {
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
        await HasAsync(10);
        var form = _world.Activity(startsAt: _world.Now.AddHours(3));
        form.InsuranceNeeded = true;
        form.Shifts.Add(ActivitySteps.ShiftAt(_world.Now.AddHours(6), 1));
        var activity = await _organiser.EnrollingAsync(form);
        var place = (await _person.SignUpAsync(activity.Role())).Id;
        var shift = activity.Shifts[0];
        _server.Clock.Advance(shift.StartsAt.ToDateTime() - _world.Now);
        Assert.Equal("ACTIVITY_UNINSURED", await Refusals.ReasonAsync(
            _person.Attendance.CheckInAsync(await _organiser.ToCheckInAsync(shift.Id))));
        await _person.Attendance.AppealCheckInAsync(
            new() { SignUpId = place, Way = Wire.CheckWay.In, Reason = "我按时到了。" });

        _server.Clock.Advance(shift.EndsAt.ToDateTime() - _world.Now);
        await _server.RunJobsAsync();

        Assert.Equal(10, await BalanceAsync());
        var there = await _organiser.Attendance.ListAttendanceAsync(new() { ShiftId = shift.Id });
        Assert.Equal(Wire.AttendanceStatus.Unspecified, there.People.Single().Status);
        _server.Clock.Advance(activity.EndsAt.ToDateTime() - _world.Now);
        await _server.RunJobsAsync();
        Assert.Equal(
            Wire.SignUpStatus.Cancelled, (await _person.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);
        Assert.Empty(await FaultsAsync());
    }

    [Fact]
    public async Task What_was_taken_was_the_oldest_and_does_not_expire_as_well()
    {
        await _world.RuleAsync(r => (r.NoShowPoints, r.ValidMonths) = (Asked, 1));
        var earned = await PlaceAsync();
        await ServeAsync(earned.Activity.Shifts[0], earned.Place);
        Assert.Equal(3, await BalanceAsync());
        await MissAsync();
        await HasAsync(2);
        Assert.Equal(2, await BalanceAsync());

        _server.Clock.Advance(TimeSpan.FromDays(40));
        await _server.RunJobsAsync();

        // Longer than a session lasts.
        Assert.Equal(2, await _server.Database.ScalarAsync<long>("SELECT balance FROM points_account"));
        Assert.Empty(await FaultsAsync());
    }

    [Theory]
    [InlineData("DELETE FROM points_deduction", "was not taken as it was decided, or by none")]
    [InlineData("DELETE FROM points_deduction", "was not looked at for a deduction")]
    [InlineData("UPDATE points_deduction SET amount = 1", "was not taken as it was decided")]
    [InlineData("UPDATE points_deduction SET asked = 9", "by the rules of another day")]
    [InlineData("UPDATE points_rules SET active_from = '2099-01-01' WHERE version = 2", "by the rules of another day")]
    [InlineData("UPDATE attendance SET status = 5", "a deduction stands for somebody who came")]
    [InlineData("UPDATE points_transfer SET kind = 3 WHERE kind = 5", "was not taken as it was decided")]
    [InlineData("DELETE FROM points_transfer WHERE kind = 5", "was not taken as it was decided")]
    public async Task The_audit_names_what_was_tampered_with(string tampering, string fault)
    {
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
        await HasAsync(10);
        await MissAsync();
        Assert.Empty(await FaultsAsync());

        await _server.Database.ExecuteAsync(tampering);

        Assert.Contains(await FaultsAsync(), f => f.Contains(fault, StringComparison.Ordinal));
    }

    private Task HasAsync(int balance) => balance == 0
        ? Task.CompletedTask
        : _server.GiveAsync(_person, _world.Community, balance);

    private async Task<(Wire.Activity Activity, string Place)> PlaceAsync()
    {
        var activity = await _organiser.EnrollingAsync(_world.Activity(startsAt: _world.Now.AddHours(3)));
        return (activity, (await _person.SignUpAsync(activity.Role())).Id);
    }

    private async Task<Wire.Activity> MissAsync()
    {
        var (activity, _) = await PlaceAsync();
        _server.Clock.Advance(activity.Shifts[0].EndsAt.ToDateTime() - _world.Now);
        await _server.RunJobsAsync();
        return activity;
    }

    private async Task ServeAsync(Wire.Shift shift, string place)
    {
        _server.Clock.Advance(shift.StartsAt.ToDateTime() - _world.Now);
        await _person.CheckInAsync(_organiser, shift.Id);
        _server.Clock.Advance(shift.EndsAt.ToDateTime() - _world.Now);
        await _person.CheckOutAsync(_organiser, shift.Id);
        await _organiser.Attendance.ConfirmAttendanceAsync(AttendanceSteps.Confirming(shift.Id, place));
    }

    private async Task<long> BalanceAsync() => (await _person.Points.GetPointsAsync(new())).Balance;

    private async Task<IList<Wire.PointsLine>> LinesAsync() => (await _person.Points.ListPointsAsync(new())).Lines;

    /// <summary>Read anew: a place is kept for a while.</summary>
    private async Task<IEnumerable<long>> RankedAsync()
    {
        await _server.RunJobsAsync();
        await Task.Delay(KeptRanks.AgeMax);
        var choice = new Wire.BoardChoice
        {
            Subject = Wire.BoardSubject.Person,
            UnitId = $"{_world.Community}",
            Period = Wire.BoardPeriod.AllTime,
        };
        return (await _person.Boards.GetMyRankAsync(new() { Boards = { choice } })).Ranks.Select(r => r.Points);
    }

    private async Task<IReadOnlyList<string>> FaultsAsync() =>
        (await _server.Services.GetRequiredService<PointsAudit>().RunAsync(_ => { }, CancellationToken.None)).Faults;
}
