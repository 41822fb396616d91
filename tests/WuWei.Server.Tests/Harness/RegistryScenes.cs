using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>
/// Calls on organisations. The claimer of the cast is the member of each, and somebody else founded it, because one
/// person may found few a day.
/// </summary>
public static class RegistryScenes
{
    public static IEnumerable<Scene> All() =>
    [
        Of("RegisterOrganisation", cast => Task.FromResult<IMessage>(RegistrySteps.Registration(cast.World.District))),
        new("RegistryService/GetOrganisation", "one applied for", async cast =>
            new Wire.GetOrganisationRequest { OrganisationId = await AppliedAsync(cast) }),
        new("RegistryService/GetOrganisation", "a listed one", async cast =>
            new Wire.GetOrganisationRequest { OrganisationId = await ListedAsync(cast) }),
        new("RegistryService/ListOrganisations", "listed ones", cast => Task.FromResult<IMessage>(
            new Wire.ListOrganisationsRequest { UnitId = $"{cast.World.Community}" })),
        new("RegistryService/ListOrganisations", "those applied for", cast => Task.FromResult<IMessage>(
            new Wire.ListOrganisationsRequest
            {
                UnitId = $"{cast.World.Community}",
                Status = Wire.OrganisationStatus.Applied,
            })),
        Of("CountOrganisations", cast => Task.FromResult<IMessage>(
            new Wire.CountOrganisationsRequest { UnitId = $"{cast.World.Community}" })),
        Of("DecideOrganisation", async cast => RegistrySteps.Listing(await AppliedAsync(cast))),
        Of("RenewOrganisation", async cast => new Wire.RenewOrganisationRequest
        {
            OrganisationId = await ListedAsync(cast),
            ListedUntil = RegistrySteps.LastDay,
        }),
        Of("SuspendOrganisation", async cast => new Wire.SuspendOrganisationRequest
        {
            OrganisationId = await ListedAsync(cast),
            Reason = RegistrySteps.Reason,
        }),
        Of("ApplyForScope", async cast => new Wire.ApplyForScopeRequest
        {
            OrganisationId = await ListedAsync(cast),
            UnitId = $"{cast.World.NextCommunity}",
        }),
        Of("DecideScope", async cast => new Wire.DecideScopeRequest
        {
            OrganisationId = await ListedAsync(cast),
            UnitId = $"{cast.World.Community}",
            Approve = true,
            Until = RegistrySteps.LastDay,
        }),
        Of("AddMember", async cast => new Wire.AddMemberRequest
        {
            OrganisationId = await ListedAsync(cast),
            PersonId = $"{(await cast.World.ResidentAsync()).PersonId}",
            Kind = Wire.MemberKind.Member,
        }),
        Of("EndMember", async cast =>
        {
            var (founder, id) = await FoundedAsync(cast);
            await cast.SecondStaff.Registry.DecideOrganisationAsync(RegistrySteps.Listing(id));
            var member = await founder.AddMemberAsync(id, cast.Claimer);
            return new Wire.EndMemberRequest { OrganisationId = id, MemberId = member.Id };
        }),
        Of("ListMembers", async cast => new Wire.ListMembersRequest { OrganisationId = await ListedAsync(cast) }),
        Of("ListMyMemberships", _ => Task.FromResult<IMessage>(new Wire.ListMyMembershipsRequest())),
    ];

    private static Scene Of(string rpc, Func<WishCast, Task<IMessage>> prepare) =>
        new($"RegistryService/{rpc}", "", prepare);

    private static async Task<string> AppliedAsync(WishCast cast) => (await FoundedAsync(cast)).Id;

    /// <summary>Its claimer may act for it.</summary>
    private static async Task<string> ListedAsync(WishCast cast)
    {
        var (founder, id) = await FoundedAsync(cast);
        await cast.SecondStaff.Registry.DecideOrganisationAsync(RegistrySteps.Listing(id));
        await founder.AddMemberAsync(id, cast.Claimer, mayAct: true);
        return id;
    }

    private static async Task<(Actor Founder, string Id)> FoundedAsync(WishCast cast)
    {
        var founder = await cast.World.ResidentAsync();
        return (founder, await founder.RegisterAsync(cast.World.Community));
    }
}
