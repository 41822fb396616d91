using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Operator.Demo;

/// <summary>
/// One organisation in each street, of every kind there is: registered, listed by the street's staff, and joined by the
/// street's organisation members, who then claim wishes for it.
/// </summary>
public sealed class DemoOrganisations(Wire.RegistryService.RegistryServiceClient registry, UnitTree tree, DateTime now)
{
    private const int StreetCodeLength = 9;

    private static readonly (Wire.OrganisationKind Kind, string Name)[] Kinds =
    [
        (Wire.OrganisationKind.PartyBranch, "机关党支部"), (Wire.OrganisationKind.SocialOrganisation, "邻里互助社"),
        (Wire.OrganisationKind.Company, "利民家电维修有限公司"), (Wire.OrganisationKind.PropertyCompany, "和邻物业服务有限公司"),
        (Wire.OrganisationKind.PartnerUnit, "社区卫生服务中心"), (Wire.OrganisationKind.OwnersCommittee, "业主委员会联合会"),
    ];

    /// <param name="members">By the code of a community or of something in it.</param>
    /// <param name="sign">Token and key of a call.</param>
    /// <returns>The organisation that a member's phone claims for.</returns>
    public async Task<Dictionary<string, string>> RegisterAsync(
        IEnumerable<DemoPerson> members, Func<string, string, Metadata> sign, CancellationToken cancel)
    {
        var byPhone = new Dictionary<string, string>();
        foreach (var (number, street) in members.Where(m => m.Scope is { } scope && scope.Length > StreetCodeLength)
            .GroupBy(m => m.Scope![..StreetCodeLength]).OrderBy(s => s.Key, StringComparer.Ordinal).Index())
        {
            var unit = tree.Find(new UnitCode(UnitImport.System, street.Key))!;
            var (kind, name) = Kinds[number % Kinds.Length];
            var first = street.First();
            var registered = await registry.RegisterOrganisationAsync(
                new()
                {
                    UnitId = $"{unit.Id}",
                    Kind = kind,
                    Name = $"{unit.Name}{name}",
                    Contact = new() { Name = first.Name, Phone = first.Phone },
                }, sign(first.Phone, $"demo-organisation-{number}"), cancellationToken: cancel);
            var id = registered.Organisation.Id;
            await registry.DecideOrganisationAsync(
                new()
                {
                    OrganisationId = id,
                    List = true,
                    Number = $"JY-{number + 1:D4}",
                    ListedUntil = $"{Clock.Day(now).AddYears(2):yyyy-MM-dd}",
                }, sign(street.Key, $"demo-listed-{number}"), cancellationToken: cancel);
            byPhone[first.Phone] = id;
            foreach (var member in street.Skip(1))
            {
                await registry.AddMemberAsync(
                    new()
                    {
                        OrganisationId = id,
                        Phone = member.Phone,
                        Kind = Wire.MemberKind.Member,
                        MayAct = true,
                    }, sign(first.Phone, $"demo-member-{member.Phone}"), cancellationToken: cancel);
                byPhone[member.Phone] = id;
            }
        }

        return byPhone;
    }
}
