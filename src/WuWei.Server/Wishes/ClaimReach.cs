using WuWei.Calls;
using WuWei.Organization;

namespace WuWei.Wishes;

/// <summary>Who may claim a wish as what, and which unit then gets the credit. Pure.</summary>
/// <param name="Offered">Staff offered it to them: then it does not matter where they live or serve.</param>
public sealed record ClaimReach(Wish Wish, UnitTree Tree, bool Offered)
{
    /// <summary>
    /// The unit that gets the credit: a neighbour's home inside the audience, or the scope of the role where it meets
    /// the audience. What has closed counts as its successor. Null: not held, or not here.
    /// </summary>
    /// <param name="home">Where they live, if they said so.</param>
    /// <param name="roles">Those in force.</param>
    public Guid? CreditedUnit(ClaimerKind kind, Guid? home, IEnumerable<HeldRole> roles)
    {
        if (kind == ClaimerKind.Neighbour)
        {
            return home is { } id && (Offered || Tree.OpenOf(id).IsWithin(Wish.AudienceUnitId))
                ? Tree.OpenOf(id).Id
                : null;
        }

        var role = kind switch
        {
            ClaimerKind.PartyMember => Role.PartyMember,
            ClaimerKind.Volunteer => Role.Volunteer,
            _ => Role.OrganisationMember,
        };
        return Meeting(roles.Where(r => r.Role == role).Select(r => r.UnitId));
    }

    /// <summary>
    /// The first of these units, or of what they closed into, that meets the wish's audience; after an offer, any.
    /// </summary>
    public Guid? Meeting(IEnumerable<Guid> unitIds)
    {
        var audience = Tree.Get(Wish.AudienceUnitId);
        return unitIds
            .Select(Tree.OpenOf)
            .Where(u => Offered || audience.IsWithin(u.Id) || u.IsWithin(audience.Id))
            .Select(u => (Guid?)u.Id)
            .FirstOrDefault();
    }

    /// <summary>All that somebody may claim it as, by the rules of its category.</summary>
    public IReadOnlyList<ClaimerKind> KindsOf(CategoryRules rules, Guid? home, IReadOnlyList<HeldRole> roles) =>
        KindsOf(rules, home, roles, actingIn: []);

    /// <param name="actingIn">Where organisations serve that they may act for.</param>
    public IReadOnlyList<ClaimerKind> KindsOf(
        CategoryRules rules, Guid? home, IReadOnlyList<HeldRole> roles, IReadOnlyList<Guid> actingIn) =>
        [
            .. rules.AllowedClaimers
                .Where(kind => CreditedUnit(kind, home, roles) is not null
                    || (kind == ClaimerKind.OrganisationMember && Meeting(actingIn) is not null))
                .Order(),
        ];
}
