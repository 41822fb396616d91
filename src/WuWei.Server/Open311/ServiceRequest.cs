using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Organization;
using WuWei.Places;
using WuWei.Privacy;
using WuWei.Wishes;

namespace WuWei.Open311;

/// <summary>
/// A wish as Open311 tells it: open or closed, what happens with it in a sentence, and nothing about a person. Where it
/// is, is the middle of its cell and the names of its unit; what it says is there for whom everybody may read it.
/// </summary>
/// <param name="Description">Title and text; null where a stranger may not read them.</param>
/// <param name="At">The middle of its cell; null where it has none.</param>
public sealed record ServiceRequest(
    Guid Id, bool Open, string Notes, string ServiceName, string ServiceCode, string? Description, string Agency,
    DateTime RequestedAt, DateTime UpdatedAt, DateTime ExpectedAt, string Address, string AddressId, Wgs84? At,
    WishStatus Status)
{
    /// <summary>States of a wish that are still to come to an end.</summary>
    public static IReadOnlyList<WishStatus> OpenOnes { get; } =
        [WishStatus.PendingReview, WishStatus.Open, WishStatus.Claimed, WishStatus.Delivered];

    /// <param name="changedAt">When it came into its state.</param>
    /// <param name="category">Its kind, which may have been closed since.</param>
    public static ServiceRequest Of(WishSight sight, DateTime changedAt, Category category, UnitTree tree, PersonalData data)
    {
        var (wish, unit) = (sight.Wish, tree.OpenOf(sight.Unit));
        return new ServiceRequest(
            wish.Id, OpenOnes.Contains(wish.Status), NotesOf(wish), category.Name, category.Code, TextOf(sight, data), unit.Name,
            wish.MadeAt, changedAt, wish.DeadlineAt, Jurisdictions.AddressOf(unit, tree), Jurisdictions.CodeOf(unit),
            wish.Cell is { } cell && IsForEverybody(sight) ? Wgs84.Of(GridCell.OfNumber(cell).Middle) : null, wish.Status);
    }

    /// <summary>Whether a stranger may read it: it is public, of no sensitive kind, was approved, and passed.</summary>
    public static bool IsForEverybody(WishSight sight) =>
        sight.Wish is { Sensitive: false, ContentState: ContentState.Passed } wish
        && wish.VisibleTo(Relation.None, overseer: false);

    private static string? TextOf(WishSight sight, PersonalData data)
    {
        if (!IsForEverybody(sight))
        {
            return null;
        }

        var content = WishContent.Of(sight.Wish, data);
        return $"{content.Title}\n{content.Text}";
    }

    private static string NotesOf(Wish wish) => wish.Status switch
    {
        WishStatus.PendingReview => "已收到，正在等社区审核。",
        WishStatus.Open => "已通过审核，正在等人认领。",
        WishStatus.Claimed => "已有人认领，正在办理。",
        WishStatus.Delivered => "已办理，正在等当事人确认。",
        WishStatus.Kept when wish.Origin == WishOrigin.Import => "由原来的系统答复办结。",
        WishStatus.Kept when wish.AutoConfirmed => "已办结：办理后七天没有异议。",
        WishStatus.Kept => "已办结：当事人确认办好了。",
        WishStatus.Rejected => "没有通过审核。",
        WishStatus.Withdrawn when wish.MergedInto is not null => "和另一个相同的诉求合并办理。",
        WishStatus.Withdrawn => "已撤回。",
        WishStatus.Expired => "到期没有人认领，已经结束。",
        _ => throw new InvalidOperationException($"A wish has no state {wish.Status}."),
    };
}
