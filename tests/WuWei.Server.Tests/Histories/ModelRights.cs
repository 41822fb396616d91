using WuWei.Calls;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>Who may see, try and claim what of the wishes of a history, and what is odd about it.</summary>
public static class ModelRights
{
    public static bool Sees(int by, ModelWish wish) => Oversees(by, wish) || SeesAsPerson(by, wish);

    /// <summary>Whatever staff they may be.</summary>
    public static bool SeesAsPerson(int by, ModelWish wish) =>
        wish.IsMaker(by) || wish.IsBeneficiary(by) || wish.Claimer == by || wish.IsOffered(by)
        || (!wish.Plan.Private && wish.Status is Status.Open or Status.Claimed or Status.Delivered or Status.Kept
            or Status.Expired);

    private static bool Oversees(int by, ModelWish wish) =>
        Cast.People[by].Covers(Role.Staff, wish.Plan.Unit) || Cast.People[by].Covers(Role.Auditor, wish.Plan.Unit);

    public static bool MayTry(Operation operation, ModelWish wish)
    {
        var by = operation.By;
        var staff = Cast.People[by].Covers(Role.Staff, wish.Plan.Unit);
        return operation.Deed switch
        {
            Deed.Claim => true,
            Deed.Release or Deed.Deliver => wish.Claimer == by,
            Deed.Reveal => staff || wish.Claimer == by,
            Deed.Confirm or Deed.Dispute => staff || wish.IsMaker(by) || wish.IsBeneficiary(by),
            Deed.Rate => wish.IsMaker(by) || wish.IsBeneficiary(by),
            Deed.Withdraw => staff || wish.IsMaker(by),
            Deed.Remake => wish.IsMaker(by) || (staff && wish.Plan.Origin == Wire.WishOrigin.Staff),
            _ => staff,
        };
    }

    public static bool Allows(string category, Wire.ClaimerKind kind) => category switch
    {
        "childcare" => kind != Wire.ClaimerKind.Neighbour,
        "counselling" => kind is Wire.ClaimerKind.PartyMember or Wire.ClaimerKind.Volunteer,
        _ => true,
    };

    /// <summary>
    /// The unit that gets the credit: their home, or where the role or the organisation meets the audience; an offer
    /// reaches further. Null when they may not claim it so.
    /// </summary>
    public static Place? CreditedUnit(Operation claim, ModelWish wish)
    {
        var who = Cast.People[claim.By];
        var offered = wish.IsOffered(claim.By);
        if (claim.ForOrganisation)
        {
            return Meets(Place.Community) ? Place.Community : null;
        }

        if (claim.Kind == Wire.ClaimerKind.Neighbour)
        {
            return offered || who.Home.IsWithin(wish.Audience) ? who.Home : null;
        }

        var role = claim.Kind switch
        {
            Wire.ClaimerKind.PartyMember => Role.PartyMember,
            Wire.ClaimerKind.Volunteer => Role.Volunteer,
            _ => Role.OrganisationMember,
        };
        return who.Roles.Where(r => r.Role == role && Meets(r.Unit)).Select(r => (Place?)r.Unit).FirstOrDefault();

        bool Meets(Place unit) => offered || wish.Audience.IsWithin(unit) || unit.IsWithin(wish.Audience);
    }

    public static Wire.WishActor ActorOf(Deed deed, int by, ModelWish wish) => deed switch
    {
        Deed.Claim or Deed.Release or Deed.Deliver => Wire.WishActor.Claimer,
        Deed.Reveal when wish.Claimer == by => Wire.WishActor.Claimer,
        Deed.Confirm or Deed.Rate or Deed.Dispute when wish.IsBeneficiary(by) => Wire.WishActor.Beneficiary,
        Deed.Confirm or Deed.Rate or Deed.Dispute or Deed.Withdraw when wish.IsMaker(by) => Wire.WishActor.Maker,
        _ => Wire.WishActor.Staff,
    };
}
