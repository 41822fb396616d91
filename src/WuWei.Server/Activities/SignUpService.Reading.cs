using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>Whose places they are.</summary>
public sealed partial class SignUpService
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int RosterSizeMax = 200;

    public override async Task<Wire.ListMySignUpsResponse> ListMySignUps(
        Wire.ListMySignUpsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var rows = await database.ReadAsync(
            db => db.ListSignUpsOfAsync(call.Caller.PersonId, after.At, after.Id, size + 1), context.CancellationToken);
        return new Wire.ListMySignUpsResponse
        {
            SignUps = { rows.Take(size).Select(s => ToWire(s, call)) },
            NextPageToken = rows.Count > size ? new PageToken(rows[size - 1].StartsAt, rows[size - 1].Id).ToString() : "",
        };
    }

    public override async Task<Wire.ListSignUpsResponse> ListSignUps(
        Wire.ListSignUpsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var roleId = Faults.IdOf("role_id", request.RoleId);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, RosterSizeMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var overseer = await DemandSeatAsync(db, call, roleId, tree) == Staff;
            var rows = await db.ListSignUpsInAsync(roleId, request.AfterNumber, call.Caller.PersonId, size);
            return new Wire.ListSignUpsResponse
            {
                SignUps = { rows.Select(s => ToWire(s, call, concerned: true, overseer)) },
            };
        }, context.CancellationToken);
    }

    /// <param name="concerned">The caller organises or oversees the activity.</param>
    private Wire.SignUp ToWire(SignUp signUp, Call call, bool concerned = false, bool overseer = false)
    {
        var mine = signUp.PersonId == call.Caller.PersonId;
        return new Wire.SignUp
        {
            Id = signUp.Id.ToString(),
            ActivityId = signUp.ActivityId.ToString(),
            ShiftId = signUp.ShiftId.ToString(),
            RoleId = signUp.RoleId.ToString(),
            Status = (Wire.SignUpStatus)signUp.Status,
            Number = signUp.Number,
            StartsAt = ActivitySight.Time(signUp.StartsAt),
            EndsAt = ActivitySight.Time(signUp.EndsAt),
            SignedAt = ActivitySight.Time(signUp.SignedAt),
            LeftAt = ActivitySight.Time(signUp.LeftAt),
            Changed = signUp.Changed,
            ShiftCancelled = signUp.ShiftCancelled,
            Conflicting = signUp.Conflicting && signUp.IsLive,
            Consent = (Wire.SignUpConsent)signUp.Consent,
            ActivityTitle = signUp.ActivityTitle,
            RoleName = signUp.RoleName,
            PersonName = signUp.PersonName ?? "",
            PersonId = mine || concerned ? signUp.PersonId.ToString() : "",
            Mine = mine,
            Reason = (mine || concerned)
                && ContentPiece.IsReadable(signUp.ReasonState, signUp.LeftBy, call.Caller, overseer)
                    ? SignUpStore.ReasonOf(personalData, signUp)
                    : "",
        };
    }
}
