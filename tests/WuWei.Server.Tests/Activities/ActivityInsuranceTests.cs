using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>Activities that need an insurance, and have none or one.</summary>
public sealed class ActivityInsuranceTests : ActivityDistrict
{
    [Fact]
    public async Task Uninsured_it_is_held_at_its_start_and_starts_once_it_is_insured()
    {
        var form = Form();
        form.InsuranceNeeded = true;
        var activity = await Staff.EnrollingAsync(form);
        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal(
            (Wire.ActivityStatus.Enrolling, true), ((await Staff.ActivityAsync(activity.Id)).Status,
                (await Staff.ActivityAsync(activity.Id)).Overdue));

        Assert.Equal("INSURANCE_TOO_SHORT", await Refusals.ReasonAsync(Staff.Activities.RecordInsuranceAsync(
            new() { ActivityId = activity.Id, InsuredUntil = activity.StartsAt })));
        await Staff.Activities.RecordInsuranceAsync(new() { ActivityId = activity.Id, InsuredUntil = activity.EndsAt });
        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Wire.ActivityStatus.Running, await StatusAsync(activity.Id));
    }

    [Fact]
    public async Task Running_it_cannot_be_made_to_need_insurance_that_it_has_not()
    {
        var form = Form();
        var activity = await Staff.EnrollingAsync(form);
        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal(Wire.ActivityStatus.Running, await StatusAsync(activity.Id));
        form.Shifts.Clear();
        form.InsuranceNeeded = true;

        Assert.Equal("INSURANCE_TOO_SHORT", await Refusals.ReasonAsync(
            Staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form })));
    }

    [Fact]
    public async Task Uninsured_to_its_end_it_is_cancelled_with_all_sign_ups_and_so_is_a_draft_left_for_90_days()
    {
        var form = Form();
        form.InsuranceNeeded = true;
        var activity = await Staff.EnrollingAsync(form);
        var draft = await Staff.DraftAsync(Form(TimeSpan.FromDays(100)));
        var resident = await World.ResidentAsync();
        await resident.SignUpAsync(activity.Role());
        await PassAsync(TimeSpan.FromHours(48));
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(Wire.ActivityStatus.Cancelled, await StatusAsync(activity.Id));
        Assert.Equal(
            Wire.SignUpStatus.Cancelled, (await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);

        await PassAsync(TimeSpan.FromDays(90));
        // Whoever was signed in then is so no more.
        var staff = await World.StaffAsync(World.Community);
        Assert.Equal(Wire.ActivityStatus.Cancelled, (await staff.ActivityAsync(draft.Id)).Status);
    }

    [Fact]
    public async Task Uninsured_nobody_checks_in_and_once_it_is_insured_they_do()
    {
        var form = Form();
        form.InsuranceNeeded = true;
        var activity = await Staff.EnrollingAsync(form);
        var resident = await World.ResidentAsync();
        await resident.SignUpAsync(activity.Role());
        foreach (var time in new[] { TimeSpan.FromHours(48) - TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20) })
        {
            await PassAsync(time);
            Assert.Equal("ACTIVITY_UNINSURED", await Refusals.ReasonAsync(
                resident.Attendance.CheckInAsync(await Staff.ToCheckInAsync(activity.Shifts[0].Id))));
        }

        await Staff.Activities.RecordInsuranceAsync(new() { ActivityId = activity.Id, InsuredUntil = activity.EndsAt });
        await resident.CheckInAsync(Staff, activity.Shifts[0].Id);
    }

    [Fact]
    public async Task Cancelled_for_want_of_insurance_it_leaves_who_came_before_that_was_asked_for()
    {
        var activity = await Staff.EnrollingAsync(Form());
        var (came, other) = (await World.ResidentAsync(), await World.ResidentAsync());
        await came.SignUpAsync(activity.Role());
        await other.SignUpAsync(activity.Role());
        // Nothing looks at its clock meanwhile: it did not start.
        Server.Clock.Advance(TimeSpan.FromHours(48) - TimeSpan.FromMinutes(10));
        await came.CheckInAsync(Staff, activity.Shifts[0].Id);
        await World.ExecuteAsync(
            "UPDATE activity SET insurance_needed = 1 WHERE id = @id", ("id", Guid.Parse(activity.Id)));
        await PassAsync(TimeSpan.FromMinutes(10));
        await PassAsync(TimeSpan.FromHours(1));

        Assert.Equal(Wire.ActivityStatus.Cancelled, await StatusAsync(activity.Id));
        Assert.Equal(Wire.SignUpStatus.SignedUp, await PlaceAsync(came));
        Assert.Equal(Wire.SignUpStatus.Cancelled, await PlaceAsync(other));
        Assert.Equal(Wire.AttendanceStatus.CheckedIn, Assert.Single(
            (await Staff.Attendance.ListAttendanceAsync(new() { ShiftId = activity.Shifts[0].Id })).People).Status);
        Assert.Equal(1, (await Staff.ActivityAsync(activity.Id)).Shifts[0].Roles[0].Taken);

        static async Task<Wire.SignUpStatus> PlaceAsync(Actor person) =>
            (await person.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status;
    }
}
