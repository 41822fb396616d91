using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>A server of its own, whose clock it moves.</summary>
public sealed class ActivityLifeTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _volunteer = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        _volunteer = await _world.WithRoleAsync(Role.Volunteer, _world.Community);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_volunteers_activity_is_reviewed_and_runs_by_the_clock_until_it_is_settled()
    {
        var id = (await _volunteer.DraftAsync(Form())).Id;
        await _volunteer.Activities.PublishActivityAsync(new() { ActivityId = id });
        Assert.Equal(Wire.ActivityStatus.InReview, await StatusAsync(id));
        await _staff.Activities.ReturnActivityAsync(new() { ActivityId = id, Reason = "请写清集合地点" });
        await _volunteer.Activities.PublishActivityAsync(new() { ActivityId = id });
        await _staff.Activities.ApproveActivityAsync(new() { ActivityId = id });

        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal(Wire.ActivityStatus.Running, await StatusAsync(id));
        Assert.Equal("ACTIVITY_WRONG_STATUS", await Refusals.ReasonAsync(
            _volunteer.Activities.SettleActivityAsync(new() { ActivityId = id })));
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(Wire.ActivityStatus.Ended, await StatusAsync(id));
        await PassAsync(TimeSpan.FromDays(7));
        Assert.True((await _staff.ActivityAsync(id)).Overdue);
        await _volunteer.Activities.SettleActivityAsync(new() { ActivityId = id });

        var steps = (await _staff.Activities.GetActivityJourneyAsync(new() { ActivityId = id })).Steps;
        Assert.Equal(
            [
                Wire.ActivityMove.Make, Wire.ActivityMove.Submit, Wire.ActivityMove.Return, Wire.ActivityMove.Submit,
                Wire.ActivityMove.Approve, Wire.ActivityMove.Start, Wire.ActivityMove.End, Wire.ActivityMove.Remind,
                Wire.ActivityMove.Settle,
            ], steps.Select(s => s.Move));
        Assert.Equal("请写清集合地点", steps[2].Note);
        Assert.Equal("", (await (await _world.ResidentAsync()).Activities.GetActivityJourneyAsync(
            new() { ActivityId = id })).Steps[2].Note);
    }

    [Fact]
    public async Task Nobody_approves_what_they_organise_and_no_stranger_sees_what_is_not_published()
    {
        var draft = await _volunteer.DraftAsync(Form());
        await _volunteer.Activities.AddOrganiserAsync(new() { ActivityId = draft.Id, PersonId = $"{_staff.PersonId}" });
        await _volunteer.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
        var stranger = await _world.ResidentAsync();

        Assert.Equal("ACTIVITY_OWN", await Refusals.ReasonAsync(
            _staff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id })));
        Assert.Equal("ACTIVITY_UNKNOWN", await Refusals.ReasonAsync(
            stranger.Activities.GetActivityAsync(new() { ActivityId = draft.Id })));
        Assert.Equal("ORGANISER_ALREADY", await Refusals.ReasonAsync(_volunteer.Activities.AddOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{_staff.PersonId}" })));
        Assert.Equal("ORGANISER_UNKNOWN", await Refusals.ReasonAsync(_volunteer.Activities.RemoveOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{stranger.PersonId}" })));
    }

    [Fact]
    public async Task An_activity_has_ten_organisers_beside_its_maker()
    {
        var draft = await _staff.DraftAsync(Form());
        for (var i = 0; i < 10; i++)
        {
            await AddAsync();
        }

        Assert.Equal("ORGANISERS_TOO_MANY", (await Assert.ThrowsAsync<RpcException>(AddAsync)).Reason());

        async Task AddAsync() => await _staff.Activities.AddOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{(await _world.ResidentAsync()).PersonId}" });
    }

    [Fact]
    public async Task Uninsured_it_is_held_at_its_start_and_starts_once_it_is_insured()
    {
        var form = Form();
        form.InsuranceNeeded = true;
        var activity = await _staff.EnrollingAsync(form);
        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal(
            (Wire.ActivityStatus.Enrolling, true), ((await _staff.ActivityAsync(activity.Id)).Status,
                (await _staff.ActivityAsync(activity.Id)).Overdue));

        Assert.Equal("INSURANCE_TOO_SHORT", await Refusals.ReasonAsync(_staff.Activities.RecordInsuranceAsync(
            new() { ActivityId = activity.Id, InsuredUntil = activity.StartsAt })));
        await _staff.Activities.RecordInsuranceAsync(new() { ActivityId = activity.Id, InsuredUntil = activity.EndsAt });
        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Wire.ActivityStatus.Running, await StatusAsync(activity.Id));
    }

    [Fact]
    public async Task Running_it_cannot_be_made_to_need_insurance_that_it_has_not()
    {
        var form = Form();
        var activity = await _staff.EnrollingAsync(form);
        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal(Wire.ActivityStatus.Running, await StatusAsync(activity.Id));
        form.Shifts.Clear();
        form.InsuranceNeeded = true;

        Assert.Equal("INSURANCE_TOO_SHORT", await Refusals.ReasonAsync(
            _staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form })));
    }

    [Fact]
    public async Task Uninsured_to_its_end_it_is_cancelled_with_all_sign_ups_and_so_is_a_draft_left_for_90_days()
    {
        var form = Form();
        form.InsuranceNeeded = true;
        var activity = await _staff.EnrollingAsync(form);
        var draft = await _staff.DraftAsync(Form(TimeSpan.FromDays(100)));
        var resident = await _world.ResidentAsync();
        await resident.SignUpAsync(activity.Role());
        await PassAsync(TimeSpan.FromHours(48));
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(Wire.ActivityStatus.Cancelled, await StatusAsync(activity.Id));
        Assert.Equal(
            Wire.SignUpStatus.Cancelled, (await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);

        await PassAsync(TimeSpan.FromDays(90));
        // Whoever was signed in then is so no more.
        var staff = await _world.StaffAsync(_world.Community);
        Assert.Equal(Wire.ActivityStatus.Cancelled, (await staff.ActivityAsync(draft.Id)).Status);
    }

    [Fact]
    public async Task Uninsured_nobody_checks_in_and_once_it_is_insured_they_do()
    {
        var form = Form();
        form.InsuranceNeeded = true;
        var activity = await _staff.EnrollingAsync(form);
        var resident = await _world.ResidentAsync();
        await resident.SignUpAsync(activity.Role());
        foreach (var time in new[] { TimeSpan.FromHours(48) - TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20) })
        {
            await PassAsync(time);
            Assert.Equal("ACTIVITY_UNINSURED", await Refusals.ReasonAsync(
                resident.Attendance.CheckInAsync(await _staff.ToCheckInAsync(activity.Shifts[0].Id))));
        }

        await _staff.Activities.RecordInsuranceAsync(new() { ActivityId = activity.Id, InsuredUntil = activity.EndsAt });
        await resident.CheckInAsync(_staff, activity.Shifts[0].Id);
    }

    [Fact]
    public async Task Cancelled_for_want_of_insurance_it_leaves_who_came_before_that_was_asked_for()
    {
        var activity = await _staff.EnrollingAsync(Form());
        var (came, other) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        await came.SignUpAsync(activity.Role());
        await other.SignUpAsync(activity.Role());
        // Nothing looks at its clock meanwhile: it did not start.
        _server.Clock.Advance(TimeSpan.FromHours(48) - TimeSpan.FromMinutes(10));
        await came.CheckInAsync(_staff, activity.Shifts[0].Id);
        await _world.ExecuteAsync(
            "UPDATE activity SET insurance_needed = 1 WHERE id = @id", ("id", Guid.Parse(activity.Id)));
        await PassAsync(TimeSpan.FromMinutes(10));
        await PassAsync(TimeSpan.FromHours(1));

        Assert.Equal(Wire.ActivityStatus.Cancelled, await StatusAsync(activity.Id));
        Assert.Equal(Wire.SignUpStatus.SignedUp, await PlaceAsync(came));
        Assert.Equal(Wire.SignUpStatus.Cancelled, await PlaceAsync(other));
        Assert.Equal(Wire.AttendanceStatus.CheckedIn, Assert.Single(
            (await _staff.Attendance.ListAttendanceAsync(new() { ShiftId = activity.Shifts[0].Id })).People).Status);
        Assert.Equal(1, (await _staff.ActivityAsync(activity.Id)).Shifts[0].Roles[0].Taken);

        static async Task<Wire.SignUpStatus> PlaceAsync(Actor person) =>
            (await person.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status;
    }

    [Fact]
    public async Task A_place_left_late_is_a_drop_out_unless_a_change_was_not_seen()
    {
        var activity = await _staff.EnrollingAsync(Form());
        var (early, late, moved) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        var places = new List<string>();
        foreach (var person in new[] { early, late, moved })
        {
            places.Add((await person.SignUpAsync(activity.Role())).Id);
        }

        Assert.Equal(Wire.SignUpStatus.Cancelled, await LeaveAsync(early, places[0]));
        await PassAsync(TimeSpan.FromHours(25));
        Assert.Equal(Wire.SignUpStatus.DroppedLate, await LeaveAsync(late, places[1]));
        await MoveAsync(activity, activity.StartsAt.ToDateTime().AddMinutes(30));
        Assert.True((await moved.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Changed);
        Assert.Equal(Wire.SignUpStatus.Cancelled, await LeaveAsync(moved, places[2]));

        var again = await early.SignUpAsync(activity.Role());
        await MoveAsync(activity, activity.StartsAt.ToDateTime().AddMinutes(20));
        Assert.False((await early.SignUps.AcknowledgeChangeAsync(new() { SignUpId = again.Id })).SignUp.Changed);
        Assert.Equal("CHANGE_NONE", await Refusals.ReasonAsync(
            early.SignUps.AcknowledgeChangeAsync(new() { SignUpId = again.Id })));
        Assert.Equal(Wire.SignUpStatus.DroppedLate, await LeaveAsync(early, again.Id));
        await PassAsync(TimeSpan.FromHours(24));
        Assert.Equal("SHIFT_STARTED", (await Assert.ThrowsAsync<RpcException>(
            () => early.SignUpAsync(activity.Role()))).Reason());
    }

    [Fact]
    public async Task A_shift_moved_onto_another_of_somebodys_conflicts_and_more_places_are_filled_from_the_queue()
    {
        var slot = _world.Now.AddDays(3);
        var one = await _staff.EnrollingAsync(_world.Activity(startsAt: slot, capacity: 1));
        var other = await _staff.EnrollingAsync(_world.Activity(startsAt: slot.AddHours(2), capacity: 1));
        var (first, busy, free) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        await first.SignUpAsync(one.Role());
        await busy.SignUpAsync(one.Role());
        await free.SignUpAsync(one.Role());
        await busy.SignUpAsync(other.Role());

        await MoveAsync(one, slot.AddHours(2));
        Assert.All((await busy.SignUps.ListMySignUpsAsync(new())).SignUps, s => Assert.True(s.Conflicting));
        var resized = new Wire.ChangeShiftRequest { ActivityId = one.Id, ShiftId = one.Shifts[0].Id };
        resized.Capacities.Add(new Wire.RoleCapacity { RoleId = one.Role(), Capacity = 2 });
        var role = (await _staff.Activities.ChangeShiftAsync(resized)).Activity.Shifts[0].Roles[0];

        // The one who is in two at one time is passed over.
        Assert.Equal((2, 1), (role.Taken, role.Waiting));
        Assert.Equal(Wire.SignUpStatus.SignedUp, (await free.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);
        resized.Capacities[0].Capacity = 1;
        Assert.Equal("CAPACITY_TAKEN", await Refusals.ReasonAsync(_staff.Activities.ChangeShiftAsync(resized)));
        resized.Capacities[0].Capacity = 2;
        Assert.Equal("SHIFT_UNCHANGED", await Refusals.ReasonAsync(_staff.Activities.ChangeShiftAsync(resized)));
        resized.ShiftId = other.Shifts[0].Id;
        Assert.Equal("SHIFT_UNKNOWN", await Refusals.ReasonAsync(_staff.Activities.ChangeShiftAsync(resized)));
    }

    [Fact]
    public async Task A_change_of_place_is_one_to_those_who_signed_up_and_the_frame_is_fixed_once_published()
    {
        var form = Form();
        var activity = await _staff.EnrollingAsync(form);
        var resident = await _world.ResidentAsync();
        await resident.SignUpAsync(activity.Role());

        Assert.Equal("ACTIVITY_FIXED", await Refusals.ReasonAsync(
            _staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form })));
        form.Shifts.Clear();
        form.Title = "河道清理（第二次）";
        await _staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form });
        Assert.False((await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Changed);
        form.Place = "下关码头";
        await _staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form });
        Assert.True((await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Changed);

        var steps = (await _staff.Activities.GetActivityJourneyAsync(new() { ActivityId = activity.Id })).Steps;
        Assert.Equal([Wire.ActivityField.Place], steps[^1].Changed);
    }

    [Fact]
    public async Task Whom_to_ask_is_told_to_those_with_a_place_and_cancelling_ends_their_sign_ups()
    {
        var form = Form();
        form.Contact = new() { Name = "周老师", Phone = "13912345678" };
        var activity = await _staff.EnrollingAsync(form);
        var resident = await _world.ResidentAsync();
        Assert.Null((await resident.ActivityAsync(activity.Id)).Contact);

        Assert.Equal(Wire.SignUpStatus.SignedUp, (await resident.SignUpAsync(activity.Role())).Status);
        Assert.Equal("13912345678", (await _staff.ActivityAsync(activity.Id)).Contact?.Phone);
        Assert.Equal("13912345678", (await resident.ActivityAsync(activity.Id)).Contact?.Phone);
        var cancelled = await _staff.Activities.CancelActivityAsync(new() { ActivityId = activity.Id, Reason = "台风" });

        Assert.All(cancelled.Activity.Shifts.SelectMany(s => s.Roles), role => Assert.Equal(0, role.Taken));
        Assert.Equal(
            Wire.SignUpStatus.Cancelled, (await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);
        Assert.Null((await resident.ActivityAsync(activity.Id)).Contact);
    }

    [Fact]
    public async Task A_festival_with_a_period_has_activities_below_it()
    {
        var festival = Form();
        festival.Kind = Wire.ActivityKind.Festival;
        festival.Shifts.Clear();
        festival.StartsAt = Timestamp.FromDateTime(_world.Now.AddDays(1));
        festival.EndsAt = Timestamp.FromDateTime(_world.Now.AddDays(9));
        var parent = await _staff.EnrollingAsync(festival);
        var child = Form();
        child.ParentId = parent.Id;
        var made = await _staff.EnrollingAsync(child);

        Assert.Equal(1, (await _staff.ActivityAsync(parent.Id)).Children);
        Assert.Equal(made.Id, (await _staff.Activities.ListActivitiesAsync(
            new() { View = Wire.ActivityView.Children, ParentId = parent.Id })).Activities.Single().Id);
        child.ParentId = made.Id;
        Assert.Equal("PARENT_WRONG", await Refusals.ReasonAsync(_staff.Activities.MakeActivityAsync(new() { Form = child })));
        child.ParentId = $"{Guid.CreateVersion7()}";
        Assert.Equal("PARENT_UNKNOWN", await Refusals.ReasonAsync(_staff.Activities.MakeActivityAsync(new() { Form = child })));
    }

    [Fact]
    public async Task A_form_shows_all_its_faults_and_times_are_checked()
    {
        var form = Form();
        form.Title = "短";
        form.Shifts[0].Roles[0].Capacity = 0;
        form.GrantsCourse = "Course A";
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _staff.DraftAsync(form));
        Assert.Equal("ACTIVITY_INVALID", refusal.Reason());
        Assert.Equal(["title", "grants_course", "shifts[0].roles[0].capacity", "grants_course"], refusal.Fields());

        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromHours(-1), TimeSpan.FromHours(1)));
        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromDays(1), TimeSpan.Zero));
        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromDays(1), TimeSpan.FromHours(16.1)));
        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromDays(367), TimeSpan.FromHours(1)));
        var foreign = Form();
        foreign.OrganisationId = $"{Guid.CreateVersion7()}";
        Assert.Equal("ORGANISATION_NOT_YOURS", await Refusals.ReasonAsync(
            _staff.Activities.MakeActivityAsync(new() { Form = foreign })));
        var unskilled = Form();
        unskilled.Shifts[0].Roles[0].SkillId = $"{Guid.CreateVersion7()}";
        Assert.Equal("SKILL_UNKNOWN", await Refusals.ReasonAsync(
            _staff.Activities.MakeActivityAsync(new() { Form = unskilled })));

        Task<string> TimesAsync(TimeSpan ahead, TimeSpan length)
        {
            var wrong = Form(ahead);
            wrong.Shifts[0].EndsAt = Timestamp.FromDateTime(_world.Now + ahead + length);
            return Refusals.ReasonAsync(_staff.Activities.MakeActivityAsync(new() { Form = wrong }));
        }
    }

    /// <summary>In two days, for an hour, unless told otherwise.</summary>
    private Wire.ActivityForm Form(TimeSpan? ahead = null) =>
        _world.Activity(startsAt: _world.Now + (ahead ?? TimeSpan.FromHours(48)), capacity: 3);

    private async Task PassAsync(TimeSpan time)
    {
        _server.Clock.Advance(time);
        await _server.RunJobsAsync();
    }

    private async Task<Wire.ActivityStatus> StatusAsync(string id) => (await _staff.ActivityAsync(id)).Status;

    private Task MoveAsync(Wire.Activity activity, DateTime startsAt) => _staff.Activities.ChangeShiftAsync(new()
    {
        ActivityId = activity.Id,
        ShiftId = activity.Shifts[0].Id,
        StartsAt = Timestamp.FromDateTime(startsAt),
        EndsAt = Timestamp.FromDateTime(startsAt.AddHours(1)),
    }).ResponseAsync;

    private static async Task<Wire.SignUpStatus> LeaveAsync(Actor person, string signUpId) =>
        (await person.SignUps.CancelSignUpAsync(new() { SignUpId = signUpId })).SignUp.Status;
}
