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

    /// <summary>May claim almost everywhere, and acts for the organisation.</summary>
    public const int OrganisationMember = 7;

    /// <summary>A member of the organisation who may not act for it.</summary>
    public const int PlainMember = 14;

    /// <summary>Helps the first resident, on whose phone they once signed in.</summary>
    public const int Volunteer = 5;

    /// <summary>Nobody of <see cref="People"/>: it serves in the community, and has points as they do.</summary>
    public const int Organisation = 100;

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
        new("second staff of the district", Place.FarCommunity, (Role.Staff, Place.District)),
    ];

    /// <summary>Everybody, and the organisation.</summary>
    public static IEnumerable<int> Accounts => [.. Enumerable.Range(0, People.Count), Organisation];

    public static string NameOf(int account) => account == Organisation ? "organisation" : $"{People[account]}";

    /// <summary>Whether points are somebody's own, or of an organisation that they are in.</summary>
    public static bool IsOwn(int person, int account) => person == account
        || (account == Organisation && person is OrganisationMember or PlainMember);

    /// <summary>All of them in a world, and the organisation with its members; nobody has to sign in again.</summary>
    public static async Task<(IReadOnlyList<Actor> People, string Organisation)> AppearAsync(
        TestServer server, World world)
    {
        var actors = new List<Actor>();
        foreach (var character in People)
        {
            var actor = await world.ResidentAsync(world.Id(character.Home));
            foreach (var (role, unit) in character.Roles)
            {
                await world.GrantAsync(actor, role, world.Id(unit));
            }

            actors.Add(actor);
        }

        // Weeks pass in seconds; before anybody calls, because sessions are remembered.
        await server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");
        var access = new Wire.AccessService.AccessServiceClient(server.Channel);
        foreach (var phone in new[] { actors[Resident].Phone, actors[Volunteer].Phone })
        {
            await access.SignInAsync(
                await world.CodeSignInAsync(phone), new Metadata { { "x-wuwei-device", "phone-of-both" } });
        }

        var acting = actors[OrganisationMember];
        var organisation = await acting.ListedAsync(world.Community, actors[DistrictStaff], until: "2031-05-31");
        await acting.AddMemberAsync(organisation, actors[PlainMember]);
        return (actors, organisation);
    }

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
