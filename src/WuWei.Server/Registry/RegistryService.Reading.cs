using WuWei.Calls;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>One organisation, and lists of them.</summary>
public sealed partial class RegistryService
{
    public override async Task<Wire.GetOrganisationResponse> GetOrganisation(
        Wire.GetOrganisationRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (organisation, scopes) = await database.ReadAsync(
            async db => (await SeeAsync(db, call, id, tree), await db.ListScopesAsync(id)), context.CancellationToken);
        call.DemandNothing();
        var concerned = IsConcerned(organisation, call, tree);
        var reachable = organisation.MayAct
            || call.Caller.Covers(Role.Staff, tree.Get(organisation.UnitId).Path, call.Now);
        return new Wire.GetOrganisationResponse
        {
            Organisation = ToWire(organisation, concerned, call.Now),
            Scopes = { scopes.Where(s => concerned || s.IsInForce(Clock.Day(call.Now))).Select(s => ToWire(s)) },
            Contact = reachable ? ToWire(OrganisationContact.Of(organisation, personalData)) : null,
        };
    }

    public override async Task<Wire.ListOrganisationsResponse> ListOrganisations(
        Wire.ListOrganisationsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        var status = request.Status != Wire.OrganisationStatus.Unspecified ? StatusOf(request.Status)
            : request.ScopeApplied ? null
            : (OrganisationStatus?)OrganisationStatus.Listed;
        if ((status != OrganisationStatus.Listed || request.ScopeApplied) && !call.Oversees(unit.Path))
        {
            throw Call.Denied();
        }

        call.DemandReach(unit.Path);
        var (after, size) = ReadPage(request.PageToken, request.PageSize);
        var page = await database.ReadAsync(
            db => db.ListOrganisationsAsync(
                unit, status, request.ScopeApplied, call.Caller.PersonId, call.Now, after, size + 1),
            context.CancellationToken);
        return new Wire.ListOrganisationsResponse
        {
            Organisations =
            {
                page.Take(size).Select(o => ToWire(o, IsConcerned(o, call, tree), call.Now)),
            },
            NextPageToken = page.Count > size ? $"{new PageToken(page[size - 1].AppliedAt, page[size - 1].Id)}" : "",
        };
    }

    public override async Task<Wire.CountOrganisationsResponse> CountOrganisations(
        Wire.CountOrganisationsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.DemandReach(unit.Path);
        var counts = await database.ReadAsync(
            db => db.CountOrganisationsAsync(unit.Id, call.Now), context.CancellationToken);
        return new Wire.CountOrganisationsResponse
        {
            Listed = counts.Sum(c => c.Listed),
            ByKind =
            {
                Enum.GetValues<OrganisationKind>().Select(k => new Wire.OrganisationsOfKind
                {
                    Kind = (Wire.OrganisationKind)k,
                    Listed = counts.Find(c => c.Kind == k)?.Listed ?? 0,
                }),
            },
        };
    }

    private static OrganisationStatus? StatusOf(Wire.OrganisationStatus status) =>
        Faults.EnumOf<OrganisationStatus>((int)status)
        ?? throw Refuse.Invalid("ORGANISATION_STATUS", "没有这个状态。", new FieldFault("status", "没有这一项。"));

    private static (PageToken After, int Size) ReadPage(string token, int size) => (
        token.Length == 0 ? PageToken.Newest : PageToken.Read(token),
        PageToken.Size(size, PageSizeDefault, PageSizeMax));

    private static Wire.OrganisationContact ToWire(OrganisationContact contact) =>
        new() { Name = contact.Name, Phone = contact.Phone };
}
