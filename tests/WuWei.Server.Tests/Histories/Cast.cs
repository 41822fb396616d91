using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Histories;

/// <summary>The units of <see cref="World"/>.</summary>
public enum Place
{
    District,
    Street,
    OtherStreet,
    Community,
    NextCommunity,
    FarCommunity,
    Grid,
}

/// <summary>Somebody of a history.</summary>
public sealed record Character(string Name, Place Home, params (Role Role, Place Unit)[] Roles)
{
    public bool Covers(Role role, Place unit) => Roles.Any(r => r.Role == role && unit.IsWithin(r.Unit));

    public override string ToString() => Name;
}

/// <summary>The same people in every history: who may, who may not, and who is two things at once.</summary>
public static class Cast
{
    /// <summary>Sees everything.</summary>
    public const int DistrictStaff = 11;

    /// <summary>May claim almost everywhere.</summary>
    public const int OrganisationMember = 7;

    /// <summary>Holds no role.</summary>
    public const int Resident = 0;

    public static IReadOnlyList<Character> People { get; } =
    [
        new("resident", Place.Community),
        new("resident of the grid", Place.Grid),
        new("resident next door", Place.NextCommunity),
        new("resident far away", Place.FarCommunity),
        new("party member", Place.FarCommunity, (Role.PartyMember, Place.Street)),
        new("volunteer", Place.NextCommunity, (Role.Volunteer, Place.Community)),
        new("volunteer elsewhere", Place.FarCommunity, (Role.Volunteer, Place.OtherStreet)),
        new("organisation member", Place.FarCommunity, (Role.OrganisationMember, Place.District)),
        new("grid worker", Place.Community, (Role.GridWorker, Place.Community)),
        new("staff", Place.FarCommunity, (Role.Staff, Place.Community)),
        new("staff of the street", Place.FarCommunity, (Role.Staff, Place.Street)),
        new("staff of the district", Place.FarCommunity, (Role.Staff, Place.District)),
        new("staff elsewhere", Place.FarCommunity, (Role.Staff, Place.FarCommunity)),
        new("auditor", Place.FarCommunity, (Role.Auditor, Place.Community)),
        new("staff who volunteers", Place.Community, (Role.Staff, Place.Community), (Role.Volunteer, Place.Community)),
    ];

    public static Place? Above(this Place unit) => unit switch
    {
        Place.District => null,
        Place.Street or Place.OtherStreet => Place.District,
        Place.Community or Place.NextCommunity => Place.Street,
        Place.FarCommunity => Place.OtherStreet,
        _ => Place.Community,
    };

    public static bool IsWithin(this Place unit, Place ancestor) =>
        unit == ancestor || (unit.Above() is { } above && above.IsWithin(ancestor));

    public static Guid Id(this World world, Place unit) => unit switch
    {
        Place.District => world.District,
        Place.Street => world.Street,
        Place.OtherStreet => world.OtherStreet,
        Place.Community => world.Community,
        Place.NextCommunity => world.NextCommunity,
        Place.FarCommunity => world.FarCommunity,
        _ => world.Grid,
    };
}
