using WuWei.Calls;
using WuWei.Errors;

namespace WuWei.Organization;

/// <summary>The wire of organization.proto: the tree of units.</summary>
public sealed class OrganizationService(Units units) : Wire.OrganizationService.OrganizationServiceBase
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 200;

    public override async Task<Wire.GetUnitResponse> GetUnit(Wire.GetUnitRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.GetUnitResponse { Unit = ToWire(tree.Get(Faults.IdOf("unit_id", request.UnitId))) };
    }

    public override async Task<Wire.GetUnitByCodeResponse> GetUnitByCode(
        Wire.GetUnitByCodeRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Find(new UnitCode(request.System, request.Code)) ?? throw UnitTree.Unknown();
        return new Wire.GetUnitByCodeResponse { Unit = ToWire(unit) };
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
        var page = tree.Below(parent).Where(u => u.Id.CompareTo(after) > 0).Take(size + 1).ToList();
        return new Wire.ListUnitsResponse
        {
            Units = { page.Take(size).Select(ToWire) },
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

    private static Wire.Unit ToWire(Unit unit) => new()
    {
        Id = unit.Id.ToString(),
        ParentId = unit.ParentId?.ToString() ?? "",
        Kind = unit.Kind.Code,
        Name = unit.Name,
        Codes = { unit.Codes.Select(c => new Wire.UnitCode { System = c.System, Code = c.Code }) },
        Closed = unit.Closed,
    };
}
