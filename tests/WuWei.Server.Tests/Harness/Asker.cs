using WuWei.Calls;

namespace WuWei.Tests.Harness;

/// <summary>Somebody who makes a call, and why they might be allowed to.</summary>
/// <param name="Who">Their role, or what they are to the object.</param>
/// <param name="Where">Where that role lies, seen from the object, or what keeps it from counting.</param>
public sealed record Asker(string Who, string Where, Role? Role, Actor Actor)
{
    public const string Here = "here";

    private static readonly Role[] Roles = [.. Enum.GetValues<Role>().Where(r => r != Calls.Role.Resident)];

    /// <summary>As what they would claim a wish.</summary>
    public Wire.ClaimerKind Kind => Role switch
    {
        Calls.Role.PartyMember => Wire.ClaimerKind.PartyMember,
        Calls.Role.Volunteer => Wire.ClaimerKind.Volunteer,
        Calls.Role.OrganisationMember => Wire.ClaimerKind.OrganisationMember,
        _ => Wire.ClaimerKind.Neighbour,
    };

    /// <summary>Every role in every place, out of its term, and in a session begun by SMS; all live far away.</summary>
    public static async Task<IReadOnlyList<Asker>> OfEveryRoleAsync(World world, DateTime now)
    {
        (string Where, Guid Unit, DateTime? Starts, DateTime? Ends, bool ByPassword)[] grants =
        [
            (Here, world.Community, null, null, true),
            ("street", world.Street, null, null, true),
            ("district", world.District, null, null, true),
            ("next", world.NextCommunity, null, null, true),
            ("other", world.OtherStreet, null, null, true),
            ("ended", world.Community, now.AddDays(-2), now.AddDays(-1), true),
            ("coming", world.Community, now.AddDays(1), null, true),
            ("sms", world.Community, null, null, false),
        ];
        return await Task.WhenAll(Roles.SelectMany(role => grants.Select(async grant =>
        {
            var actor = await world.ResidentAsync(world.FarCommunity, grant.ByPassword);
            await world.GrantAsync(actor, role, grant.Unit, grant.Ends, grant.Starts);
            return new Asker($"{role}", grant.Where, role, actor);
        })));
    }

    /// <summary>Those around a wish, those who are nothing to it, and who is not signed in.</summary>
    public static async Task<IReadOnlyList<Asker>> AroundAsync(WishCast cast) =>
    [
        new("signed out", Here, null, cast.World.Nobody),
        new("maker", Here, null, cast.Maker),
        new("beneficiary", Here, null, cast.Beneficiary),
        new("claimer", Here, null, cast.Claimer),
        new("offered", Here, null, cast.Offered),
        new("neighbour", Here, null, await cast.World.ResidentAsync()),
        new("stranger", Here, null, await cast.World.ResidentAsync(cast.World.FarCommunity)),
    ];
}
