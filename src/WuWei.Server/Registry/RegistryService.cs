using System.Globalization;
using Google.Protobuf;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Registry;

/// <summary>The wire of registry.proto: an organisation's life here; the rest in the other parts.</summary>
public sealed partial class RegistryService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, TimeProvider clock)
    : Wire.RegistryService.RegistryServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int NumberLengthMax = 40;
    private const string ReasonColumn = "organisation.reason";

    private static readonly Limit Applications = new("register-organisation", 3, TimeSpan.FromDays(1));

    public override async Task<Wire.RegisterOrganisationResponse> RegisterOrganisation(
        Wire.RegisterOrganisationRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var faults = new Faults();
        var kind = faults.Enum<OrganisationKind>("kind", (int)request.Kind);
        var name = faults.Text("name", request.Name, 2, 60);
        var ownNumber = faults.Text("own_number", request.OwnNumber, 0, NumberLengthMax);
        var contact = new OrganisationContact(
            faults.Text("contact.name", request.Contact?.Name ?? "", 1, 30),
            faults.Phone("contact.phone", request.Contact?.Phone ?? ""));
        faults.ThrowIfAny("ORGANISATION_INVALID", "组织的资料有些内容没有填对，请检查。");
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var id = clock.NewId();
            var applied = new Organisation
            {
                Id = id,
                UnitId = tree.GetOpen(Faults.IdOf("unit_id", request.UnitId)).Id,
                Kind = kind,
                Name = name,
                OwnNumber = ownNumber.Length == 0 ? null : ownNumber,
                Status = OrganisationStatus.Applied,
                Contact = contact.Seal(id, personalData),
                AppliedAt = call.Now,
                MyKind = MemberKind.Member,
                MayAct = true,
            };
            if (!await db.TakeAsync(Applications, Applicant(call), call.Now))
            {
                throw Refuse.Exhausted("ORGANISATIONS_TOO_MANY", "今天申请得太多了，请明天再来。");
            }

            await db.AddOrganisationAsync(applied);
            db.QueueScope(clock.NewId(), id, applied.UnitId, call.Now);
            var founder = new Member
            {
                Id = clock.NewId(),
                OrganisationId = id,
                PersonId = call.Caller.PersonId,
                Kind = MemberKind.Member,
                MayAct = true,
                StartsOn = Clock.Day(call.Now),
                AddedAt = call.Now,
            };
            await db.AddMemberAsync(founder, first: true);
            db.Record(JournalEntry.By(call, "self", "ORGANISATION_REGISTERED", "organisation", id, applied.UnitId, new
            {
                kind = kind.ToString(),
                name = personalData.Hash(name),
                ownNumber = ownNumber.Length == 0 ? null : personalData.Hash(ownNumber),
                contact = personalData.Hash($"{contact.Name}|{contact.Phone}"),
                memberId = founder.Id,
            }));
            return new Wire.RegisterOrganisationResponse { Organisation = ToWire(applied, concerned: true, call.Now) };
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.DecideOrganisationResponse> DecideOrganisation(
        Wire.DecideOrganisationRequest request, ServerCallContext context)
    {
        var today = Clock.Day(context.Call().Now);
        var (number, until, reason) = request.List
            ? (NumberOf(request.Number), Organisation.LastDay("listed_until", request.ListedUntil, today), null)
            : ((string?)null, (DateTime?)null, Reason(request.Reason));
        return new Wire.DecideOrganisationResponse
        {
            Organisation = await MoveAsync(
                context, request, request.OrganisationId,
                request.List ? OrganisationMove.List : OrganisationMove.Decline, reason,
                after => after with { Number = number, ListedUntil = until }),
        };
    }

    public override async Task<Wire.RenewOrganisationResponse> RenewOrganisation(
        Wire.RenewOrganisationRequest request, ServerCallContext context)
    {
        var until = Organisation.LastDay("listed_until", request.ListedUntil, Clock.Day(context.Call().Now));
        return new Wire.RenewOrganisationResponse
        {
            Organisation = await MoveAsync(
                context, request, request.OrganisationId, OrganisationMove.Renew, reason: null,
                after => after with { ListedUntil = until }),
        };
    }

    public override async Task<Wire.SuspendOrganisationResponse> SuspendOrganisation(
        Wire.SuspendOrganisationRequest request, ServerCallContext context) => new()
        {
            Organisation = await MoveAsync(
                context, request, request.OrganisationId, OrganisationMove.Suspend, Reason(request.Reason),
                after => after),
        };

    /// <summary>One move by staff of its unit: see it, check the right, decide, store, reply.</summary>
    private async Task<Wire.Organisation> MoveAsync(
        ServerCallContext context, IMessage request, string organisationId, OrganisationMove move, string? reason,
        Func<Organisation, Organisation> detail)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", organisationId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var before = await DemandedAsync(db);
            before.DemandNotOwn();
            var after = detail(before.After(move)) with
            {
                Reason = reason is null ? null : personalData.Seal(ReasonColumn, id, reason),
            };
            await db.MoveOrganisationAsync(after);
            db.Record(JournalEntry.By(call, "staff", Entry(move), "organisation", id, after.UnitId, new
            {
                after.Version,
                number = after.Number is null ? null : personalData.Hash(after.Number),
                after.ListedUntil,
                reason = reason is null ? null : personalData.Hash(reason),
            }));
            return ToWire(after, concerned: true, call.Now);
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<Organisation> DemandedAsync(DbSession db)
        {
            var organisation = await SeeAsync(db, call, id, tree);
            call.Demand(Relation.None, tree.Get(organisation.UnitId).Path);
            return organisation;
        }
    }

    /// <summary>An organisation as far as the caller may see it; missing if they may not.</summary>
    private static async Task<Organisation> SeeAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var organisation = await db.FindOrganisationAsync(id, call.Caller.PersonId, call.Now) ?? throw Unknown();
        return organisation.IsInForce(Clock.Day(call.Now)) || IsConcerned(organisation, call, tree)
            ? organisation
            : throw Unknown();
    }

    /// <summary>Its members, and staff and auditors of its unit, know what others need not.</summary>
    private static bool IsConcerned(Organisation organisation, Call call, UnitTree tree) =>
        organisation.MyKind is not null || call.Oversees(tree.Get(organisation.UnitId).Path);

    private static string Entry(OrganisationMove move) => move switch
    {
        OrganisationMove.List => "ORGANISATION_LISTED",
        OrganisationMove.Decline => "ORGANISATION_DECLINED",
        OrganisationMove.Renew => "ORGANISATION_RENEWED",
        _ => "ORGANISATION_SUSPENDED",
    };

    private byte[] Applicant(Call call) => personalData.Index("registry", $"{call.Caller.PersonId}");

    private static string NumberOf(string text)
    {
        var faults = new Faults();
        var number = faults.Text("number", text, 1, NumberLengthMax);
        faults.ThrowIfAny("ORGANISATION_NUMBER", $"登记编号需要 1 到 {NumberLengthMax} 个字。");
        return number;
    }

    private static string Reason(string text) => Faults.TextOf("reason", text, 2, 500);

    private static RefusedException Unknown() => Refuse.Missing("ORGANISATION_UNKNOWN", "没有找到这个组织。");

    private static string Day(DateTime? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private Wire.Organisation ToWire(Organisation organisation, bool concerned, DateTime now) => new()
    {
        Id = organisation.Id.ToString(),
        UnitId = organisation.UnitId.ToString(),
        Kind = (Wire.OrganisationKind)organisation.Kind,
        Name = organisation.Name,
        OwnNumber = organisation.OwnNumber ?? "",
        Status = (Wire.OrganisationStatus)organisation.StatusOn(Clock.Day(now)),
        Number = organisation.Number ?? "",
        ListedUntil = Day(organisation.ListedUntil),
        AppliedAt = Timestamp.FromDateTime(organisation.AppliedAt),
        MyKind = (Wire.MemberKind)(organisation.MyKind ?? 0),
        MayAct = organisation.MayAct,
        Reason = concerned && organisation.Reason is { } reason
            ? personalData.Open(ReasonColumn, organisation.Id, reason)
            : "",
    };
}
