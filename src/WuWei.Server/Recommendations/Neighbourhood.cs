using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.Recommendations;

/// <summary>
/// A community, its street and its district: from near to far. A level that is missing is the one below.
/// </summary>
public sealed record Neighbourhood(Guid Community, Guid Street, Guid District)
{
    /// <summary>The one that somebody lives in, or that a wish is made in.</summary>
    public static Neighbourhood Of(UnitTree tree, Guid unitId)
    {
        var community = tree.AudienceOf(tree.OpenOf(unitId));
        var street = tree.AudienceAbove(community) ?? community;
        return new Neighbourhood(community.Id, street.Id, (tree.AudienceAbove(street) ?? street).Id);
    }

    public static Neighbourhood OfHome(UnitTree tree, Guid? homeUnitId) => homeUnitId is { } home
        ? Of(tree, home)
        : throw Refuse.Premature("HOME_UNSET", "请先在“我的”里填写所住的社区。");

    /// <summary>How near a unit is, as far as anybody may know.</summary>
    public FitReason? ReasonFor(Unit unit) =>
        unit.IsWithin(Community) ? new(FitKind.SameCommunity)
        : unit.IsWithin(Street) ? new(FitKind.SameStreet)
        : null;
}
