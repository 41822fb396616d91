using System.Globalization;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.Organization;

/// <summary>The wire of organization.proto: reading the tree here; its changes and who lives in it in the other parts.</summary>
public sealed partial class OrganizationService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, IEnumerable<IUnitUse> uses,
    TimeProvider clock)
    : Wire.OrganizationService.OrganizationServiceBase
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 200;

    public override async Task<Wire.GetUnitResponse> GetUnit(Wire.GetUnitRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        var on = DayOf(request.On);
        return on is { } day && day < unit.OpenedOn
            ? throw UnitTree.Unknown()
            : new Wire.GetUnitResponse { Unit = ToWire(unit, tree, on) };
    }

    public override async Task<Wire.GetUnitByCodeResponse> GetUnitByCode(
        Wire.GetUnitByCodeRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Find(new UnitCode(request.System, request.Code)) ?? throw UnitTree.Unknown();
        return new Wire.GetUnitByCodeResponse { Unit = ToWire(unit, tree, on: null) };
    }

    public override async Task<Wire.ListUnitsResponse> ListUnits(
        Wire.ListUnitsRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        Guid? parent = request.ParentId.Length == 0
            ? null
            : tree.Get(Faults.IdOf("parent_id", request.ParentId)).Id;
        var after = request.PageToken.Length == 0 ? Guid.Empty : PageToken.Read(request.PageToken).Id;
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var on = DayOf(request.On);
        var below = on is { } day
            ? tree.History.Below(parent, day).Select(tree.Get).Where(u => u.OpenedOn <= day)
            : tree.Below(parent);
        var page = below.Where(u => u.Id.CompareTo(after) > 0).Take(size + 1).ToList();
        return new Wire.ListUnitsResponse
        {
            Units = { page.Take(size).Select(u => ToWire(u, tree, on)) },
            NextPageToken = page.Count > size ? new PageToken(DateTime.UnixEpoch, page[size - 1].Id).ToString() : "",
        };
    }

    public override async Task<Wire.ListUnitKindsResponse> ListUnitKinds(
        Wire.ListUnitKindsRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.ListUnitKindsResponse
        {
            Kinds =
            {
                tree.Kinds.Select(k => new Wire.UnitKind
                {
                    Code = k.Code,
                    Name = k.Name,
                    Rank = k.Rank,
                    Audience = k.Audience,
                }),
            },
        };
    }

    /// <param name="on">As it was that day; null as it is now.</param>
    private static Wire.Unit ToWire(Unit unit, UnitTree tree, DateTime? on)
    {
        var (name, parentId) = on is { } day && tree.History.On(unit.Id, day) is var then
            ? (then.Name, then.ParentId)
            : (unit.Name, unit.ParentId);
        var closed = unit.ClosedOn is { } closedOn && (on is null || closedOn <= on);
        return new Wire.Unit
        {
            Id = unit.Id.ToString(),
            ParentId = parentId?.ToString() ?? "",
            Kind = unit.Kind.Code,
            Name = name,
            Codes = { unit.Codes.Select(ToWire) },
            Closed = closed,
            ClosedOn = closed ? ToWire(unit.ClosedOn!.Value) : "",
            SuccessorId = closed ? parentId?.ToString() ?? "" : "",
        };
    }

    private static Wire.UnitCode ToWire(UnitCode code) => new() { System = code.System, Code = code.Code };

    private static string ToWire(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTime? DayOf(string on) => on.Length == 0 ? null : Faults.DayOf("on", on);
}
