using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Access;

/// <summary>The wire of access.proto: signing in and out, and roles.</summary>
public sealed class AccessService(
    SignIn signIn, SignInReply reply, Sessions sessions, Database database, KeyedWriter writer, PersonalData personalData, Units units,
    TimeProvider clock)
    : Wire.AccessService.AccessServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 100;

    public override async Task<Wire.AskCodeResponse> AskCode(Wire.AskCodeRequest request, ServerCallContext context)
    {
        var code = await signIn.AskCodeAsync(request.Phone, context.Call().Source, context.CancellationToken);
        return new Wire.AskCodeResponse
        {
            ChallengeId = code.ChallengeId.ToString(),
            ExpiresAt = Timestamp.FromDateTime(code.ExpiresAt),
        };
    }

    public override async Task<Wire.SignInResponse> SignIn(Wire.SignInRequest request, ServerCallContext context)
    {
        var signedIn = await signIn.SignInAsync(
            request.ChallengeId, request.Code, SignInReply.DeviceOf(context), context.Call(), context.CancellationToken);
        return new Wire.SignInResponse
        {
            Token = signedIn.Token,
            ExpiresAt = Timestamp.FromDateTime(signedIn.ExpiresAt),
            Me = await reply.MeAsync(signedIn, context),
        };
    }

    public override async Task<Wire.SignInStaffResponse> SignInStaff(
        Wire.SignInStaffRequest request, ServerCallContext context)
    {
        var signedIn = await signIn.SignInStaffAsync(
            request.Name, request.Password, request.Totp, SignInReply.DeviceOf(context), context.Call(),
            context.CancellationToken);
        return new Wire.SignInStaffResponse
        {
            Token = signedIn.Token,
            ExpiresAt = Timestamp.FromDateTime(signedIn.ExpiresAt),
            Me = await reply.MeAsync(signedIn, context),
        };
    }

    public override async Task<Wire.SignOutResponse> SignOut(Wire.SignOutRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var hash = AccessInterceptor.TokenHash(context)!;
        var ended = await database.WriteAsync(async db =>
        {
            db.Record(JournalEntry.By(call, "self", "SIGNED_OUT", "person", call.Caller.PersonId, null, new { }));
            var tokens = await db.ListTokensAsync(hash, call.Now);
            await db.EndSessionAsync(hash);
            return tokens;
        }, context.CancellationToken);
        await sessions.ForgetAsync(ended);
        return new Wire.SignOutResponse();
    }

    public override async Task<Wire.RenewSessionResponse> RenewSession(
        Wire.RenewSessionRequest request, ServerCallContext context)
    {
        var (token, expiresAt) = await sessions.RenewAsync(
            AccessInterceptor.TokenHash(context)!, context.CancellationToken);
        return new Wire.RenewSessionResponse { Token = token, ExpiresAt = Timestamp.FromDateTime(expiresAt) };
    }

    public override async Task<Wire.EndMySessionsResponse> EndMySessions(
        Wire.EndMySessionsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        List<byte[]> ended = [];
        var response = await writer.WriteAsync(context, request, async db =>
        {
            ended = await db.ListTokensAsync(call.Caller.PersonId, call.Now);
            var count = await db.EndSessionsAsync(call.Caller.PersonId);
            db.Record(JournalEntry.By(
                call, "self", "SESSIONS_ENDED", "person", call.Caller.PersonId, null, new { count }));
            return new Wire.EndMySessionsResponse { Ended = count };
        }, again: (_, first) => Task.FromResult(first));
        await sessions.ForgetAsync(ended);
        return response;
    }

    public override async Task<Wire.GrantRoleResponse> GrantRole(Wire.GrantRoleRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));

        var response = await writer.WriteAsync(context, request, async db =>
        {
            var grant = RoleGrant.Read(request, tree.GetOpen(unit.Id).Id, clock.NewId(), call.Now);
            RoleGrant.Demand(call, grant.Role, unit);
            var person = await db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone);
            if (person.Id == call.Caller.PersonId)
            {
                throw Refuse.Denied("ROLE_OWN", "不能给自己授予身份。");
            }

            if (await db.EndOverRolesAsync(person.Id, grant.Role, unit.Id, call.Now) > 0)
            {
                db.Record(Entry("ROLE_TERM_OVER", person.Id));
            }

            await db.AddRoleAsync(person.Id, grant, call.Caller.PersonId);
            db.Record(Entry("ROLE_GRANTED", grant.Id));
            return new Wire.GrantRoleResponse { Holder = ToWire(person.Id, person.ShownName, grant) };

            JournalEntry Entry(string kind, Guid subject) => JournalEntry.By(
                call, "staff", kind, "role", subject, unit.Id, new
                {
                    personId = person.Id,
                    role = grant.Role.ToString(),
                    grant.StartsAt,
                    grant.EndsAt,
                });
        }, again: (_, first) =>
        {
            RoleGrant.Demand(call, (Role)request.Role, unit);
            return Task.FromResult(first);
        });
        await sessions.ForgetAsync(Guid.Parse(response.Holder.PersonId), context.CancellationToken);
        return response;
    }

    public override async Task<Wire.EndRoleResponse> EndRole(Wire.EndRoleRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("role_id", request.RoleId);
        var reason = Faults.TextOf("reason", request.Reason, 2, 500);
        var tree = await units.TreeAsync(context.CancellationToken);
        Guid personId = default;

        var response = await writer.WriteAsync(context, request, async db =>
        {
            var held = await DemandedAsync(db);
            personId = held.PersonId;
            await db.EndRoleAsync(id, call.Now);
            db.Record(JournalEntry.By(call, "staff", "ROLE_ENDED", "role", id, held.UnitId, new
            {
                held.PersonId,
                role = held.Role.ToString(),
                reason = personalData.Hash(reason),
            }));
            return new Wire.EndRoleResponse();
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });
        if (personId != default)
        {
            await sessions.ForgetAsync(personId, context.CancellationToken);
        }

        return response;

        async Task<RoleHolder> DemandedAsync(DbSession db)
        {
            var held = await db.GetRoleAsync(id);
            RoleGrant.Demand(call, held.Role, tree.Get(held.UnitId));
            return held;
        }
    }

    public override async Task<Wire.ListRolesResponse> ListRoles(Wire.ListRolesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);

        var before = request.PageToken.Length == 0 ? Guid.AllBitsSet : PageToken.Read(request.PageToken).Id;
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var page = await database.ReadAsync(
            db => db.ListRolesAsync(unit.Id, (int)request.Role, before, call.Now, size + 1), context.CancellationToken);
        return new Wire.ListRolesResponse
        {
            Holders =
            {
                page.Take(size).Select(h => ToWire(
                    h.PersonId, h.ShownName, new HeldRole(h.Id, h.Role, h.UnitId, h.StartsAt, h.EndsAt))),
            },
            NextPageToken = page.Count > size ? new PageToken(DateTime.UnixEpoch, page[size - 1].Id).ToString() : "",
        };
    }

    private static Wire.RoleHolder ToWire(Guid personId, string shownName, HeldRole role) => new()
    {
        PersonId = personId.ToString(),
        ShownName = shownName,
        Role = IdentityService.ToWire(role),
    };
}
