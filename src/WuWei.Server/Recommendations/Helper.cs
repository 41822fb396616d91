using WuWei.Calls;
using WuWei.Organization;
using WuWei.Wishes;

namespace WuWei.Recommendations;

/// <summary>Somebody who serves where a wish is, as far as helping with it is concerned.</summary>
public sealed record Helper
{
    public Guid Id { get; init; }
    public string ShownName { get; init; } = "";
    public Guid? HomeUnitId { get; init; }

    /// <summary>Wishes in hand, and shifts within seven days.</summary>
    public int InHand { get; init; }
    public int Shifts { get; init; }

    /// <summary>Whether they hold the skill that staff asked for.</summary>
    public bool Skilled { get; init; }
}

/// <summary>One role that somebody holds.</summary>
public sealed record HelperRole
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public Role Role { get; init; }
    public Guid UnitId { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime? EndsAt { get; init; }
}

/// <summary>A helper who fits a wish, and why.</summary>
public sealed record FittingHelper(Helper Helper, IReadOnlyList<ClaimerKind> Kinds, IReadOnlyList<FitReason> Reasons)
{
    public int Weight { get; } = Reasons.Sum(r => r.Weight);

    /// <summary>Null when they may claim it as nothing that they are here.</summary>
    /// <param name="roles">In force, wherever.</param>
    /// <param name="skill">The name of the skill that is asked for.</param>
    public static FittingHelper? Of(
        Helper helper, IEnumerable<HelperRole> roles, WishSight sight, CategoryRules rules, UnitTree tree,
        string? skill, int keptSimilar)
    {
        var around = Neighbourhood.Of(tree, sight.Unit.Id);
        HeldRole[] here =
        [
            .. roles.Where(r => tree.OpenOf(r.UnitId) is var unit
                    && (sight.Unit.IsWithin(unit.Id) || unit.IsWithin(around.Community)))
                .Select(r => new HeldRole(r.Id, r.Role, r.UnitId, r.StartsAt, r.EndsAt)),
        ];
        // Staff will offer it to them, and then it does not matter where they live.
        var kinds = new ClaimReach(sight.Wish, tree, Offered: true).KindsOf(rules, helper.HomeUnitId, here);
        FitReason?[] reasons =
        [
            helper.Skilled ? new(FitKind.Skill, Text: skill ?? "") : null,
            keptSimilar > 0 ? new(FitKind.KeptSimilar, keptSimilar) : null,
            helper.HomeUnitId is { } home ? around.ReasonFor(tree.OpenOf(home)) : null,
            helper.InHand == 0 ? new(FitKind.HandsFree) : null,
            helper.Shifts == 0 ? new(FitKind.WeekFree) : null,
        ];
        return here.Length == 0 || kinds.Count == 0
            ? null
            : new FittingHelper(helper, kinds, [.. reasons.OfType<FitReason>()]);
    }

    /// <summary>The best of them; among equals who has least in hand, and always in the same order.</summary>
    public static IEnumerable<FittingHelper> Best(IEnumerable<FittingHelper> all, int countMax) => all
        .OrderByDescending(h => h.Weight).ThenBy(h => h.Helper.InHand)
        .ThenBy(h => $"{h.Helper.Id}", StringComparer.Ordinal).Take(countMax);
}
