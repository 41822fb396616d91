using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Invitations;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Invitations;

/// <summary>Who brought whom, over the wire.</summary>
public sealed class InvitationTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _inviter = null!;
    private Actor _newcomer = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.District);
        _inviter = await _world.ResidentAsync();
        _newcomer = await _world.ResidentAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Who_came_by_an_invitation_is_told_whose_it_is_and_by_whom_nobody_is()
    {
        var invitation = (await _inviter.Invitations.MakeInvitationAsync(new() { Days = 5 })).Invitation;
        Assert.Equal(
            (10, _world.Now.AddDays(5)), (invitation.Code.Length, invitation.ExpiresAt.ToDateTime()));

        var typed = $" {invitation.Code[..5].ToLowerInvariant()}-{invitation.Code[5..]} ";
        var key = Guid.NewGuid().ToString();
        for (var i = 0; i < 2; i++)
        {
            var reply = await _newcomer.WithKey(key).Invitations.RedeemInvitationAsync(new() { Code = typed });
            Assert.Equal(($"{_inviter.Name[..1]}**", ""), (reply.InviterName, reply.ActivityId));
        }

        Assert.Equal((1, 0), await CountAsync(_inviter));
        var listed = Assert.Single((await _inviter.Invitations.ListMyInvitationsAsync(new())).Invitations);
        Assert.Equal((invitation.Code, 1, 0), (listed.Code, listed.Came, listed.Served));
        Assert.Empty((await _newcomer.Invitations.ListMyInvitationsAsync(new())).Invitations);
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Somebody_counts_and_pays_from_their_first_kept_wish_on_and_only_once()
    {
        await InviteAsync(_newcomer);
        Assert.Equal(((1, 0), 0), (await CountAsync(_inviter), await BalanceAsync(_inviter)));

        await KeepAsync(_newcomer);
        Assert.Equal(((1, 1), 5), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await KeepAsync(_newcomer);

        Assert.Equal(((1, 1), 5), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        var line = Assert.Single((await _inviter.Points.ListPointsAsync(new())).Lines);
        Assert.Equal(
            (Wire.PointsAct.InviteeServed, Wire.AwardState.Posted), (line.Award.Act, line.Award.State));
        Assert.Equal(1, (await _inviter.Invitations.ListMyInvitationsAsync(new())).Invitations[0].Served);
        await _server.AssertPointsAsync();
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Who_was_invited_by_nobody_pays_nobody()
    {
        await KeepAsync(_newcomer);

        Assert.Equal(((0, 0), 0), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
    }

    [Fact]
    public async Task A_wish_that_nobody_confirmed_does_not_count_and_the_next_one_does()
    {
        await InviteAsync(_newcomer);
        await DeliveredAsync(_newcomer, await _world.ResidentAsync());
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();
        _server.Clock.Advance(TimeSpan.FromDays(3));
        await _server.RunJobsAsync();
        Assert.Equal(5, await BalanceAsync(_newcomer));
        Assert.Equal(((1, 0), 0), (await CountAsync(_inviter), await BalanceAsync(_inviter)));

        await KeepAsync(_newcomer);

        Assert.Equal(((1, 1), 5), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Overturned_the_first_service_counts_no_more_and_the_next_one_does()
    {
        await InviteAsync(_newcomer);
        var wish = await KeepAsync(_newcomer);
        await _staff.Wishes.ProposeOverturnAsync(new() { WishId = wish, Reason = "核实后发现没有完成。" });
        var other = await _world.StaffAsync(_world.District);
        await other.Wishes.OverturnWishAsync(new() { WishId = wish, Reason = "核实后发现没有完成。" });

        Assert.Equal(((1, 0), 0), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await _server.AssertPointsAsync();

        await KeepAsync(_newcomer);
        Assert.Equal(((1, 1), 5), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Corrected_to_nothing_the_first_service_counts_no_more_and_the_next_one_does()
    {
        await InviteAsync(_newcomer);
        await KeepAsync(_newcomer);
        var award = (await _newcomer.Points.ListPointsAsync(new())).Lines
            .Single(l => l.Award?.Act == Wire.PointsAct.WishKeptByNeighbour).Award;
        var correction = (await _staff.Points.ProposeReversalAsync(
            new() { AwardId = award.Id, Reason = "核实后发现没有完成。" })).Correction;
        Assert.Equal(((1, 1), 5), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        var other = await _world.StaffAsync(_world.District);
        await other.Points.DecideCorrectionAsync(new() { CorrectionId = correction.Id, Approve = true });

        Assert.Equal(((1, 0), 0), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await _server.AssertPointsAsync();
        await KeepAsync(_newcomer);
        Assert.Equal(((1, 1), 5), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await _server.AssertPointsAsync();
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Of_two_newcomers_who_redeem_each_other_at_once_one_succeeds()
    {
        for (var i = 0; i < 25; i++)
        {
            var (one, other) = (await _world.ResidentAsync(), await _world.ResidentAsync());
            var (ofOne, ofOther) = (await CodeAsync(one), await CodeAsync(other));

            var outcomes = await Task.WhenAll(TryAsync(one, ofOther), TryAsync(other, ofOne));

            Assert.Equal([null, "INVITATION_OWN"], outcomes.OrderBy(o => o is not null));
        }
    }

    [Fact]
    public async Task Confirmed_hours_count_and_many_at_once_stay_within_the_caps_of_a_day()
    {
        var form = _world.SoonActivity(capacity: 20);
        var activity = await _staff.EnrollingAsync(form);
        var places = new List<Wire.SignUp>();
        for (var i = 0; i < 13; i++)
        {
            var came = await _world.ResidentAsync();
            await InviteAsync(came, activity.Id);
            places.Add(await came.SignUpAsync(activity.Role()));
            await came.CheckInAsync(_staff, activity.Shifts[0].Id);
        }

        // The inviter earns six there themself.
        places.Add(await _inviter.SignUpAsync(activity.Role()));
        await _inviter.CheckInAsync(_staff, activity.Shifts[0].Id);
        await _world.WasThereAsync(activity.Shifts[0].Id);
        await _staff.Attendance.ConfirmAttendanceAsync(
            AttendanceSteps.Confirming(activity.Shifts[0].Id, [.. places.Select(p => p.Id)]));

        // 13 × 5 and 6 would be 71.
        Assert.Equal(((13, 13), 60), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task What_looks_odd_is_held()
    {
        // One device for both, and one who serves whoever invited them.
        var returning = await _world.ResidentAsync();
        await ShareDeviceAsync(_newcomer, _inviter);
        await InviteAsync(_newcomer);
        await InviteAsync(returning);

        await KeepAsync(_newcomer);
        await KeepAsync(returning, _inviter);

        Assert.Equal(((2, 2), 0), (await CountAsync(_inviter), await BalanceAsync(_inviter)));
        Assert.Equal(
            [Wire.AwardState.Held, Wire.AwardState.Held],
            (await _inviter.Points.ListPointsAsync(new())).Lines.Select(l => l.Award.State));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task What_an_inviter_earns_by_their_own_word_waits()
    {
        await _newcomer.Invitations.RedeemInvitationAsync(new() { Code = await CodeAsync(_staff) });
        var activity = await _staff.EnrollingAsync(_world.SoonActivity(capacity: 2));
        var place = await _newcomer.SignUpAsync(activity.Role());
        await _newcomer.CheckInAsync(_staff, activity.Shifts[0].Id);
        await _world.WasThereAsync(activity.Shifts[0].Id);

        await _staff.Attendance.ConfirmAttendanceAsync(AttendanceSteps.Confirming(activity.Shifts[0].Id, place.Id));

        var line = Assert.Single((await _staff.Points.ListPointsAsync(new())).Lines);
        Assert.Equal((Wire.PointsAct.InviteeServed, Wire.AwardState.Held), (line.Award.Act, line.Award.State));
        Assert.Equal([Wire.Suspicion.Returned], line.Award.HeldFor);
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Whoever_came_by_an_invitation_does_not_decide_on_what_it_pays()
    {
        var staff = await _world.WithRoleAsync(Role.Staff, _world.District, home: _world.Community);
        await ShareDeviceAsync(staff, _inviter);
        await InviteAsync(staff);
        await KeepAsync(staff);
        var held = (await _inviter.Points.ListPointsAsync(new())).Lines[0].Award;
        var decision = new Wire.DecideHeldAwardRequest { AwardId = held.Id, Pay = true, Reason = "核实过了。" };

        Assert.Equal("AWARD_OWN", await Refusals.ReasonAsync(staff.Points.DecideHeldAwardAsync(decision)));
        await _staff.Points.DecideHeldAwardAsync(decision);
        Assert.Equal(5, await BalanceAsync(_inviter));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task Who_may_not_have_come_by_an_invitation_is_told_why()
    {
        var code = await CodeAsync(_inviter);
        Assert.Equal("INVITATION_UNKNOWN", await TryAsync(_newcomer, "0123456789"));
        Assert.Equal("INVITATION_UNKNOWN", await TryAsync(_newcomer, "云"));
        Assert.Equal("INVITATION_UNKNOWN", await TryAsync(_newcomer, new string('A', 1_000)));
        Assert.Equal("INVITATION_OWN", await TryAsync(_inviter, code));

        Assert.Null(await TryAsync(_newcomer, code));
        Assert.Equal("INVITATION_REDEEMED", await TryAsync(_newcomer, await CodeAsync(await _world.ResidentAsync())));
        // Not each other, either.
        Assert.Equal("INVITATION_OWN", await TryAsync(_inviter, await CodeAsync(_newcomer)));

        var served = await _world.ResidentAsync();
        await KeepAsync(served);
        Assert.Equal("INVITATION_TOO_LATE", await TryAsync(served, code));

        var full = await CodeAsync(_inviter);
        await _world.ExecuteAsync("UPDATE invitation SET came = 100 WHERE code = @code", ("code", full));
        Assert.Equal("INVITATION_USED_UP", await TryAsync(await _world.ResidentAsync(), full));

        var old = await _world.ResidentAsync();
        _server.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Assert.Equal("INVITATION_TOO_LATE", await TryAsync(old, code));
        _server.Clock.Advance(TimeSpan.FromDays(23));
        Assert.Equal("INVITATION_EXPIRED", await TryAsync(await _world.ResidentAsync(), code));
    }

    [Fact]
    public async Task Ten_invitations_a_day_and_for_no_longer_than_a_month()
    {
        foreach (var days in new[] { -1, 31 })
        {
            Assert.Equal("INVITATION_DAYS", await Refusals.ReasonAsync(
                _inviter.Invitations.MakeInvitationAsync(new() { Days = days })));
        }

        var codes = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            codes.Add(await CodeAsync(_inviter));
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("INVITATIONS_TOO_MANY", await Refusals.ReasonAsync(
            _inviter.Invitations.MakeInvitationAsync(new())));

        var listed = new List<string>();
        var request = new Wire.ListMyInvitationsRequest { PageSize = 4 };
        do
        {
            var page = await _inviter.Invitations.ListMyInvitationsAsync(request);
            listed.AddRange(page.Invitations.Select(i => i.Code));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Reverse(codes), listed);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await CodeAsync(_inviter);
    }

    [Fact]
    public async Task An_invitation_to_an_activity_says_so_while_it_takes_sign_ups()
    {
        var activity = await _staff.EnrollingAsync(_world.Activity());
        await InviteAsync(_newcomer, activity.Id);
        var draft = await _staff.DraftAsync(_world.Activity());

        Assert.Equal("ACTIVITY_UNKNOWN", await ToAsync(draft.Id));
        Assert.Equal("ACTIVITY_UNKNOWN", await ToAsync($"{Guid.NewGuid()}"));
        await _staff.Activities.CancelActivityAsync(new() { ActivityId = activity.Id, Reason = "下雨取消。" });
        Assert.Equal("ACTIVITY_NOT_ENROLLING", await ToAsync(activity.Id));

        Task<string> ToAsync(string id) => Refusals.ReasonAsync(
            _inviter.Invitations.MakeInvitationAsync(new() { ActivityId = id }));
    }

    [Fact]
    public async Task Of_two_codes_redeemed_at_once_one_wins()
    {
        var codes = new[] { await CodeAsync(_inviter), await CodeAsync(await _world.ResidentAsync()) };

        var answers = await Task.WhenAll(codes.Select(code => TryAsync(_newcomer, code)));

        Assert.Equal([null, "INVITATION_REDEEMED"], answers.Order(StringComparer.Ordinal));
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task The_audit_finds_an_invitee_who_counts_for_nothing()
    {
        await InviteAsync(_newcomer);
        await KeepAsync(_newcomer);
        await _server.AssertPointsAsync();
        await _world.ExecuteAsync("UPDATE invitee SET service_id = person_id");

        var faults = (await _server.Services.GetRequiredService<PointsAudit>()
            .RunAsync(_ => { }, CancellationToken.None)).Faults;

        Assert.Contains(faults, f => f.StartsWith("an invitee who counts did not earn", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.StartsWith("an award stands for an invitee", StringComparison.Ordinal));
    }

    [Fact]
    public void Codes_are_ten_signs_that_nobody_takes_for_another()
    {
        var codes = Enumerable.Range(0, 1_000).Select(_ => Invitation.NewCode()).ToList();

        Assert.Equal(1_000, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Equal(code, Invitation.ReadCode(code)));
        Assert.All(codes, code => Assert.DoesNotContain(code, c => "ILOU".Contains(c)));
    }

    private async Task InviteAsync(Actor person, string activityId = "")
    {
        // One each, because ten a day are enough for nobody here.
        await _world.ExecuteAsync("DELETE FROM limit_count WHERE rule = 'invitation'");
        var invitation = (await _inviter.Invitations.MakeInvitationAsync(new() { ActivityId = activityId })).Invitation;
        var reply = await person.Invitations.RedeemInvitationAsync(new() { Code = invitation.Code });
        Assert.Equal(activityId, reply.ActivityId);
    }

    private static async Task<string> CodeAsync(Actor inviter) =>
        (await inviter.Invitations.MakeInvitationAsync(new())).Invitation.Code;

    private static async Task<string?> TryAsync(Actor person, string code)
    {
        try
        {
            await person.Invitations.RedeemInvitationAsync(new() { Code = code });
            return null;
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }

    /// <summary>A wish of somebody, delivered by the helper.</summary>
    private async Task<string> DeliveredAsync(Actor helper, Actor maker)
    {
        var id = await maker.OpenAsync(_world.Request(), _staff);
        await helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromMinutes(10));
        await helper.DeliverAsync(id);
        return id;
    }

    private async Task<string> KeepAsync(Actor helper, Actor? maker = null)
    {
        maker ??= await _world.ResidentAsync();
        var id = await DeliveredAsync(helper, maker);
        await maker.ConfirmAsync(id);
        return id;
    }

    private Task ShareDeviceAsync(Actor one, Actor other) => _world.ExecuteAsync(
        """
        INSERT INTO person_device (person_id, device, seen_at)
        VALUES (@one, REPEAT('d', 32), @now), (@other, REPEAT('d', 32), @now)
        """,
        ("one", one.PersonId), ("other", other.PersonId), ("now", _world.Now));

    private static async Task<(int Came, int Served)> CountAsync(Actor inviter)
    {
        var counts = await inviter.Invitations.CountInvitationsAsync(new());
        return (counts.Came, counts.Served);
    }

    private static async Task<long> BalanceAsync(Actor person) => (await person.Points.GetPointsAsync(new())).Balance;
}
