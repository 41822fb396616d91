using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;
using WuWei.Tests.Races;

namespace WuWei.Tests.Activities;

/// <summary>Shifts that are added to a published activity, and cancelled one by one.</summary>
public sealed class ShiftTests : IAsyncLifetime
{
    private const string Reason = "场地检修";

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _a = null!;
    private Actor _b = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        (_a, _b) = (await _world.ResidentAsync(), await _world.ResidentAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_was_in_a_cancelled_shift_sees_it_is_free_and_says_that_they_know()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        await _b.SignUpAsync(activity.Role());
        var other = await _b.SignUpAsync(activity.Role(1));
        var offer = (await _b.SignUps.OfferPlaceAsync(
            new() { SignUpId = other.Id, ForSignUpId = place.Id })).Offer;

        var after = await CancelAsync(activity, 0);

        Assert.Equal([true, false], after.Shifts.Select(s => s.Cancelled));
        Assert.Equal((0, 0), (after.Shifts[0].Roles[0].Taken, after.Shifts[0].Roles[0].Waiting));
        Assert.Equal((activity.Shifts[1].StartsAt, activity.Shifts[1].EndsAt), (after.StartsAt, after.EndsAt));
        foreach (var person in new[] { _a, _b })
        {
            var told = (await person.SignUps.ListMySignUpsAsync(new())).SignUps
                .Single(s => s.RoleId == activity.Role());
            Assert.Equal(
                (Wire.SignUpStatus.Cancelled, true, true), (told.Status, told.Changed, told.ShiftCancelled));
            var seen = (await person.SignUps.AcknowledgeChangeAsync(new() { SignUpId = told.Id })).SignUp;
            Assert.Equal((false, true), (seen.Changed, seen.ShiftCancelled));
        }

        Assert.Equal("OFFER_OVER", await Refusals.ReasonAsync(
            _a.SignUps.AnswerOfferAsync(new() { OfferId = offer.Id, Accept = true })));
        Assert.Equal("SHIFT_CANCELLED", await Refusals.ReasonAsync(
            _a.SignUps.SignUpAsync(new() { RoleId = activity.Role() })));
        Assert.Equal("SHIFT_CANCELLED", await Refusals.ReasonAsync(
            _staff.Attendance.GetCheckInCodeAsync(new() { ShiftId = activity.Shifts[0].Id })));
        Assert.Equal(
            Wire.SignUpStatus.SignedUp,
            (await _b.SignUps.ListMySignUpsAsync(new())).SignUps.Single(s => s.Id == other.Id).Status);
        // They are free at that time, for something else.
        await _a.SignUpAsync((await _staff.EnrollingAsync(
            _world.Activity(startsAt: activity.Shifts[0].StartsAt.ToDateTime()))).Role());
    }

    [Fact]
    public async Task What_is_over_or_cancelled_is_not_cancelled_again_and_one_shift_remains()
    {
        var activity = await RotaAsync();
        await CancelAsync(activity, 0);

        Assert.Equal("SHIFT_CANCELLED", await RefusalAsync(activity, activity.Shifts[0].Id));
        Assert.Equal("SHIFT_LAST", await RefusalAsync(activity, activity.Shifts[1].Id));
        Assert.Equal("SHIFT_UNKNOWN", await RefusalAsync(activity, $"{Guid.NewGuid()}"));
        Assert.Equal("SHIFT_CANCELLED", await Refusals.ReasonAsync(_staff.Activities.ChangeShiftAsync(new()
        {
            ActivityId = activity.Id,
            ShiftId = activity.Shifts[0].Id,
            StartsAt = activity.Shifts[0].StartsAt,
            EndsAt = activity.Shifts[1].EndsAt,
        })));
        await PassAsync(activity.Shifts[1].StartsAt);
        Assert.Equal("SHIFT_STARTED", await RefusalAsync(activity, activity.Shifts[1].Id));
    }

    [Fact]
    public async Task The_clock_starts_and_ends_an_activity_with_the_shifts_that_remain()
    {
        var activity = await RotaAsync();
        var added = await AddAsync(activity, activity.EndsAt.ToDateTime().AddHours(5));
        Assert.Equal((3, added.Shifts[2].EndsAt), (added.Shifts[2].Number, added.EndsAt));
        await CancelAsync(activity, 0);

        await PassAsync(activity.Shifts[0].StartsAt);
        Assert.Equal(Wire.ActivityStatus.Enrolling, (await _staff.ActivityAsync(activity.Id)).Status);
        await PassAsync(activity.Shifts[1].StartsAt);
        await PassAsync(activity.Shifts[1].EndsAt);
        Assert.Equal(Wire.ActivityStatus.Running, (await _staff.ActivityAsync(activity.Id)).Status);
        // What remains is over, so the activity is.
        await CancelAsync(added, 2);
        await _server.RunJobsAsync();

        Assert.Equal(Wire.ActivityStatus.Ended, (await _staff.ActivityAsync(activity.Id)).Status);
        var steps = (await _staff.Activities.GetActivityJourneyAsync(new() { ActivityId = activity.Id })).Steps;
        Assert.Equal(
            (Wire.ActivityMove.CancelShift, added.Shifts[2].Id, Reason),
            (steps[^2].Move, steps[^2].ShiftId, steps[^2].Note));
    }

    [Fact]
    public async Task A_festival_keeps_what_is_below_it_within_its_time()
    {
        var start = _world.Now.AddDays(2);
        var form = _world.Activity(startsAt: start);
        form.Kind = Wire.ActivityKind.Festival;
        form.Shifts.Add(ActivitySteps.ShiftAt(start.AddDays(8), 1));
        var festival = await _staff.EnrollingAsync(form);
        var below = _world.Activity(startsAt: start.AddDays(4));
        below.ParentId = festival.Id;
        var child = await _staff.EnrollingAsync(below);

        Assert.Equal("PARENT_WRONG", await RefusalAsync(festival, festival.Shifts[1].Id));
        Assert.Equal("PARENT_WRONG", await Refusals.ReasonAsync(_staff.Activities.ChangeShiftAsync(new()
        {
            ActivityId = child.Id,
            ShiftId = child.Shifts[0].Id,
            StartsAt = Timestamp.FromDateTime(start.AddDays(20)),
            EndsAt = Timestamp.FromDateTime(start.AddDays(20).AddHours(1)),
        })));
        await _staff.Activities.CancelActivityAsync(new() { ActivityId = child.Id, Reason = Reason });
        await CancelAsync(festival, 1);
    }

    [Fact]
    public async Task What_somebody_came_to_is_not_cancelled_over_their_head()
    {
        var activity = await RotaAsync();
        await _a.SignUpAsync(activity.Role());
        _server.Clock.Advance(activity.Shifts[0].StartsAt.ToDateTime() - _world.Now);
        await _a.CheckInAsync(_staff, activity.Shifts[0].Id);

        Assert.Equal("CAME_ALREADY", await Refusals.ReasonAsync(
            _staff.Activities.CancelActivityAsync(new() { ActivityId = activity.Id, Reason = Reason })));
        await CancelAsync(activity, 1);
    }

    [Fact]
    public async Task A_shift_is_added_while_there_is_room_insurance_and_a_future()
    {
        var activity = await RotaAsync();
        var added = await AddAsync(activity, _world.Now.AddDays(1));
        Assert.Equal(added.Shifts[2].StartsAt, added.StartsAt);
        Assert.Equal(Wire.SignUpStatus.SignedUp, (await _a.SignUpAsync(added.Role(2))).Status);
        Assert.Equal("ACTIVITY_TIMES", await AddRefusalAsync(activity, _world.Now));
        var unskilled = ActivitySteps.ShiftAt(_world.Now.AddDays(1), 1);
        unskilled.Roles[0].SkillId = $"{Guid.NewGuid()}";
        Assert.Equal("SKILL_UNKNOWN", await Refusals.ReasonAsync(
            _staff.Activities.AddShiftAsync(new() { ActivityId = activity.Id, Shift = unskilled })));
        Assert.Equal("ACTIVITY_INVALID", await Refusals.ReasonAsync(
            _staff.Activities.AddShiftAsync(new() { ActivityId = activity.Id })));
        await _staff.Activities.RecordInsuranceAsync(
            new() { ActivityId = activity.Id, InsuredUntil = activity.EndsAt });
        await PassAsync(added.StartsAt);
        Assert.Equal("INSURANCE_TOO_SHORT", await AddRefusalAsync(activity, activity.EndsAt.ToDateTime()));

        var full = _world.Activity(startsAt: _world.Now.AddDays(30));
        full.Shifts.AddRange(Enumerable.Range(1, 59).Select(i => ActivitySteps.ShiftAt(_world.Now.AddDays(30 + i), 1)));
        Assert.Equal(
            "SHIFTS_TOO_MANY", await AddRefusalAsync(await _staff.EnrollingAsync(full), _world.Now.AddDays(1)));
    }

    [Fact]
    public async Task To_a_festival_with_a_period_none_is_added_and_one_below_it_stays_inside_it()
    {
        var form = _world.Activity();
        form.Kind = Wire.ActivityKind.Festival;
        form.Shifts.Clear();
        (form.StartsAt, form.EndsAt) = (
            Timestamp.FromDateTime(_world.Now.AddDays(1)), Timestamp.FromDateTime(_world.Now.AddDays(5)));
        var festival = await _staff.EnrollingAsync(form);
        var below = _world.Activity(startsAt: _world.Now.AddDays(2));
        below.ParentId = festival.Id;
        var activity = await _staff.EnrollingAsync(below);

        Assert.Equal("ACTIVITY_FIXED", await AddRefusalAsync(festival, _world.Now.AddDays(2)));
        Assert.Equal("PARENT_WRONG", await AddRefusalAsync(activity, _world.Now.AddDays(6)));
        await AddAsync(activity, _world.Now.AddDays(4));
    }

    [Fact]
    public async Task A_cancelled_shift_is_no_place_left_and_needs_nobody()
    {
        var activity = await RotaAsync();
        await _a.SignUpAsync(activity.Role(1));
        Assert.Equal(activity.Id, Assert.Single(await WithSeatsAsync()).Id);

        await CancelAsync(activity, 0);

        Assert.Empty(await WithSeatsAsync());
        var coverage = await _staff.Activities.ListCoverageAsync(new() { UnitId = $"{_world.Community}" });
        Assert.Equal(activity.Shifts[1].Id, Assert.Single(coverage.Shifts).Shift.Id);

        async Task<IEnumerable<Wire.Activity>> WithSeatsAsync() => (await _a.Activities.ListActivitiesAsync(new()
        {
            View = Wire.ActivityView.Unit,
            UnitId = $"{_world.Community}",
            Status = Wire.ActivityStatus.Enrolling,
            SeatsLeft = true,
        })).Activities;
    }

    [Fact]
    public async Task Who_came_to_a_shift_stays_in_it()
    {
        var activity = await RotaAsync();
        var (place, other) = (await _a.SignUpAsync(activity.Role()), await _b.SignUpAsync(activity.Role(1)));
        _server.Clock.Advance(activity.Shifts[0].StartsAt.ToDateTime().AddMinutes(-20) - _world.Now);
        var offer = (await _a.SignUps.OfferPlaceAsync(new() { SignUpId = place.Id, ForSignUpId = other.Id })).Offer;
        await _a.CheckInAsync(_staff, activity.Shifts[0].Id);

        Assert.Equal("CAME_ALREADY", await Refusals.ReasonAsync(
            _a.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id })));
        Assert.Equal("CAME_ALREADY", await Refusals.ReasonAsync(
            _staff.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id, Reason = Reason })));
        Assert.Equal("OFFER_OVER", await Refusals.ReasonAsync(
            _b.SignUps.AnswerOfferAsync(new() { OfferId = offer.Id, Accept = true })));
        await _a.SignUps.WithdrawOfferAsync(new() { OfferId = offer.Id });
        Assert.Equal("CAME_ALREADY", await Refusals.ReasonAsync(
            _a.SignUps.OfferPlaceAsync(new() { SignUpId = place.Id, PersonId = $"{_b.PersonId}" })));
        Assert.Equal("CAME_ALREADY", await Refusals.ReasonAsync(
            _b.SignUps.OfferPlaceAsync(new() { SignUpId = other.Id, ForSignUpId = place.Id })));
        Assert.Equal("SHIFT_STARTED", await RefusalAsync(activity, activity.Shifts[0].Id));
    }

    [Fact]
    public async Task Coming_and_leaving_at_once_only_one_happens()
    {
        for (var round = 0; round < 20; round++)
        {
            var form = _world.Activity(startsAt: _world.Now.AddMinutes(20));
            var activity = await _staff.EnrollingAsync(form);
            var person = await _world.ResidentAsync();
            var place = await person.SignUpAsync(activity.Role());
            var came = await _staff.ToCheckInAsync(activity.Shifts[0].Id);

            var told = await Race.RunAsync(
                [
                    async () => await person.Attendance.CheckInAsync(came),
                    async () => await person.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id }),
                ]);

            Assert.Contains((told[0], told[1]), new[] { (Race.Won, "CAME_ALREADY"), ("NOT_SIGNED_UP", Race.Won) });
        }
    }

    /// <summary>Two shifts of one place each, in ten days.</summary>
    private Task<Wire.Activity> RotaAsync()
    {
        var start = _world.Now.AddDays(10);
        var form = _world.Activity(startsAt: start, capacity: 1);
        form.Shifts.Add(ActivitySteps.ShiftAt(start.AddHours(3), 1));
        return _staff.EnrollingAsync(form);
    }

    private async Task<Wire.Activity> CancelAsync(Wire.Activity activity, int shift) =>
        (await _staff.Activities.CancelShiftAsync(
            new() { ActivityId = activity.Id, ShiftId = activity.Shifts[shift].Id, Reason = Reason })).Activity;

    private Task<string> RefusalAsync(Wire.Activity activity, string shiftId) => Refusals.ReasonAsync(
        _staff.Activities.CancelShiftAsync(new() { ActivityId = activity.Id, ShiftId = shiftId, Reason = Reason }));

    private async Task<Wire.Activity> AddAsync(Wire.Activity activity, DateTime startsAt) =>
        (await _staff.Activities.AddShiftAsync(
            new() { ActivityId = activity.Id, Shift = ActivitySteps.ShiftAt(startsAt, 1) })).Activity;

    private Task<string> AddRefusalAsync(Wire.Activity activity, DateTime startsAt) =>
        Refusals.ReasonAsync(_staff.Activities.AddShiftAsync(
            new() { ActivityId = activity.Id, Shift = ActivitySteps.ShiftAt(startsAt, 1) }));

    private async Task PassAsync(Timestamp until)
    {
        _server.Clock.Advance(until.ToDateTime() - _world.Now);
        await _server.RunJobsAsync();
    }
}
