using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Registry;

namespace WuWei.Activities;

/// <summary>Organisations that host activities for a unit: who may act for them, and what they are called.</summary>
public sealed partial class ActivityService
{
    /// <summary>With what the register calls their hosts.</summary>
    private async Task<IReadOnlyList<Activity>> NamedAsync(DbSession db, IReadOnlyList<Activity> activities)
    {
        Guid[] ids = [.. activities.Select(a => a.OrganisationId).OfType<Guid>().Distinct()];
        if (ids.Length == 0)
        {
            return activities;
        }

        var names = await organisations.NamesAsync(db, ids);
        return
        [
            .. activities.Select(a => a.OrganisationId is { } id
                ? a with { OrganisationName = names.GetValueOrDefault(id) }
                : a),
        ];
    }

    /// <summary>Its host, if it has one, still serves there.</summary>
    /// <param name="actingId">Who must be able to act for it; null for staff, who need not.</param>
    private static async Task DemandHostAsync(ActivityMoving m, Guid? actingId)
    {
        if (m.Activity.OrganisationId is { } id)
        {
            DemandServes(
                actingId is { } personId
                    ? await m.Db.GetActingAsync(id, personId, m.Now)
                    : await m.Db.GetServingAsync(id, m.Now), m.Tree, m.Sight.Unit);
        }
    }

    /// <summary>Whether its host is an organisation that somebody is or was in.</summary>
    private static async Task<bool> IsOfOwnOrganisationAsync(ActivityMoving m, Guid personId) =>
        m.Activity.OrganisationId is { } id && await m.Db.IsInvolvedAsync(id, personId);

    private static void DemandServes(Acting? host, UnitTree tree, Unit unit)
    {
        if (host is not null && !host.UnitIds.Any(scope => unit.IsWithin(tree.OpenOf(scope).Id)))
        {
            throw Refuse.Denied("ORGANISATION_OUT_OF_SCOPE", "这个组织不在这里服务。");
        }
    }
}
