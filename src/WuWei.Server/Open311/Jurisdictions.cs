using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.Open311;

/// <summary>
/// What Open311 calls a jurisdiction is a district: the units that hold categories of their own. Its id is its code,
/// and it may be left out where there is only one.
/// </summary>
public static class Jurisdictions
{
    /// <summary>In which system of codes ids and addresses are, unless they say another.</summary>
    public const string CodeSystem = "division";

    private const string Field = "jurisdiction_id";

    public static Unit Of(UnitTree tree, string id)
    {
        if (id.Length > 0)
        {
            return tree.Find(new UnitCode(CodeSystem, id)) is { Kind.Categories: true, Closed: false } found
                ? found
                : throw Refuse.Missing("UNIT_UNKNOWN", "没有这个 jurisdiction_id：应为区的行政区划代码。");
        }

        var all = tree.All.Where(u => u.Kind.Categories && !u.Closed).Take(2).ToList();
        return all.Count == 1
            ? all[0]
            : throw Refuse.Invalid(
                "UNIT_UNKNOWN", "请求要说明是哪个区。", new FieldFault(Field, "必填：区的行政区划代码。"));
    }

    /// <summary>
    /// The unit that an address id names: a code, or <c>SYSTEM:CODE</c>. Where the unit has closed, the one it went
    /// into.
    /// </summary>
    public static Unit UnitOf(UnitTree tree, Unit district, string addressId)
    {
        var colon = addressId.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0
            ? new UnitCode(CodeSystem, addressId)
            : new UnitCode(addressId[..colon], addressId[(colon + 1)..]);
        return tree.Find(code) is { } unit && unit.IsWithin(district.Id)
            ? tree.OpenOf(unit)
            : throw Refuse.Invalid(
                "UNIT_UNKNOWN", "没有找到这个社区。", new FieldFault("address_id", "应为本区一个社区或网格的代码。"));
    }

    /// <summary>Its code in the usual system, or in another one with that in front; empty if it has none.</summary>
    public static string CodeOf(Unit unit) =>
        unit.Codes.FirstOrDefault(c => c.System == CodeSystem)?.Code
        ?? unit.Codes.Select(c => $"{c.System}:{c.Code}").FirstOrDefault("");

    /// <summary>
    /// From the most specific to the most general: the unit and what is above it, up to the district.
    /// </summary>
    public static string AddressOf(Unit unit, UnitTree tree)
    {
        var path = unit.Path.Select(tree.Get).ToList();
        var district = path.FindIndex(u => u.Kind.Categories);
        return string.Join("，", path.Take(district < 0 ? path.Count : district + 1).Select(u => u.Name));
    }
}
