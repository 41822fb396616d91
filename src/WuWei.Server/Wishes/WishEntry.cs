using System.Text.RegularExpressions;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>How the journal tells a wish's moves: ids, enums, numbers and keyed hashes, so that no text is kept.</summary>
public static partial class WishEntry
{
    /// <summary>Such as WISH_AUTO_CONFIRM.</summary>
    public static string Kind(WishMove move) => $"WISH_{Words().Replace(move.ToString(), "_").ToUpperInvariant()}";

    public static string Name(WishActor actor) => actor.ToString().ToLowerInvariant();

    /// <summary>What a wish was made as.</summary>
    public static object Made(Wish wish, WishContent content, WishContact? contact, PersonalData data) => new
    {
        step = wish.Version,
        status = wish.Status.ToString(),
        wish.CategoryId,
        origin = wish.Origin.ToString(),
        visibility = wish.Visibility.ToString(),
        wish.Sensitive,
        wish.EffortMinutes,
        wish.Remote,
        wish.Cell,
        wish.DeadlineAt,
        wish.RemadeFrom,
        consent = wish.Consent == Consent.Unspecified ? null : wish.Consent.ToString(),
        beneficiary = wish.BeneficiaryIndex is { } index ? Convert.ToHexStringLower(index) : null,
        title = data.Hash(content.Title),
        text = data.Hash(content.Text),
        answers = content.Answers.ToDictionary(a => a.Key, a => data.Hash(a.Value)),
        contact = contact is null ? null : data.Hash($"{contact.Name}|{contact.Phone}|{contact.Address}"),
    };

    /// <summary>What a move made of it.</summary>
    public static object Moved(Wish after, WishStep step, PersonalData data) => new
    {
        step = after.Version,
        status = after.Status.ToString(),
        audienceUnitId = after.AudienceUnitId,
        after.ClaimId,
        after.ClaimerId,
        claimKind = after.ClaimKind?.ToString(),
        after.CreditedUnitId,
        after.OrganisationId,
        after.Rating,
        after.Overdue,
        after.MergedInto,
        step.OfferedTo,
        step.UnitId,
        step.DoneAt,
        verification = step.Verification == Verification.Unspecified ? null : step.Verification.ToString(),
        place = Hash(step.Place, data),
        note = Hash(step.Note, data),
    };

    private static string? Hash(string? text, PersonalData data) => string.IsNullOrEmpty(text) ? null : data.Hash(text);

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Words();
}
