namespace WuWei.Tests.Harness;

/// <summary>Brings an organisation to where a test begins.</summary>
public static class RegistrySteps
{
    public const string Reason = "年检没有通过";

    /// <summary>Far enough that a test which moves the clock by weeks does not get there.</summary>
    public const string LastDay = "2027-12-31";

    public static Wire.RegisterOrganisationRequest Registration(Guid unit) => new()
    {
        UnitId = $"{unit}",
        Kind = Wire.OrganisationKind.PropertyCompany,
        Name = "安居物业公司",
        OwnNumber = "91320105MA1000001X",
        Contact = new() { Name = "刘主任", Phone = "13911112222" },
    };

    public static Wire.DecideOrganisationRequest Listing(string id, string until = LastDay) =>
        new() { OrganisationId = id, List = true, Number = $"建社登{Guid.NewGuid():n}"[..20], ListedUntil = until };

    public static async Task<string> RegisterAsync(this Actor founder, Guid unit) =>
        (await founder.Registry.RegisterOrganisationAsync(Registration(unit))).Organisation.Id;

    public static async Task<string> ListedAsync(
        this Actor founder, Guid unit, Actor staff, string until = LastDay)
    {
        var id = await founder.RegisterAsync(unit);
        await staff.Registry.DecideOrganisationAsync(Listing(id, until));
        return id;
    }

    public static async Task<Wire.Member> AddMemberAsync(
        this Actor acting, string id, Actor person, bool mayAct = false, string endsOn = "") =>
        (await acting.Registry.AddMemberAsync(new()
        {
            OrganisationId = id,
            PersonId = $"{person.PersonId}",
            Kind = Wire.MemberKind.Volunteer,
            MayAct = mayAct,
            EndsOn = endsOn,
        })).Member;

    public static async Task<Wire.Wish> ClaimForAsync(this Actor claimer, string wishId, string organisationId) =>
        (await claimer.Wishes.ClaimWishAsync(new()
        {
            WishId = wishId,
            Kind = Wire.ClaimerKind.OrganisationMember,
            OrganisationId = organisationId,
        })).Wish;
}
