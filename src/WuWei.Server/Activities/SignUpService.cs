using Google.Protobuf;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>The wire of sign_ups.proto: taking and leaving places here; offers and reading in the other parts.</summary>
public sealed partial class SignUpService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, TimeProvider clock)
    : Wire.SignUpService.SignUpServiceBase
{
    private const int PeopleMax = 20;
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;
    private const string Staff = "staff";

    public override async Task<Wire.SignUpResponse> SignUp(Wire.SignUpRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var roleId = Faults.IdOf("role_id", request.RoleId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var personId = call.Caller.PersonId;
            var role = await db.LockSeatAsync(personId, roleId) ?? throw UnknownRole();
            var seat = await SeeSeatAsync(db, call, roleId, personId, tree);
            var (status, after) = seat.Demand(call.Now, role);
            var signUp = seat.Taken(clock.NewId(), personId, status, role.NextNumber, call.Now) with
            {
                PersonName = call.Caller.ShownName,
            };
            db.QueueRole(after);
            db.QueueSignUp(signUp);
            db.Record(Entry(call, "participant", signUp));
            return new Wire.SignUpResponse { SignUp = ToWire(signUp, call) };
        }, again: (_, first) =>
        {
            call.DemandNothing();
            return Task.FromResult(first);
        });
    }

    public override async Task<Wire.SignUpOthersResponse> SignUpOthers(
        Wire.SignUpOthersRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var roleId = Faults.IdOf("role_id", request.RoleId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var people = await database.ReadAsync(db => PeopleAsync(db, request), context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            foreach (var id in people.Where(p => p.Person is not null).Select(p => p.Person!.Id).Order())
            {
                await db.LockPersonAsync(id);
            }

            var role = await db.LockRoleAsync(roleId) ?? throw UnknownRole();
            var actor = await DemandSeatAsync(db, call, roleId, tree);
            var reply = new Wire.SignUpOthersResponse();
            RefusedException? first = null;
            foreach (var (person, consent, unknown) in people)
            {
                try
                {
                    (var signUp, role) = person is null
                        ? throw unknown!
                        : await SignUpOneAsync(db, call, actor, role, person, consent);
                    reply.Outcomes.Add(new Wire.SignUpOutcome { SignUp = signUp });
                }
                catch (RefusedException refusal)
                {
                    // Decided before anything was written for them.
                    first ??= refusal;
                    reply.Outcomes.Add(new Wire.SignUpOutcome { Reason = refusal.Reason, Message = refusal.Message });
                }
            }

            if (reply.Outcomes.All(o => o.SignUp is null))
            {
                throw first!;
            }

            db.QueueRole(role);
            return reply;
        }, again: async (db, first) =>
        {
            await DemandSeatAsync(db, call, roleId, tree);
            return first;
        });
    }

    public override async Task<Wire.CancelSignUpResponse> CancelSignUp(
        Wire.CancelSignUpRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var reason = Faults.TextOf("reason", request.Reason, 0, ReasonLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.CancelSignUpResponse
        {
            SignUp = await ChangeAsync(context, request, request.SignUpId, async (db, signUp, role, actor) =>
            {
                if (signUp.PersonId != call.Caller.PersonId && reason.Length < ReasonLengthMin)
                {
                    throw Refuse.Invalid("REASON_REQUIRED", "请说明取消的理由。", new FieldFault("reason", "必填。"));
                }

                var left = signUp.Left(call.Caller.PersonId, call.Now) with
                {
                    Reason = SignUpStore.SealReason(personalData, signUp.Id, reason),
                };
                var entry = Entry(call, actor, left, reason.Length == 0 ? null : personalData.Hash(reason));
                if (reason.Length > 0 && !ContentPiece.IsByStaff(call, tree.Get(left.UnitId).Path))
                {
                    left = left with { ReasonState = ContentState.Waiting };
                    db.QueueContentCheck(ContentPiece.By(
                        call, ContentKind.SignUpReason, left.Id, left.UnitId, partOf: left.ActivityId));
                }

                db.QueueLeft(left);
                db.QueueRole(await db.PromoteAsync(role.Left(signUp.Status), signUp.StartsAt, signUp.EndsAt, entry));
                db.Record(entry);
                return left;
            }),
        };
    }

    public override async Task<Wire.AcknowledgeChangeResponse> AcknowledgeChange(
        Wire.AcknowledgeChangeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        return new Wire.AcknowledgeChangeResponse
        {
            SignUp = await ChangeAsync(context, request, request.SignUpId, (db, signUp, _, actor) =>
            {
                var seen = signUp.Acknowledged(call.Now);
                db.QueueSeenChanges(seen);
                db.Record(Entry(call, actor, seen) with { Kind = "SIGN_UP_CHANGE_SEEN" });
                return Task.FromResult(seen);
            }),
        };
    }

    /// <summary>One change of a sign-up: lock its person and role, see it, check the right, decide, store, reply.</summary>
    private async Task<Wire.SignUp> ChangeAsync(
        ServerCallContext context, IMessage request, string signUpId,
        Func<DbSession, SignUp, ShiftRole, string, Task<SignUp>> change)
    {
        var call = context.Call();
        var id = Faults.IdOf("sign_up_id", signUpId);
        var tree = await units.TreeAsync(context.CancellationToken);
        // Whose it is and in which role never changes, so it is known before the locks, with no snapshot taken yet.
        var known = await database.ReadAsync(
            db => db.FindSignUpAsync(id, call.Caller.PersonId), context.CancellationToken) ?? throw Unknown();
        return await writer.WriteAsync(context, request, async db =>
        {
            var role = await db.LockSeatAsync(known.PersonId, known.RoleId) ?? throw Unknown();
            await db.LockSignUpAsync(id);
            var (signUp, actor) = await DemandSignUpAsync(db, call, id, tree);
            return ToWire(await change(db, signUp, role, actor), call);
        }, again: async (db, first) =>
        {
            await DemandSignUpAsync(db, call, id, tree);
            return first;
        });
    }

    /// <summary>A place for one of several, and the role after it.</summary>
    private async Task<(Wire.SignUp, ShiftRole)> SignUpOneAsync(
        DbSession db, Call call, string actor, ShiftRole role, Acquaintance person, SignUpConsent consent)
    {
        var seat = await db.FindSeatAsync(role.Id, person.Id, call.Caller.PersonId, call.Now) ?? throw UnknownRole();
        var (status, after) = seat.Demand(call.Now, role);
        var signUp = seat.Taken(clock.NewId(), person.Id, status, role.NextNumber, call.Now) with
        {
            SignedBy = call.Caller.PersonId,
            Consent = consent,
            PersonName = person.ShownName,
        };
        db.QueueSignUp(signUp);
        db.Record(Entry(call, actor, signUp));
        return (ToWire(signUp, call, concerned: true), after);
    }

    /// <summary>Whom the request names, each once; who is not found gets a refusal of their own.</summary>
    private async Task<List<Named>> PeopleAsync(DbSession db, Wire.SignUpOthersRequest request)
    {
        if (request.People.Count is 0 or > PeopleMax
            || request.People.Select(p => (p.PersonId, p.Phone)).Distinct().Count() < request.People.Count)
        {
            throw PeopleCount();
        }

        var people = new List<Named>();
        foreach (var named in request.People)
        {
            var consent = Faults.EnumOf<SignUpConsent>((int)named.Consent)
                ?? throw Refuse.Invalid(
                    "SIGN_UP_CONSENT", "请说明每个人是怎样同意的。", new FieldFault("people.consent", "必选。"));
            try
            {
                people.Add(new Named(
                    await db.GetAcquaintanceAsync(personalData, named.PersonId, named.Phone), consent, null));
            }
            catch (RefusedException unknown) when (unknown.Code == StatusCode.NotFound)
            {
                people.Add(new Named(null, consent, unknown));
            }
        }

        return people.Where(p => p.Person is not null).CountBy(p => p.Person!.Id).Any(p => p.Value > 1)
            ? throw PeopleCount()
            : people;
    }

    /// <summary>The role as the caller sees it for a person; missing while its activity is not theirs to see.</summary>
    private static async Task<Seat> SeeSeatAsync(DbSession db, Call call, Guid roleId, Guid personId, UnitTree tree)
    {
        var seat = await db.FindSeatAsync(roleId, personId, call.Caller.PersonId, call.Now) ?? throw UnknownRole();
        var unit = tree.Get(seat.UnitId);
        var relation = seat.RelationOf(call.Caller);
        if (!seat.Public && relation == Relation.None && !call.Oversees(unit.Path))
        {
            throw UnknownRole();
        }

        call.Demand(relation, unit.Path);
        return seat;
    }

    /// <returns>As whom the caller acts: they organise it, or are staff there.</returns>
    private static async Task<string> DemandSeatAsync(DbSession db, Call call, Guid roleId, UnitTree tree) =>
        (await SeeSeatAsync(db, call, roleId, Guid.Empty, tree)).RelationOf(call.Caller) == Relation.None
            ? ActivityEntry.Name(ActivityActor.Staff)
            : ActivityEntry.Name(ActivityActor.Organiser);

    /// <summary>The sign-up, if the caller's or of an activity they organise or oversee; and as whom they act.</summary>
    private static async Task<(SignUp SignUp, string Actor)> DemandSignUpAsync(
        DbSession db, Call call, Guid id, UnitTree tree)
    {
        var signUp = await db.FindSignUpAsync(id, call.Caller.PersonId) ?? throw Unknown();
        var unit = tree.Get(signUp.UnitId);
        var relation = signUp.RelationOf(call.Caller);
        if (relation == Relation.None && !call.Oversees(unit.Path))
        {
            throw Unknown();
        }

        var role = call.Demand(relation, unit.Path);
        return (signUp, role is not null ? Staff : (relation & Relation.Self) != 0 ? "participant" : "organiser");
    }

    private static JournalEntry Entry(Call call, string actor, SignUp signUp, string? reasonHash = null) => JournalEntry.By(
        call, actor, ActivityEntry.Kind(signUp.Status), "sign_up", signUp.Id, signUp.UnitId,
        SignUpStore.Detail(signUp, reasonHash));

    private static RefusedException PeopleCount() => Refuse.Invalid(
        "PEOPLE_COUNT", $"一次 1 到 {PeopleMax} 个人，每人一次。", new FieldFault("people", "人数不对，或者有重复。"));

    private static RefusedException Unknown() => Refuse.Missing("SIGN_UP_UNKNOWN", "没有找到这个报名。");

    private static RefusedException UnknownRole() => Refuse.Missing("SHIFT_ROLE_UNKNOWN", "没有找到这个岗位。");

    /// <summary>Somebody to sign up, or why they cannot be.</summary>
    private sealed record Named(Acquaintance? Person, SignUpConsent Consent, RefusedException? Refusal);
}
