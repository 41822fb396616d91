using WuWei.Tests.Harness;

namespace WuWei.Tests.Invitations;

/// <summary>A district where one invites and another is new.</summary>
public abstract class InvitationDistrict : OwnDistrict
{
    protected Actor Staff { get; private set; } = null!;
    protected Actor Inviter { get; private set; } = null!;
    protected Actor Newcomer { get; private set; } = null!;

    protected override async Task SettleAsync()
    {
        Staff = await World.StaffAsync(World.District);
        Inviter = await World.ResidentAsync();
        Newcomer = await World.ResidentAsync();
    }

    protected async Task InviteAsync(Actor person, string activityId = "")
    {
        // One each, because ten a day are enough for nobody here.
        await World.ExecuteAsync("DELETE FROM limit_count WHERE rule = 'invitation'");
        var invitation = (await Inviter.Invitations.MakeInvitationAsync(new() { ActivityId = activityId })).Invitation;
        var reply = await person.Invitations.RedeemInvitationAsync(new() { Code = invitation.Code });
        Assert.Equal(activityId, reply.ActivityId);
    }

    protected static async Task<string> CodeAsync(Actor inviter) =>
        (await inviter.Invitations.MakeInvitationAsync(new())).Invitation.Code;

    protected static async Task<string?> TryAsync(Actor person, string code)
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
    protected async Task<string> DeliveredAsync(Actor helper, Actor maker)
    {
        var id = await maker.OpenAsync(World.Request(), Staff);
        await helper.ClaimAsync(id);
        Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await helper.DeliverAsync(id);
        return id;
    }

    protected async Task<string> KeepAsync(Actor helper, Actor? maker = null)
    {
        maker ??= await World.ResidentAsync();
        var id = await DeliveredAsync(helper, maker);
        await maker.ConfirmAsync(id);
        return id;
    }

    protected Task ShareDeviceAsync(Actor one, Actor other) => World.ExecuteAsync(
        """
        INSERT INTO person_device (person_id, device, seen_at)
        VALUES (@one, REPEAT('d', 32), @now), (@other, REPEAT('d', 32), @now)
        """,
        ("one", one.PersonId), ("other", other.PersonId), ("now", World.Now));

    protected static async Task<(int Came, int Served)> CountAsync(Actor inviter)
    {
        var counts = await inviter.Invitations.CountInvitationsAsync(new());
        return (counts.Came, counts.Served);
    }

    protected static async Task<long> BalanceAsync(Actor person) => (await person.Points.GetPointsAsync(new())).Balance;
}
