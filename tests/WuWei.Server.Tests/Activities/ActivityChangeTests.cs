using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>What a change of an activity means to those who have a place.</summary>
public sealed class ActivityChangeTests : ActivityDistrict
{
    [Fact]
    public async Task A_place_left_late_is_a_drop_out_unless_a_change_was_not_seen()
    {
        var activity = await Staff.EnrollingAsync(Form());
        var (early, late, moved) =
            (await World.ResidentAsync(), await World.ResidentAsync(), await World.ResidentAsync());
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
        var slot = World.Now.AddDays(3);
        var one = await Staff.EnrollingAsync(World.Activity(startsAt: slot, capacity: 1));
        var other = await Staff.EnrollingAsync(World.Activity(startsAt: slot.AddHours(2), capacity: 1));
        var (first, busy, free) =
            (await World.ResidentAsync(), await World.ResidentAsync(), await World.ResidentAsync());
        await first.SignUpAsync(one.Role());
        await busy.SignUpAsync(one.Role());
        await free.SignUpAsync(one.Role());
        await busy.SignUpAsync(other.Role());

        await MoveAsync(one, slot.AddHours(2));
        Assert.All((await busy.SignUps.ListMySignUpsAsync(new())).SignUps, s => Assert.True(s.Conflicting));
        var resized = new Wire.ChangeShiftRequest { ActivityId = one.Id, ShiftId = one.Shifts[0].Id };
        resized.Capacities.Add(new Wire.RoleCapacity { RoleId = one.Role(), Capacity = 2 });
        var role = (await Staff.Activities.ChangeShiftAsync(resized)).Activity.Shifts[0].Roles[0];

        // The one who is in two at one time is passed over.
        Assert.Equal((2, 1), (role.Taken, role.Waiting));
        Assert.Equal(Wire.SignUpStatus.SignedUp, (await free.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);
        resized.Capacities[0].Capacity = 1;
        Assert.Equal("CAPACITY_TAKEN", await Refusals.ReasonAsync(Staff.Activities.ChangeShiftAsync(resized)));
        resized.Capacities[0].Capacity = 2;
        Assert.Equal("SHIFT_UNCHANGED", await Refusals.ReasonAsync(Staff.Activities.ChangeShiftAsync(resized)));
        resized.ShiftId = other.Shifts[0].Id;
        Assert.Equal("SHIFT_UNKNOWN", await Refusals.ReasonAsync(Staff.Activities.ChangeShiftAsync(resized)));
    }

    [Fact]
    public async Task A_change_of_place_is_one_to_those_who_signed_up_and_the_frame_is_fixed_once_published()
    {
        var form = Form();
        var activity = await Staff.EnrollingAsync(form);
        var resident = await World.ResidentAsync();
        await resident.SignUpAsync(activity.Role());

        Assert.Equal("ACTIVITY_FIXED", await Refusals.ReasonAsync(
            Staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form })));
        form.Shifts.Clear();
        form.Title = "河道清理（第二次）";
        await Staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form });
        Assert.False((await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Changed);
        form.Place = "下关码头";
        await Staff.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = form });
        Assert.True((await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Changed);

        var steps = (await Staff.Activities.GetActivityJourneyAsync(new() { ActivityId = activity.Id })).Steps;
        Assert.Equal([Wire.ActivityField.Place], steps[^1].Changed);
    }

    [Fact]
    public async Task Whom_to_ask_is_told_to_those_with_a_place_and_cancelling_ends_their_sign_ups()
    {
        var form = Form();
        form.Contact = new() { Name = "周老师", Phone = "13912345678" };
        var activity = await Staff.EnrollingAsync(form);
        var resident = await World.ResidentAsync();
        Assert.Null((await resident.ActivityAsync(activity.Id)).Contact);

        Assert.Equal(Wire.SignUpStatus.SignedUp, (await resident.SignUpAsync(activity.Role())).Status);
        Assert.Equal("13912345678", (await Staff.ActivityAsync(activity.Id)).Contact?.Phone);
        Assert.Equal("13912345678", (await resident.ActivityAsync(activity.Id)).Contact?.Phone);
        var cancelled = await Staff.Activities.CancelActivityAsync(new() { ActivityId = activity.Id, Reason = "台风" });

        Assert.All(cancelled.Activity.Shifts.SelectMany(s => s.Roles), role => Assert.Equal(0, role.Taken));
        Assert.Equal(
            Wire.SignUpStatus.Cancelled, (await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status);
        Assert.Null((await resident.ActivityAsync(activity.Id)).Contact);
    }

    private Task MoveAsync(Wire.Activity activity, DateTime startsAt) => Staff.Activities.ChangeShiftAsync(new()
    {
        ActivityId = activity.Id,
        ShiftId = activity.Shifts[0].Id,
        StartsAt = Timestamp.FromDateTime(startsAt),
        EndsAt = Timestamp.FromDateTime(startsAt.AddHours(1)),
    }).ResponseAsync;

    private static async Task<Wire.SignUpStatus> LeaveAsync(Actor person, string signUpId) =>
        (await person.SignUps.CancelSignUpAsync(new() { SignUpId = signUpId })).SignUp.Status;
}
