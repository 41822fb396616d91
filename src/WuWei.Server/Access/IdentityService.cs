using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Access;

/// <summary>The wire of identity.proto: the caller as a person.</summary>
public sealed class IdentityService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, Sessions sessions)
    : Wire.IdentityService.IdentityServiceBase
{
    public override async Task<Wire.GetMeResponse> GetMe(Wire.GetMeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var me = await database.ReadAsync(
            db => db.GetPersonAsync(personalData, call.Caller.PersonId), context.CancellationToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.GetMeResponse { Me = ToWire(me, tree, call.Caller.Roles, call.Now) };
    }

    public override async Task<Wire.UpdateMeResponse> UpdateMe(Wire.UpdateMeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var name = request.HasName ? NameOf(request.Name) : null;
        bool? badge = request.HasShowPartyBadge ? request.ShowPartyBadge : null;
        var onBoards = request.HasNameOnBoards ? NameChoiceOf(request.NameOnBoards) : (NameChoice?)null;
        var tree = await units.TreeAsync(context.CancellationToken);
        var response = await writer.WriteAsync(context, request, async db =>
        {
            Guid? home = request.HasHomeUnitId
                ? tree.GetOpen(Faults.IdOf("home_unit_id", request.HomeUnitId)).DemandHome().Id
                : null;
            ContentState? state = name is null ? null
                : call.Caller.Holds(Role.Staff, call.Now) ? ContentState.Passed
                : ContentState.Waiting;
            await db.UpdatePersonAsync(personalData, call.Caller.PersonId, name, home, badge, onBoards, state);
            await QueueCheckAsync(db, call, state, home, tree);
            db.Record(JournalEntry.By(call, "self", "PERSON_UPDATED", "person", call.Caller.PersonId, home, new
            {
                name = name is null ? null : personalData.Hash(name),
                homeUnitId = home,
                showPartyBadge = badge,
                nameOnBoards = onBoards?.ToString(),
            }));

            var me = await db.GetPersonAsync(personalData, call.Caller.PersonId);
            return new Wire.UpdateMeResponse { Me = ToWire(me, tree, call.Caller.Roles, call.Now) };
        }, again: (_, first) => Task.FromResult(first));
        await sessions.ForgetAsync(call.Caller.PersonId, context.CancellationToken);
        return response;
    }

    /// <summary>A new name is checked by the staff of its owner's home, wherever that is by now.</summary>
    private async Task QueueCheckAsync(DbSession db, Call call, ContentState? name, Guid? home, UnitTree tree)
    {
        var id = call.Caller.PersonId;
        switch (name)
        {
            case ContentState.Waiting:
                var unitId = home ?? (await db.GetPersonAsync(personalData, id)).HomeUnitId ?? Guid.Empty;
                db.QueueContentCheck(ContentPiece.By(call, ContentKind.Name, id, unitId));
                break;
            case ContentState.Passed:
                db.QueueNoContentCheck(ContentKind.Name, id, ContentState.Passed);
                break;
            default:
                if (home is not null)
                {
                    await ContentVerdicts.RehomeAsync(db, call, "self", [(id, null)], tree.Get(home.Value), tree);
                }

                break;
        }
    }

    public static Wire.Me ToWire(Person person, UnitTree tree, IEnumerable<HeldRole> roles, DateTime now) => new()
    {
        PersonId = person.Id.ToString(),
        Name = person.Name ?? "",
        MaskedPhone = person.MaskedPhone,
        // Whose home has closed lives in its successor.
        HomeUnitId = person.HomeUnitId is { } home ? tree.OpenOf(home).Id.ToString() : "",
        ShowPartyBadge = person.ShowPartyBadge,
        Roles = { roles.Where(r => r.IsInForce(now)).Select(ToWire) },
        NameOnBoards = (Wire.NameChoice)person.NameOnBoards,
        NameState = person.Name is null ? default : (Wire.ContentState)person.NameState,
    };

    public static Wire.HeldRole ToWire(HeldRole role) => new()
    {
        Id = role.Id.ToString(),
        Role = (Wire.Role)role.Role,
        UnitId = role.UnitId.ToString(),
        StartsAt = Timestamp.FromDateTime(role.StartsAt),
        EndsAt = role.EndsAt is { } end ? Timestamp.FromDateTime(end) : null,
    };

    private static NameChoice NameChoiceOf(Wire.NameChoice choice)
    {
        var faults = new Faults();
        var chosen = faults.Enum<NameChoice>("name_on_boards", (int)choice);
        faults.ThrowIfAny("NAME_CHOICE", "请选择一种显示姓名的方式。");
        return chosen;
    }

    private static string NameOf(string text)
    {
        var faults = new Faults();
        var name = faults.Text("name", text, 1, Person.NameLengthMax);
        faults.ThrowIfAny("NAME_FORMAT", $"姓名需要 1 到 {Person.NameLengthMax} 个字。");
        return name;
    }
}
