namespace WuWei.Registry;

public enum OrganisationKind : byte
{
    PartyBranch = 1,
    SocialOrganisation,
    Company,
    PropertyCompany,
    PartnerUnit,
    OwnersCommittee,
}

public enum OrganisationStatus : byte
{
    Applied = 1,
    Listed,
    Declined,
    Suspended,

    /// <summary>Never stored: listed, and its last day is over.</summary>
    Lapsed,
}

public enum OrganisationMove : byte
{
    List = 1,
    Decline,
    Renew,
    Suspend,
}

/// <summary>Declined is also what was ended.</summary>
public enum ScopeStatus : byte
{
    Applied = 1,
    Approved,
    Declined,
}

public enum MemberKind : byte
{
    Member = 1,
    Board,
    Volunteer,
}
