using WuWei.Activities;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Invitations;

/// <summary>The wire of invitations.proto.</summary>
public sealed class InvitationService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, TimeProvider clock)
    : Wire.InvitationService.InvitationServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private static readonly Limit PerDay = new("invitation", 10, TimeSpan.FromDays(1));

    public override async Task<Wire.MakeInvitationResponse> MakeInvitation(
        Wire.MakeInvitationRequest request, ServerCallContext context)
    {
        var call = context.Call();
        Guid? activityId = request.ActivityId.Length == 0 ? null : Faults.IdOf("activity_id", request.ActivityId);
        var days = request.Days == 0 ? Invitation.DaysMax : request.Days;
        if (days is < 1 or > Invitation.DaysMax)
        {
            throw Refuse.Invalid(
                "INVITATION_DAYS", $"邀请的有效期是 1 到 {Invitation.DaysMax} 天。", new FieldFault("days", "超出范围。"));
        }

        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            if (activityId is { } id)
            {
                await DemandOpenAsync(db, call, id, tree);
            }

            if (!await db.TakeAsync(PerDay, personalData.Index("invitation", $"{call.Caller.PersonId}"), call.Now))
            {
                throw Refuse.Exhausted("INVITATIONS_TOO_MANY", $"每天最多发 {PerDay.Max} 个邀请，请明天再来。");
            }

            var invitation = new Invitation
            {
                Id = clock.NewId(),
                Code = Invitation.NewCode(),
                InviterId = call.Caller.PersonId,
                ActivityId = activityId,
                MadeAt = call.Now,
                ExpiresAt = call.Now.AddDays(days),
            };
            await db.AddInvitationAsync(invitation);
            // Not the code: whoever reads the journal is not invited.
            db.Record(JournalEntry.By(
                call, "self", "INVITATION_MADE", "invitation", invitation.Id, unitId: null,
                new { invitation.ActivityId, invitation.ExpiresAt }));
            return new Wire.MakeInvitationResponse { Invitation = ToWire(invitation) };
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.RedeemInvitationResponse> RedeemInvitation(
        Wire.RedeemInvitationRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var code = Invitation.ReadCode(request.Code) ?? throw InvitationToRedeem.Unknown();
        // Whose it is never changes, so that is known before the locks.
        var inviterId = await database.ReadAsync(db => db.FindInviterAsync(code), context.CancellationToken)
            ?? throw InvitationToRedeem.Unknown();
        return await writer.WriteAsync(context, request, async db =>
        {
            var personId = call.Caller.PersonId;
            // Both, so that of two who redeem each other's at once the second sees the first.
            foreach (var id in new[] { personId, inviterId }.Distinct().Order())
            {
                await db.LockPersonAsync(id);
            }

            var invitation = await db.FindInvitationAsync(code, personId) ?? throw InvitationToRedeem.Unknown();
            invitation.Demand(call.Caller, call.Now);
            await db.AddInviteeAsync(invitation, personId, call.Now);
            db.Record(JournalEntry.By(
                call, "self", "INVITATION_REDEEMED", "invitation", invitation.Id, unitId: null,
                new { personId, invitation.InviterId, suspicion = (int)invitation.Suspicion }));
            return new Wire.RedeemInvitationResponse
            {
                InviterName = invitation.InviterName,
                ActivityId = $"{invitation.ActivityId}",
            };
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.ListMyInvitationsResponse> ListMyInvitations(
        Wire.ListMyInvitationsRequest request, ServerCallContext context)
    {
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var page = await database.ReadAsync(
            db => db.ListInvitationsAsync(context.Call().Caller.PersonId, after, size + 1), context.CancellationToken);
        return new Wire.ListMyInvitationsResponse
        {
            Invitations = { page.Take(size).Select(ToWire) },
            NextPageToken = page.Count > size ? new PageToken(page[size - 1].MadeAt, page[size - 1].Id).ToString() : "",
        };
    }

    public override async Task<Wire.CountInvitationsResponse> CountInvitations(
        Wire.CountInvitationsRequest request, ServerCallContext context)
    {
        var (came, served) = await database.ReadAsync(
            db => db.CountInviteesAsync(context.Call().Caller.PersonId), context.CancellationToken);
        return new Wire.CountInvitationsResponse { Came = came, Served = served };
    }

    private static async Task DemandOpenAsync(DbSession db, Call call, Guid activityId, UnitTree tree)
    {
        var activity = await db.FindActivityAsync(activityId, call.Caller.PersonId) ?? throw ActivityService.Unknown();
        if (!ActivitySight.Of(activity, tree, call).Visible)
        {
            throw ActivityService.Unknown();
        }

        if (activity.Status is not (ActivityStatus.Enrolling or ActivityStatus.Running))
        {
            throw Refuse.Premature("ACTIVITY_NOT_ENROLLING", "这个活动现在不能报名。");
        }
    }

    private static Wire.Invitation ToWire(Invitation invitation) => new()
    {
        Id = invitation.Id.ToString(),
        Code = invitation.Code,
        ActivityId = $"{invitation.ActivityId}",
        MadeAt = Timestamp.FromDateTime(invitation.MadeAt),
        ExpiresAt = Timestamp.FromDateTime(invitation.ExpiresAt),
        Came = invitation.Came,
        Served = invitation.Served,
    };
}
