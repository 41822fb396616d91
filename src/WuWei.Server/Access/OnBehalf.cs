using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>
/// As whom a partner calls. It says on whose behalf, and that is believed only of people an operator named for it, who
/// serve in its units at this moment. Through a partner nobody is more than a grid worker there, so what it brings is always
/// looked at by somebody else.
/// </summary>
public sealed class OnBehalf
{
    private const string Header = "x-wuwei-on-behalf-of";
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(4);

    private readonly Units _units;
    private readonly TimeProvider _clock;
    private readonly Kept<Guid, Caller?> _people;

    public OnBehalf(Database database, Units units, TimeProvider clock)
    {
        (_units, _clock) = (units, clock);
        _people = new(id => database.ReadAsync(db => db.FindServingAsync(id, clock.Now()), CancellationToken.None));
    }

    public async Task<Caller> CallerAsync(Partner partner, Permission permission, ServerCallContext context)
    {
        var named = context.RequestHeaders.GetValue(Header);
        if (permission.Partners != PartnerUse.OnBehalf)
        {
            return named is null
                ? Caller.Of(partner)
                : throw Refuse.Invalid("ON_BEHALF_OF_NOT_HERE", "这个接口不能代人调用。");
        }

        if (named is null)
        {
            throw Refuse.Invalid("ON_BEHALF_OF_REQUIRED", "请说明代谁办理。");
        }

        var person = Guid.TryParseExact(named, "D", out var id) && partner.People.Contains(id)
            ? await _people.GetAsync(id, KeptFor, context.CancellationToken)
            : null;
        if (person is not null)
        {
            var tree = await _units.TreeAsync(context.CancellationToken);
            var roles = person.Roles.SelectMany(role => Within(role, partner, tree)).ToList();
            if (roles.Exists(r => r.IsInForce(_clock.Now())))
            {
                return person with { Roles = roles };
            }
        }

        throw Refuse.Denied("ON_BEHALF_OF_REFUSED", "没有登记可以代这个人办理，或者这个人不在这里任职。");
    }

    /// <summary>What is left of a role in a partner's units.</summary>
    private static IEnumerable<HeldRole> Within(HeldRole role, Partner partner, UnitTree tree) =>
        tree.Find(role.UnitId) is { } unit && partner.Covers(unit.Path)
            ? [role with { Role = Role.GridWorker }]
            : partner.Units.Select(tree.Find).OfType<Unit>().Where(below => below.IsWithin(role.UnitId))
                .Select(below => role with { Role = Role.GridWorker, UnitId = below.Id });
}
