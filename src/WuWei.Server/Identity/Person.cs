using System.Text;
using WuWei.ContentChecks;

namespace WuWei.Identity;

/// <summary>How boards name somebody; numbered as in identity.proto.</summary>
public enum NameChoice : byte
{
    Masked = 1,
    Full,
    Hidden,
}

/// <summary>Anyone with an account. Name and phone are here in clear: do not log, list or send them.</summary>
public sealed record Person(
    Guid Id, string? Name, string ShownName, string? Phone, Guid? HomeUnitId, bool ShowPartyBadge)
{
    public NameChoice NameOnBoards { get; init; } = NameChoice.Masked;

    /// <summary>Whether boards may show the full name to others.</summary>
    public ContentState NameState { get; init; } = ContentState.Passed;

    public const int NameLengthMax = 30;

    /// <summary>What others see of somebody without a name yet.</summary>
    public const string Nameless = "居民";

    /// <summary>Somebody who does not want to be named.</summary>
    public const string Hidden = "匿名";

    /// <summary>The first character and two stars, whatever the length, so that length tells nothing.</summary>
    public static string Mask(string? name) =>
        string.IsNullOrEmpty(name) ? Nameless : $"{name.EnumerateRunes().First()}**";

    public string MaskedPhone => Phone is null ? "" : MaskPhone(Phone);

    public static string MaskPhone(string phone) =>
        new StringBuilder(phone[..3]).Append("****").Append(phone[^4..]).ToString();
}
