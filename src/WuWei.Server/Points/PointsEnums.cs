namespace WuWei.Points;

/// <summary>
/// What earns points; numbered as in points.proto. Each is done on one thing, such as a claim, and pays an account once.
/// </summary>
public enum PointsAct : byte
{
    WishKeptByPartyMember = 1,
    WishKeptByVolunteer,
    WishKeptByOrganisationMember,
    WishKeptByNeighbour,
    WishAutoConfirmed,
    WishRated1,
    WishRated2,
    WishRated3,
    WishRated4,
    WishRated5,
    HoursServed = 20,
    InviteeServed = 30,
}

public enum AccountKind : byte
{
    Person = 1,
    Organisation,
}

/// <summary>Numbered as in points.proto.</summary>
public enum TransferKind : byte
{
    Award = 1,
    Reversal,
    Adjustment,
    Expiry,

    /// <summary>Taken by the rules for what somebody did not do.</summary>
    Deduction,
}

/// <summary>What the rules take points for; numbered as in points.proto.</summary>
public enum DeductionReason : byte
{
    NoShow = 1,
}

/// <summary>What became of an award; numbered as in points.proto.</summary>
public enum AwardState : byte
{
    Posted = 1,
    Nothing,
    Held,
    Voided,
    Reversed,
}
