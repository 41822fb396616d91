using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Activities;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>What counts of an attendance, and what it pays.</summary>
public sealed class AttendanceTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _organiser = null!;
    private Actor _person = null!;
    private Wire.Activity _activity = null!;
    private Wire.SignUp _place = null!;
    private DateTime _startsAt;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _organiser = await _world.StaffAsync(_world.Community);
        _person = await _world.ResidentAsync();
        _startsAt = _world.Now.AddHours(2);
        var form = _world.Activity(startsAt: _startsAt);
        form.Shifts[0].EndsAt = Timestamp.FromDateTime(_startsAt.AddMinutes(150));
        form.Kind = Wire.ActivityKind.Training;
        form.GrantsCourse = "first-aid";
        _activity = await _organiser.EnrollingAsync(form);
        _place = await _person.SignUpAsync(_activity.Role());
    }

    public async ValueTask DisposeAsync()
    {
        var report = await _server.Services.GetRequiredService<PointsAudit>().RunAsync(_ => { }, CancellationToken.None);
        Assert.Empty(report.Faults);
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Confirmed_hours_count_and_pay_once_and_complete_the_course()
    {
        await ThereAsync(from: 0, to: 150);
        Assert.Equal(0, await BalanceAsync());
        var confirming = AttendanceSteps.Confirming(_place.ShiftId, _place.Id);
        var first = await _organiser.Attendance.ConfirmAttendanceAsync(confirming);

        Assert.Equal(
            (Wire.AttendanceStatus.Confirmed, 150), (first.Outcomes[0].Attendance.Status, first.Outcomes[0].Attendance.Minutes));
        Assert.Equal(6, await BalanceAsync());
        var award = (await _person.Points.ListPointsAsync(new())).Lines[0].Award;
        Assert.Equal(
            (Wire.PointsAct.HoursServed, _activity.Id, 6), (award.Act, award.SubjectId, award.BasePoints));
        Assert.Equal("first-aid", Assert.Single((await _person.Skills.ListMySkillsAsync(new())).Courses).Code);
        Assert.Equal("ATTENDANCE_OVER", await RefusedAsync(confirming));
        Assert.Equal(6, await BalanceAsync());
    }

    [Theory]
    [InlineData("UPDATE attendance SET status = 5", "UPDATE attendance SET status = 4", "hours stands that nobody confirmed")]
    [InlineData("UPDATE points_award SET act = 1", "UPDATE points_award SET act = 20", "did not earn its hours, once")]
    public async Task The_audit_names_hours_and_awards_that_do_not_belong_together(string tamper, string mend, string fault)
    {
        await ThereAsync(from: 0, to: 150);
        await ConfirmAsync();
        await _server.Database.ExecuteAsync(tamper);

        var report = await _server.Services.GetRequiredService<PointsAudit>().RunAsync(_ => { }, CancellationToken.None);

        Assert.Contains(report.Faults, f => f.Contains(fault, StringComparison.Ordinal));
        await _server.Database.ExecuteAsync(mend);
    }

    [Theory]
    [InlineData(0, 89, 0)]
    [InlineData(0, 90, 90)]
    [InlineData(60, 150, 90)]
    [InlineData(-30, 200, 150)]
    public async Task Minutes_count_inside_the_shift_from_sixty_percent_on(int from, int to, int minutes)
    {
        await ThereAsync(from, to);
        var outcome = await ConfirmAsync();
        Assert.Equal((Wire.AttendanceStatus.Confirmed, minutes), (outcome.Attendance.Status, outcome.Attendance.Minutes));
        Assert.Equal(minutes / 60 * 3, await BalanceAsync());
    }

    [Fact]
    public async Task Who_forgot_to_check_out_went_when_the_organiser_says()
    {
        await ThereAsync(from: 0, to: null);
        Assert.Equal("OUT_AT_WRONG", await RefusedAsync(AttendanceSteps.Confirming(_place.ShiftId, _place.Id)));
        var confirming = AttendanceSteps.Confirming(_place.ShiftId, _place.Id);
        confirming.People[0].OutAt = Timestamp.FromDateTime(_startsAt.AddMinutes(151));
        Assert.Equal("OUT_AT_WRONG", await RefusedAsync(confirming));
        confirming.People[0].OutAt = Timestamp.FromDateTime(_startsAt.AddMinutes(120));

        var outcome = (await _organiser.Attendance.ConfirmAttendanceAsync(confirming)).Outcomes[0];

        Assert.Equal((true, 120), (outcome.Attendance.OutByHand, outcome.Attendance.Minutes));
    }

    [Fact]
    public async Task What_is_refused_says_why_and_pays_nothing()
    {
        await ThereAsync(from: 0, to: 150);
        var refusing = AttendanceSteps.Confirming(_place.ShiftId, _place.Id);
        refusing.People[0].Attended = false;
        Assert.Equal("REASON_REQUIRED", await RefusedAsync(refusing));
        refusing.People[0].Reason = "中途离开";
        var outcome = (await _organiser.Attendance.ConfirmAttendanceAsync(refusing)).Outcomes[0];

        Assert.Equal((Wire.AttendanceStatus.Refused, "中途离开", 0),
            (outcome.Attendance.Status, outcome.Attendance.Reason, await BalanceAsync()));
    }

    [Fact]
    public async Task Nobody_confirms_themself_nor_before_the_shift_is_over()
    {
        var mine = await _organiser.SignUpAsync(_activity.Role());
        var confirming = AttendanceSteps.Confirming(_place.ShiftId, mine.Id);
        At(minutes: 0);
        await _organiser.CheckInAsync(_organiser, _place.ShiftId);
        Assert.Equal("SHIFT_RUNNING", await RefusedAsync(confirming));
        At(minutes: 150);
        Assert.Equal("ATTENDANCE_OWN", await RefusedAsync(confirming));
    }

    [Fact]
    public async Task Each_of_several_gets_an_answer_and_nobody_keeps_the_others_from_theirs()
    {
        var absent = await _world.ResidentAsync();
        var other = await absent.SignUpAsync(_activity.Role());
        await ThereAsync(from: 0, to: 150);
        var reply = await _organiser.Attendance.ConfirmAttendanceAsync(
            AttendanceSteps.Confirming(_place.ShiftId, other.Id, _place.Id, $"{Guid.NewGuid()}"));

        Assert.Equal(["NOT_CHECKED_IN", "", "SIGN_UP_UNKNOWN"], reply.Outcomes.Select(o => o.Reason));
    }

    [Fact]
    public async Task An_activity_is_settled_when_everybody_was_decided_on()
    {
        var absent = await _world.ResidentAsync();
        await absent.SignUpAsync(_activity.Role());
        At(minutes: 0);
        await _server.RunJobsAsync();
        await ThereAsync(from: 1, to: 150);
        await _server.RunJobsAsync();
        var settling = new Wire.SettleActivityRequest { ActivityId = _activity.Id };
        Assert.Equal("ATTENDANCE_OPEN", await Refusals.ReasonAsync(_organiser.Activities.SettleActivityAsync(settling)));
        await ConfirmAsync();
        Assert.Equal(
            Wire.ActivityStatus.Settled, (await _organiser.Activities.SettleActivityAsync(settling)).Activity.Status);
    }

    [Fact]
    public void Minutes_are_those_of_a_minute_by_minute_count() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[-60, 300], Gen.Int[-60, 420]).Sample((length, from, to) =>
        {
            var start = new DateTime(2026, 6, 1, 1, 0, 0, DateTimeKind.Utc);
            var attendance = new Attendance
            {
                StartsAt = start,
                EndsAt = start.AddMinutes(length),
                InAt = start.AddMinutes(from),
                OutAt = start.AddMinutes(to),
            };
            var minutes = Enumerable.Range(0, length).Count(m => m >= from && m < to);
            Assert.Equal(minutes, attendance.There.TotalMinutes);
            Assert.Equal(minutes * 10 >= length * 6 ? minutes : 0, Attendance.Counted(attendance.There, attendance.EndsAt - start));
        });

    private void At(int minutes) => _server.Clock.Advance(_startsAt.AddMinutes(minutes) - _world.Now);

    /// <summary>They came and went at these minutes; it is over then.</summary>
    private async Task ThereAsync(int from, int? to)
    {
        At(from);
        await _person.CheckInAsync(_organiser, _place.ShiftId);
        At(to ?? 150);
        if (to is not null)
        {
            await _person.CheckOutAsync(_organiser, _place.ShiftId);
        }

        At(Math.Max(150, to ?? 0));
    }

    private async Task<Wire.AttendanceOutcome> ConfirmAsync() => (await _organiser.Attendance.ConfirmAttendanceAsync(
        AttendanceSteps.Confirming(_place.ShiftId, _place.Id))).Outcomes[0];

    private Task<string> RefusedAsync(Wire.ConfirmAttendanceRequest request) =>
        Refusals.ReasonAsync(_organiser.Attendance.ConfirmAttendanceAsync(request));

    private async Task<long> BalanceAsync() => (await _person.Points.GetPointsAsync(new())).Balance;
}
