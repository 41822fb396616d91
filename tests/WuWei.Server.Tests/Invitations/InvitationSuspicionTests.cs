using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Invitations;

/// <summary>What is odd about who was invited: held, decided on by others, found by the audit.</summary>
public sealed class InvitationSuspicionTests : InvitationDistrict
{
    [Fact]
    public async Task What_looks_odd_is_held()
    {
        // One device for both, and one who serves whoever invited them.
        var returning = await World.ResidentAsync();
        await ShareDeviceAsync(Newcomer, Inviter);
        await InviteAsync(Newcomer);
        await InviteAsync(returning);

        await KeepAsync(Newcomer);
        await KeepAsync(returning, Inviter);

        Assert.Equal(((2, 2), 0), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        Assert.Equal(
            [Wire.AwardState.Held, Wire.AwardState.Held],
            (await Inviter.Points.ListPointsAsync(new())).Lines.Select(l => l.Award.State));
        await Server.AssertPointsAsync();
    }

    [Fact]
    public async Task What_an_inviter_earns_by_their_own_word_waits()
    {
        await Newcomer.Invitations.RedeemInvitationAsync(new() { Code = await CodeAsync(Staff) });
        var activity = await Staff.EnrollingAsync(World.SoonActivity(capacity: 2));
        var place = await Newcomer.SignUpAsync(activity.Role());
        await Newcomer.CheckInAsync(Staff, activity.Shifts[0].Id);
        await World.WasThereAsync(activity.Shifts[0].Id);

        await Staff.Attendance.ConfirmAttendanceAsync(AttendanceSteps.Confirming(activity.Shifts[0].Id, place.Id));

        var line = Assert.Single((await Staff.Points.ListPointsAsync(new())).Lines);
        Assert.Equal((Wire.PointsAct.InviteeServed, Wire.AwardState.Held), (line.Award.Act, line.Award.State));
        Assert.Equal([Wire.Suspicion.Returned], line.Award.HeldFor);
        await Server.AssertPointsAsync();
    }

    [Fact]
    public async Task Whoever_came_by_an_invitation_does_not_decide_on_what_it_pays()
    {
        var staff = await World.WithRoleAsync(Role.Staff, World.District, home: World.Community);
        await ShareDeviceAsync(staff, Inviter);
        await InviteAsync(staff);
        await KeepAsync(staff);
        var held = (await Inviter.Points.ListPointsAsync(new())).Lines[0].Award;
        var decision = new Wire.DecideHeldAwardRequest { AwardId = held.Id, Pay = true, Reason = "核实过了。" };

        Assert.Equal("AWARD_OWN", await Refusals.ReasonAsync(staff.Points.DecideHeldAwardAsync(decision)));
        await Staff.Points.DecideHeldAwardAsync(decision);
        Assert.Equal(5, await BalanceAsync(Inviter));
        await Server.AssertPointsAsync();
    }

    [Fact]
    public async Task The_audit_finds_an_invitee_who_counts_for_nothing()
    {
        await InviteAsync(Newcomer);
        await KeepAsync(Newcomer);
        await Server.AssertPointsAsync();
        await World.ExecuteAsync("UPDATE invitee SET service_id = person_id");

        var faults = (await Server.Services.GetRequiredService<PointsAudit>()
            .RunAsync(_ => { }, CancellationToken.None)).Faults;

        Assert.Contains(faults, f => f.StartsWith("an invitee who counts did not earn", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.StartsWith("an award stands for an invitee", StringComparison.Ordinal));
    }
}
