using WuWei.Invitations;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Invitations;

/// <summary>Who brought whom, over the wire.</summary>
public sealed class InvitationTests : InvitationDistrict
{
    [Fact]
    public async Task Who_came_by_an_invitation_is_told_whose_it_is_and_by_whom_nobody_is()
    {
        var invitation = (await Inviter.Invitations.MakeInvitationAsync(new() { Days = 5 })).Invitation;
        Assert.Equal(
            (10, World.Now.AddDays(5)), (invitation.Code.Length, invitation.ExpiresAt.ToDateTime()));

        var typed = $" {invitation.Code[..5].ToLowerInvariant()}-{invitation.Code[5..]} ";
        var key = Guid.NewGuid().ToString();
        for (var i = 0; i < 2; i++)
        {
            var reply = await Newcomer.WithKey(key).Invitations.RedeemInvitationAsync(new() { Code = typed });
            Assert.Equal(($"{Inviter.Name[..1]}**", ""), (reply.InviterName, reply.ActivityId));
        }

        Assert.Equal((1, 0), await CountAsync(Inviter));
        var listed = Assert.Single((await Inviter.Invitations.ListMyInvitationsAsync(new())).Invitations);
        Assert.Equal((invitation.Code, 1, 0), (listed.Code, listed.Came, listed.Served));
        Assert.Empty((await Newcomer.Invitations.ListMyInvitationsAsync(new())).Invitations);
        await Server.AssertPointsAsync();
    }

    [Fact]
    public async Task Of_two_newcomers_who_redeem_each_other_at_once_one_succeeds()
    {
        for (var i = 0; i < 25; i++)
        {
            var (one, other) = (await World.ResidentAsync(), await World.ResidentAsync());
            var (ofOne, ofOther) = (await CodeAsync(one), await CodeAsync(other));

            var outcomes = await Task.WhenAll(TryAsync(one, ofOther), TryAsync(other, ofOne));

            Assert.Equal([null, "INVITATION_OWN"], outcomes.OrderBy(o => o is not null));
        }
    }

    [Fact]
    public async Task Who_may_not_have_come_by_an_invitation_is_told_why()
    {
        var code = await CodeAsync(Inviter);
        Assert.Equal("INVITATION_UNKNOWN", await TryAsync(Newcomer, "0123456789"));
        Assert.Equal("INVITATION_UNKNOWN", await TryAsync(Newcomer, "云"));
        Assert.Equal("INVITATION_UNKNOWN", await TryAsync(Newcomer, new string('A', 1_000)));
        Assert.Equal("INVITATION_OWN", await TryAsync(Inviter, code));

        Assert.Null(await TryAsync(Newcomer, code));
        Assert.Equal("INVITATION_REDEEMED", await TryAsync(Newcomer, await CodeAsync(await World.ResidentAsync())));
        // Not each other, either.
        Assert.Equal("INVITATION_OWN", await TryAsync(Inviter, await CodeAsync(Newcomer)));

        var served = await World.ResidentAsync();
        await KeepAsync(served);
        Assert.Equal("INVITATION_TOO_LATE", await TryAsync(served, code));

        var full = await CodeAsync(Inviter);
        await World.ExecuteAsync("UPDATE invitation SET came = 100 WHERE code = @code", ("code", full));
        Assert.Equal("INVITATION_USED_UP", await TryAsync(await World.ResidentAsync(), full));

        var old = await World.ResidentAsync();
        Server.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Assert.Equal("INVITATION_TOO_LATE", await TryAsync(old, code));
        Server.Clock.Advance(TimeSpan.FromDays(23));
        Assert.Equal("INVITATION_EXPIRED", await TryAsync(await World.ResidentAsync(), code));
    }

    [Fact]
    public async Task Ten_invitations_a_day_and_for_no_longer_than_a_month()
    {
        foreach (var days in new[] { -1, 31 })
        {
            Assert.Equal("INVITATION_DAYS", await Refusals.ReasonAsync(
                Inviter.Invitations.MakeInvitationAsync(new() { Days = days })));
        }

        var codes = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            codes.Add(await CodeAsync(Inviter));
            Server.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("INVITATIONS_TOO_MANY", await Refusals.ReasonAsync(
            Inviter.Invitations.MakeInvitationAsync(new())));

        var listed = new List<string>();
        var request = new Wire.ListMyInvitationsRequest { PageSize = 4 };
        do
        {
            var page = await Inviter.Invitations.ListMyInvitationsAsync(request);
            listed.AddRange(page.Invitations.Select(i => i.Code));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Reverse(codes), listed);
        Server.Clock.Advance(TimeSpan.FromDays(1));
        await CodeAsync(Inviter);
    }

    [Fact]
    public async Task An_invitation_to_an_activity_says_so_while_it_takes_sign_ups()
    {
        var activity = await Staff.EnrollingAsync(World.Activity());
        await InviteAsync(Newcomer, activity.Id);
        var draft = await Staff.DraftAsync(World.Activity());

        Assert.Equal("ACTIVITY_UNKNOWN", await ToAsync(draft.Id));
        Assert.Equal("ACTIVITY_UNKNOWN", await ToAsync($"{Guid.NewGuid()}"));
        await Staff.Activities.CancelActivityAsync(new() { ActivityId = activity.Id, Reason = "下雨取消。" });
        Assert.Equal("ACTIVITY_NOT_ENROLLING", await ToAsync(activity.Id));

        Task<string> ToAsync(string id) => Refusals.ReasonAsync(
            Inviter.Invitations.MakeInvitationAsync(new() { ActivityId = id }));
    }

    [Fact]
    public async Task Of_two_codes_redeemed_at_once_one_wins()
    {
        var codes = new[] { await CodeAsync(Inviter), await CodeAsync(await World.ResidentAsync()) };

        var answers = await Task.WhenAll(codes.Select(code => TryAsync(Newcomer, code)));

        Assert.Equal([null, "INVITATION_REDEEMED"], answers.Order(StringComparer.Ordinal));
        await Server.AssertPointsAsync();
    }

    [Fact]
    public void Codes_are_ten_signs_that_nobody_takes_for_another()
    {
        var codes = Enumerable.Range(0, 1_000).Select(_ => Invitation.NewCode()).ToList();

        Assert.Equal(1_000, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Equal(code, Invitation.ReadCode(code)));
        Assert.All(codes, code => Assert.DoesNotContain(code, c => "ILOU".Contains(c)));
    }
}
