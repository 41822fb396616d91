using System.Text.RegularExpressions;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>How the journal tells a wish's moves.</summary>
public static partial class WishEntry
{
    /// <summary>Such as WISH_AUTO_CONFIRM.</summary>
    public static string Kind(WishMove move) => $"WISH_{Words().Replace(move.ToString(), "_").ToUpperInvariant()}";

    public static string Name(WishActor actor) => actor.ToString().ToLowerInvariant();

    public static object Detail(Wish after, WishStep step, PersonalData data) => new
    {
        step = after.Version,
        status = after.Status.ToString(),
        audienceUnitId = after.AudienceUnitId,
        after.ClaimId,
        after.ClaimerId,
        claimKind = after.ClaimKind?.ToString(),
        after.CreditedUnitId,
        after.Rating,
        after.Overdue,
        step.OfferedTo,
        verification = step.Verification == Verification.Unspecified ? null : step.Verification.ToString(),
        note = string.IsNullOrEmpty(step.Note) ? null : data.Hash(step.Note),
    };

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Words();
}
