namespace WuWei.Calls;

/// <summary>Numbered as in roles.proto, so the wire value is a cast.</summary>
public enum Role : byte
{
    Resident = 1,
    PartyMember,
    Volunteer,
    OrganisationMember,
    GridWorker,
    Staff,
    StationKeeper,
    Auditor,
    Operator,
}

/// <summary>What somebody is to the object of a call.</summary>
[Flags]
public enum Relation
{
    None = 0,
    Maker = 1,
    Beneficiary = 2,
    Claimer = 4,
    Offered = 8,

    /// <summary>It is theirs: an account, an award.</summary>
    Self = 16,

    /// <summary>A member of the organisation; where the call acts for it, one who may.</summary>
    Member = 32,

    Organiser = 64,
}

/// <summary>A role in force, or one that will be: its scope is a unit and everything below it.</summary>
public sealed record HeldRole(Guid Id, Role Role, Guid UnitId, DateTime StartsAt, DateTime? EndsAt)
{
    public bool IsInForce(DateTime now) => StartsAt <= now && (EndsAt is null || now < EndsAt);
}
