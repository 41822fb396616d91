using WuWei.Tests.Harness;

namespace WuWei.Tests.Invitations;

/// <summary>Since when somebody who was invited counts, and what that pays.</summary>
public sealed class InvitationServiceTests : InvitationDistrict
{
    [Fact]
    public async Task Somebody_counts_and_pays_from_their_first_kept_wish_on_and_only_once()
    {
        await InviteAsync(Newcomer);
        Assert.Equal(((1, 0), 0), (await CountAsync(Inviter), await BalanceAsync(Inviter)));

        await KeepAsync(Newcomer);
        Assert.Equal(((1, 1), 5), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await KeepAsync(Newcomer);

        Assert.Equal(((1, 1), 5), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        var line = Assert.Single((await Inviter.Points.ListPointsAsync(new())).Lines);
        Assert.Equal(
            (Wire.PointsAct.InviteeServed, Wire.AwardState.Posted), (line.Award.Act, line.Award.State));
        Assert.Equal(1, (await Inviter.Invitations.ListMyInvitationsAsync(new())).Invitations[0].Served);
        await Server.AssertPointsAsync();
        await Server.AssertSoundAsync();
    }

    [Fact]
    public async Task Who_was_invited_by_nobody_pays_nobody()
    {
        await KeepAsync(Newcomer);

        Assert.Equal(((0, 0), 0), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
    }

    [Fact]
    public async Task A_wish_that_nobody_confirmed_does_not_count_and_the_next_one_does()
    {
        await InviteAsync(Newcomer);
        await DeliveredAsync(Newcomer, await World.ResidentAsync());
        Server.Clock.Advance(TimeSpan.FromDays(8));
        await Server.RunJobsAsync();
        await Server.RunJobsAsync();
        Server.Clock.Advance(TimeSpan.FromDays(3));
        await Server.RunJobsAsync();
        Assert.Equal(5, await BalanceAsync(Newcomer));
        Assert.Equal(((1, 0), 0), (await CountAsync(Inviter), await BalanceAsync(Inviter)));

        await KeepAsync(Newcomer);

        Assert.Equal(((1, 1), 5), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await Server.AssertPointsAsync();
    }

    [Fact]
    public async Task Overturned_the_first_service_counts_no_more_and_the_next_one_does()
    {
        await InviteAsync(Newcomer);
        var wish = await KeepAsync(Newcomer);
        await Staff.Wishes.ProposeOverturnAsync(new() { WishId = wish, Reason = "核实后发现没有完成。" });
        var other = await World.StaffAsync(World.District);
        await other.Wishes.OverturnWishAsync(new() { WishId = wish, Reason = "核实后发现没有完成。" });

        Assert.Equal(((1, 0), 0), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await Server.AssertPointsAsync();

        await KeepAsync(Newcomer);
        Assert.Equal(((1, 1), 5), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await Server.AssertPointsAsync();
    }

    [Fact]
    public async Task Corrected_to_nothing_the_first_service_counts_no_more_and_the_next_one_does()
    {
        await InviteAsync(Newcomer);
        await KeepAsync(Newcomer);
        var award = (await Newcomer.Points.ListPointsAsync(new())).Lines
            .Single(l => l.Award?.Act == Wire.PointsAct.WishKeptByNeighbour).Award;
        var correction = (await Staff.Points.ProposeReversalAsync(
            new() { AwardId = award.Id, Reason = "核实后发现没有完成。" })).Correction;
        Assert.Equal(((1, 1), 5), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        var other = await World.StaffAsync(World.District);
        await other.Points.DecideCorrectionAsync(new() { CorrectionId = correction.Id, Approve = true });

        Assert.Equal(((1, 0), 0), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await Server.AssertPointsAsync();
        await KeepAsync(Newcomer);
        Assert.Equal(((1, 1), 5), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await Server.AssertPointsAsync();
        await Server.AssertSoundAsync();
    }

    [Fact]
    public async Task Confirmed_hours_count_and_many_at_once_stay_within_the_caps_of_a_day()
    {
        var form = World.SoonActivity(capacity: 20);
        var activity = await Staff.EnrollingAsync(form);
        var places = new List<Wire.SignUp>();
        for (var i = 0; i < 13; i++)
        {
            var came = await World.ResidentAsync();
            await InviteAsync(came, activity.Id);
            places.Add(await came.SignUpAsync(activity.Role()));
            await came.CheckInAsync(Staff, activity.Shifts[0].Id);
        }

        // The inviter earns six there themself.
        places.Add(await Inviter.SignUpAsync(activity.Role()));
        await Inviter.CheckInAsync(Staff, activity.Shifts[0].Id);
        await World.WasThereAsync(activity.Shifts[0].Id);
        await Staff.Attendance.ConfirmAttendanceAsync(
            AttendanceSteps.Confirming(activity.Shifts[0].Id, [.. places.Select(p => p.Id)]));

        // 13 × 5 and 6 would be 71.
        Assert.Equal(((13, 13), 60), (await CountAsync(Inviter), await BalanceAsync(Inviter)));
        await Server.AssertPointsAsync();
    }
}
