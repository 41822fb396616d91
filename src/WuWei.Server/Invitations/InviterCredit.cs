using WuWei.Data;
using WuWei.Journal;
using WuWei.Points;

namespace WuWei.Invitations;

/// <summary>
/// Pays whoever invited somebody for that one's first service, in the transaction that confirms it. What nobody
/// confirmed, because the maker of a wish never answered, is no such service.
/// </summary>
public sealed class InviterCredit : IEarnsBeside
{
    public async Task<Earning?> FindAsync(DbSession db, Earning earned, Suspicion found, JournalEntry cause)
    {
        if (!IsService(earned) || await db.FindUncountedAsync(earned.AccountId) is not { } invitee)
        {
            return null;
        }

        if (!await db.CountInviteeAsync(invitee.PersonId, earned.SourceId, cause.At))
        {
            throw new ConflictException();
        }

        db.Record(Entry(cause, "INVITEE_COUNTED", invitee, earned.SourceId));
        // For the inviter, or by the inviter's own word.
        var forInviter = earned.OtherId == invitee.InviterId || earned.MakerId == invitee.InviterId
            || cause.ActorId == invitee.InviterId;
        return new Earning(
            PointsAct.InviteeServed, invitee.InviterId, AccountKind.Person, earned.SourceId, invitee.InvitationId,
            // Nobody was served by it; and whoever came by the invitation does not decide on what it pays.
            OtherId: null, earned.UnitId, Taken: null,
            invitee.Suspicion | found | (forInviter ? Suspicion.Returned : Suspicion.None), MakerId: invitee.PersonId);
    }

    public async Task TakeBackAsync(DbSession db, Guid sourceId, JournalEntry cause)
    {
        if (await db.FindCountedAsync(sourceId) is { } invitee)
        {
            db.QueueUncounted(invitee.PersonId, sourceId);
            db.Record(Entry(cause, "INVITEE_UNCOUNTED", invitee, sourceId));
        }
    }

    public async Task<PointsAct?> TakeBackAsync(DbSession db, Award award, JournalEntry cause)
    {
        if (!IsService(award.Act) || await db.FindCountedAsync(award.SourceId) is not { } invitee
            || invitee.PersonId != award.AccountId)
        {
            return null;
        }

        db.QueueUncounted(invitee.PersonId, award.SourceId);
        db.Record(Entry(cause, "INVITEE_UNCOUNTED", invitee, award.SourceId));
        return PointsAct.InviteeServed;
    }

    private static bool IsService(Earning earned) =>
        earned is { Kind: AccountKind.Person, Times: > 0 } && IsService(earned.Act);

    private static bool IsService(PointsAct act) =>
        act is PointsAct.WishKeptByPartyMember or PointsAct.WishKeptByVolunteer
            or PointsAct.WishKeptByOrganisationMember or PointsAct.WishKeptByNeighbour or PointsAct.HoursServed;

    private static JournalEntry Entry(JournalEntry cause, string kind, Invitee invitee, Guid serviceId) => cause.Beside(
        kind, "invitation", invitee.InvitationId, new { invitee.PersonId, invitee.InviterId, serviceId });
}
