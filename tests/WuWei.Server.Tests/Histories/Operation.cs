namespace WuWei.Tests.Histories;

/// <summary>What somebody tries, or that time passes.</summary>
public enum Deed
{
    Make,
    Approve,
    Reject,
    Offer,
    Claim,
    Release,
    Revoke,
    Reveal,
    Deliver,
    Confirm,
    Rate,
    FollowUp,
    Dispute,
    ProposeOverturn,
    Overturn,
    Withdraw,
    Escalate,
    Remake,

    /// <summary>An earlier call is sent again with its key.</summary>
    Again,
    Wait,

    // From here on about points.
    Explain,
    DecideHeld,
    ProposeReversal,
    ProposeAdjustment,
    DecideCorrection,
    ProposeRules,
    ApproveRules,
}

/// <summary>
/// One line of a history. A wish is called by the number of the operation that made it, so that leaving any other
/// operation out changes nothing about this one.
/// </summary>
/// <param name="By">Who, as a number in <see cref="Cast"/>.</param>
/// <param name="Wish">
/// Which; for <see cref="Deed.Again"/> the operation that is sent again, for a decision the one that proposed.
/// </param>
/// <param name="To">Whom it is offered to; whose points are adjusted.</param>
/// <param name="Rating">1 to 5, or 0 for none: of a confirmation it is a part that may be left out.</param>
/// <param name="Twice">At once sent again with the same key.</param>
/// <param name="Wait">Until rules begin, too.</param>
/// <param name="Strikes">After the wait the background work runs.</param>
/// <param name="ForOrganisation">It is claimed for the organisation.</param>
/// <param name="Nth">Which of the awards of a wish.</param>
/// <param name="Yes">A decision: whether it is paid, or approved.</param>
public sealed record Operation(
    int Number, Deed Deed, int By = 0, int Wish = 0, int To = 0, Wire.ClaimerKind Kind = default, int Rating = 0,
    Plan? Plan = null, bool Twice = false, TimeSpan Wait = default, bool Strikes = false, bool ForOrganisation = false,
    int Nth = 0, int Points = 0, bool Yes = false, Place Unit = default, ModelRules? Rules = null)
{
    /// <summary>Its reason, note or comment, unlike that of any other.</summary>
    public string Words => $"第 {Number} 步";

    /// <summary>What came of a follow-up.</summary>
    public Wire.FollowUpOutcome Outcome => (Wire.FollowUpOutcome)(1 + (Number % 3));

    public override string ToString() => $"{Number}. " + Deed switch
    {
        Deed.Wait => $"{Wait} pass{(Strikes ? ", and the clock strikes" : "")}",
        Deed.Again => $"operation {Wish} is sent again with its key",
        Deed.Explain or Deed.ProposeReversal => $"{Cast.People[By]}: {Deed} of award {Nth} of wish {Wish}",
        Deed.DecideHeld => $"{Cast.People[By]}: {Deed} on award {Nth} of wish {Wish}: {Yes}",
        Deed.ProposeAdjustment => $"{Cast.People[By]}: {Deed} by {Points} for {Cast.NameOf(To)} in {Unit}",
        Deed.DecideCorrection or Deed.ApproveRules => $"{Cast.People[By]}: {Deed} of operation {Wish}: {Yes}",
        Deed.ProposeRules => $"{Cast.People[By]}: {Deed} {Rules}, after {Wait}",
        _ => $"{Cast.People[By]}: {Deed}"
            + (Plan is null ? $" wish {Wish}" : $" {Plan}")
            + (Deed == Deed.Offer ? $" to {Cast.People[To]}" : "")
            + (Deed == Deed.Claim ? $" as {Kind}{(ForOrganisation ? " for the organisation" : "")}" : "")
            + (Rating > 0 ? $" with {Rating} of 5" : "")
            + (Twice ? ", twice with one key" : ""),
    };
}

/// <summary>What a wish is made as.</summary>
/// <param name="For">A beneficiary in <see cref="Cast"/>, or null.</param>
/// <param name="Days">Until its deadline.</param>
/// <param name="Phone">Whose phone is the one to call; null for one of somebody else.</param>
/// <param name="Flat">Where in the unit it is.</param>
public sealed record Plan(
    Place Unit, string Category, Wire.WishOrigin Origin, bool Private, int? For, int Days, int? Phone, int Flat)
{
    public override string ToString() =>
        $"{(Private ? "privately " : "")}a wish {Category} in {Unit} as {Origin}"
        + (For is { } person ? $" for {Cast.People[person]}" : "") + $" within {Days} days"
        + $" in flat {Flat}{(Phone is { } called ? $", phone of {Cast.People[called]}" : "")}";
}
