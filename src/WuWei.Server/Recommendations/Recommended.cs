using WuWei.Activities;
using WuWei.Organization;
using WuWei.Wishes;

namespace WuWei.Recommendations;

/// <summary>Something that fits somebody, and why.</summary>
/// <param name="By">What is due first comes first among equals; then the id decides.</param>
public abstract record Recommended(Guid Id, DateTime By, IReadOnlyList<FitReason> Reasons)
{
    public int Weight { get; } = Reasons.Sum(r => r.Weight);

    /// <summary>The best of them, always in the same order.</summary>
    public static IEnumerable<Recommended> Best(IEnumerable<Recommended> all, int countMax) => all
        .OrderByDescending(r => r.Weight).ThenBy(r => r.By).ThenBy(r => $"{r.Id}", StringComparer.Ordinal)
        .Take(countMax);
}

/// <summary>A wish that somebody may claim.</summary>
public sealed record RecommendedWish(Wish Wish, IReadOnlyList<ClaimerKind> Kinds, IReadOnlyList<FitReason> Reasons)
    : Recommended(Wish.Id, Wish.DeadlineAt, Reasons)
{
    /// <summary>Null when they may claim it as nothing.</summary>
    /// <param name="keptSimilar">Wishes of its category that they kept.</param>
    public static RecommendedWish? Of(
        Wish wish, Unit unit, IReadOnlyList<ClaimerKind> kinds, Neighbourhood around, int keptSimilar, DateTime now)
    {
        var waits = (int)(now - (wish.OpenedAt ?? wish.MadeAt)).TotalDays;
        FitReason?[] reasons =
        [
            wish.Offered ? new(FitKind.Offered) : null,
            keptSimilar > 0 ? new(FitKind.KeptSimilar, keptSimilar) : null,
            around.ReasonFor(unit),
            wish.Remote ? new(FitKind.Remote) : null,
            FitReason.Brief(wish.EffortMinutes),
            waits >= FitReason.WaitingDaysMin ? new(FitKind.Waiting, waits) : null,
        ];
        return kinds.Count == 0 ? null : new RecommendedWish(wish, kinds, [.. reasons.OfType<FitReason>()]);
    }
}

/// <summary>An activity that somebody may sign up for, perhaps once they have what they lack.</summary>
public sealed record RecommendedActivity(
    Activity Activity, IReadOnlyList<FitReason> Reasons, IReadOnlyList<string> SkillsMissing, string? CourseMissing)
    : Recommended(Activity.Id, Activity.StartsAt, Reasons)
{
    /// <summary>Null when nothing in it is free for them.</summary>
    public static RecommendedActivity? Of(
        ActivityToTake activity, Unit unit, IReadOnlyList<Opening> openings, Neighbourhood around, Wants wants)
    {
        if (openings.Count == 0)
        {
            return null;
        }

        List<Opening> fitting = [.. openings.Where(o => o.Skilled)];
        var (seats, capacity) = (fitting.Sum(o => o.Seats), fitting.Sum(o => o.Capacity));
        FitReason?[] reasons =
        [
            (activity.Ages & wants.Ages) != 0 ? new(FitKind.AgeBand) : null,
            fitting.Find(o => o.SkillId is not null) is { SkillName: { } skill }
                ? new(FitKind.Skill, Text: skill)
                : null,
            around.ReasonFor(unit),
            DistanceTo(activity, wants.Here),
            activity.Remote ? new(FitKind.Remote) : null,
            FitReason.Brief(fitting.Select(o => o.Minutes).DefaultIfEmpty().Min()),
            (activity.Times & wants.Times) != 0 ? new(FitKind.FreeTime) : null,
            seats > 0 && seats * 2 >= capacity ? new(FitKind.FewOthers, seats) : null,
        ];
        return new RecommendedActivity(
            activity, [.. reasons.OfType<FitReason>()],
            fitting.Count > 0 ? [] : [.. openings.Select(o => o.SkillName ?? "")],
            activity.Schooled ? null : activity.NeedsCourse);
    }

    private static FitReason? DistanceTo(Activity activity, Position? here) =>
        here is not null && activity is { Latitude: { } latitude, Longitude: { } longitude }
            ? FitReason.Near(here.MetresFrom(latitude, longitude))
            : null;
}
