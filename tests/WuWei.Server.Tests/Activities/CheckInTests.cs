using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>The door of a shift, with the clock moved.</summary>
public sealed class CheckInTests : IAsyncLifetime
{
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 64 };

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _organiser = null!;
    private Actor _person = null!;
    private Wire.SignUp _place = null!;
    private DateTime _startsAt;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _organiser = await _world.StaffAsync(_world.Community);
        _person = await _world.ResidentAsync();
        _startsAt = _world.Now.AddHours(2);
        var activity = await _organiser.EnrollingAsync(_world.Activity(startsAt: _startsAt, capacity: 5));
        _place = await _person.SignUpAsync(activity.Role());
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Whoever_is_at_the_place_with_its_code_comes_and_goes()
    {
        At(minutes: -5);
        var came = await _person.CheckInAsync(_organiser, _place.ShiftId);
        At(minutes: 70);
        var went = await _person.CheckOutAsync(_organiser, _place.ShiftId);

        Assert.Equal((Wire.AttendanceStatus.CheckedIn, false), (came.Status, came.InByHand));
        Assert.Equal((Wire.AttendanceStatus.CheckedOut, 60), (went.Status, went.MinutesThere));
        Assert.Equal(_startsAt.AddMinutes(-5), went.InAt.ToDateTime());
    }

    [Fact]
    public async Task A_code_is_good_until_the_one_after_it_is_gone_and_no_screenshot_is()
    {
        At(minutes: 0);
        var shown = await _organiser.Attendance.GetCheckInCodeAsync(new() { ShiftId = _place.ShiftId });
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        var ends = shown.EndsAt.ToDateTime() - _world.Now;
        Assert.InRange(ends, TimeSpan.FromSeconds(15.001), TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(15), shown.EndsAt.ToDateTime() - shown.NextAt.ToDateTime());

        _server.Clock.Advance(ends);
        Assert.Equal("CHECK_IN_CODE_EXPIRED", await RefusedAsync(request));
        _server.Clock.Advance(TimeSpan.FromMilliseconds(-1));
        await _person.Attendance.CheckInAsync(request);
    }

    [Fact]
    public async Task A_code_of_another_shift_or_of_nobody_opens_no_door()
    {
        var other = await _organiser.EnrollingAsync(_world.Activity(startsAt: _startsAt.AddMinutes(61)));
        At(minutes: 40);
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        request.Code = await _organiser.CodeAsync(other.Shifts[0].Id);
        Assert.Equal("CHECK_IN_CODE_WRONG", await RefusedAsync(request));
        request.Code = "";
        Assert.Equal("CHECK_IN_CODE_WRONG", await RefusedAsync(request));
    }

    [Theory]
    [InlineData(-31, "CHECK_IN_TOO_EARLY")]
    [InlineData(60, "CHECK_IN_TOO_LATE")]
    [InlineData(181, "CHECK_IN_TOO_LATE")]
    public async Task Who_comes_too_early_or_too_late_is_told_so(int minutes, string reason)
    {
        At(minutes: 0);
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        At(minutes);
        Assert.Equal(reason, await RefusedAsync(request));
    }

    [Theory]
    [InlineData(201, 20, "CHECK_IN_TOO_FAR")]
    [InlineData(10, 201, "CHECK_IN_POSITION_VAGUE")]
    public async Task Who_is_elsewhere_or_who_knows_where_does_not_come(int metres, int accuracy, string reason)
    {
        At(minutes: 0);
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        request.Position = AttendanceSteps.Here(metres, accuracy);
        Assert.Equal(reason, await RefusedAsync(request));
        request.Position = null;
        Assert.Equal("CHECK_IN_INVALID", await RefusedAsync(request));
        request.Position = AttendanceSteps.Here(metresNorth: 199, accuracy: 200);
        await _person.Attendance.CheckInAsync(request);
    }

    [Fact]
    public async Task One_device_brings_one_person_and_one_person_comes_once()
    {
        var friend = await _world.ResidentAsync();
        await friend.SignUpAsync(_place.RoleId);
        At(minutes: 0);
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        await _person.Attendance.CheckInAsync(request);

        Assert.Equal("CHECK_IN_DEVICE_USED", await Refusals.ReasonAsync(friend.Attendance.CheckInAsync(request)));
        Assert.Equal("ALREADY_CHECKED_IN", await RefusedAsync(request));
        var another = await _organiser.ToCheckInAsync(_place.ShiftId);
        await friend.Attendance.CheckInAsync(another);
        Assert.Equal(
            "CHECK_IN_DEVICE_USED", await Refusals.ReasonAsync(_person.Attendance.CheckOutAsync(another.Leaving())));
        Assert.Empty(await _server.Database.FindAsync([request.Device, another.Device]));
    }

    [Fact]
    public async Task Only_who_has_a_place_comes_and_only_who_came_goes()
    {
        var waiting = await _world.ResidentAsync();
        At(minutes: 0);
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);

        Assert.Equal("NOT_SIGNED_UP", await Refusals.ReasonAsync(waiting.Attendance.CheckInAsync(request)));
        Assert.Equal(
            "NOT_CHECKED_IN", await Refusals.ReasonAsync(_person.Attendance.CheckOutAsync(request.Leaving())));
    }

    [Fact]
    public async Task What_was_refused_is_a_security_event_and_is_admitted_by_hand_when_it_was_wrong()
    {
        At(minutes: 2);
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        request.Position = AttendanceSteps.Here(metresNorth: 400);
        await RefusedAsync(request);
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM security_event WHERE kind = 'CHECK_IN_TOO_FAR' AND person_id = @id",
            ("id", _person.PersonId)));
        At(minutes: 30);
        var appeal = (await _person.Attendance.AppealCheckInAsync(
            new() { SignUpId = _place.Id, Way = Wire.CheckWay.In, Reason = "我就在码头另一侧。" })).Appeal;
        Assert.Equal((Wire.CheckInFault.TooFar, 400), (appeal.Fault, appeal.DistanceMetres));
        At(minutes: 61);
        await _server.RunJobsAsync();
        Assert.Equal(Wire.AttendanceStatus.NoShow, (await RosterAsync()).Status);

        var answer = new Wire.DecideAppealRequest { AppealId = appeal.Id, Admit = true, Answer = "现场有人证实。" };
        await _organiser.Attendance.DecideAppealAsync(answer);

        var admitted = await RosterAsync();
        Assert.Equal(
            (Wire.AttendanceStatus.CheckedIn, true, _startsAt.AddMinutes(2)),
            (admitted.Status, admitted.InByHand, admitted.InAt.ToDateTime()));
        Assert.Equal("APPEAL_DECIDED", await Refusals.ReasonAsync(_organiser.Attendance.DecideAppealAsync(answer)));
    }

    [Fact]
    public async Task An_appeal_needs_a_refusal_and_is_made_once_and_in_time()
    {
        At(minutes: 0);
        var appeal = new Wire.AppealCheckInRequest { SignUpId = _place.Id, Way = Wire.CheckWay.In, Reason = "理由" };
        Assert.Equal("APPEAL_NOTHING", await Refusals.ReasonAsync(_person.Attendance.AppealCheckInAsync(appeal)));
        var request = await _organiser.ToCheckInAsync(_place.ShiftId);
        request.Code = "";
        await RefusedAsync(request);
        _server.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal("APPEAL_LATE", await Refusals.ReasonAsync(_person.Attendance.AppealCheckInAsync(appeal)));
        _server.Clock.Advance(TimeSpan.FromDays(-8));
        await _person.Attendance.AppealCheckInAsync(appeal);
        Assert.Equal("APPEAL_MADE", await Refusals.ReasonAsync(_person.Attendance.AppealCheckInAsync(appeal)));
    }

    [Fact]
    public async Task A_crowd_comes_within_a_minute_and_nobody_is_lost()
    {
        // Half of it in each role. 1,000 is a real crowd; here as many as every run of the tests can wait for.
        var half = int.Parse(
            Environment.GetEnvironmentVariable("WUWEI_CHECK_IN_HALF_CROWD") ?? "20", CultureInfo.InvariantCulture);
        var startsAt = _startsAt.AddHours(3);
        var form = _world.Activity();
        form.Shifts[0] = ActivitySteps.ShiftAt(startsAt, half, half);
        var activity = await _organiser.EnrollingAsync(form);
        var crowd = new ConcurrentBag<Actor>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2 * half), AtOnce, async (i, _) =>
        {
            var person = await _world.ResidentAsync();
            await person.SignUpAsync(activity.Role(role: i % 2));
            crowd.Add(person);
        });
        At(minutes: 180);
        var shift = activity.Shifts[0].Id;
        var code = await _organiser.CodeAsync(shift);
        var begun = Stopwatch.GetTimestamp();

        await Parallel.ForEachAsync(crowd, AtOnce, async (person, cancel) => await person.Attendance.CheckInAsync(
            new() { ShiftId = shift, Code = code, Position = AttendanceSteps.Here(), Device = AttendanceSteps.NewDevice() },
            cancellationToken: cancel));

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{crowd.Count} people in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
        Assert.Equal(2 * half, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM attendance WHERE shift_id = @id AND status = 1", ("id", Guid.Parse(shift))));
    }

    /// <summary>So many minutes after the shift's start.</summary>
    private void At(int minutes) => _server.Clock.Advance(_startsAt.AddMinutes(minutes) - _world.Now);

    private Task<string> RefusedAsync(Wire.CheckInRequest request) =>
        Refusals.ReasonAsync(_person.Attendance.CheckInAsync(request));

    private async Task<Wire.Attendance> RosterAsync() =>
        Assert.Single((await _organiser.Attendance.ListAttendanceAsync(new() { ShiftId = _place.ShiftId })).People);
}
