using System.Text.RegularExpressions;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>
/// Where somebody lives, as far as it can be compared: a keyed hash of the address within its unit. People write the same flat
/// in many ways, so width, spaces and signs do not count, nor what the parts are called: 3幢2单元502室 is ３栋2-502号 too, if
/// both say the same before it. What names fewer than two numbers is a building or a street, where many live, and is no place.
/// </summary>
public static partial class WishPlace
{
    public static byte[]? Of(PersonalData data, Guid unitId, string address) =>
        Normal(address) is { } place ? data.Index("place", $"{unitId} {place}") : null;

    /// <summary>Null when it names no flat or house.</summary>
    public static string? Normal(string address)
    {
        var plain = Signs().Replace(string.Concat(address.Where(c => !char.IsWhiteSpace(c)).Select(Narrow)), "-");
        var parts = Parts().Replace(plain, "-").Split('-', StringSplitOptions.RemoveEmptyEntries);
        return parts.Count(p => p.Any(char.IsAsciiDigit)) >= 2 ? string.Join('-', parts) : null;
    }

    /// <summary>Wide letters, digits and signs as narrow ones; capitals.</summary>
    private static char Narrow(char c) => char.ToUpperInvariant(c is >= '！' and <= '～' ? (char)(c - '！' + '!') : c);

    [GeneratedRegex(@"[\p{P}\p{S}]+")]
    private static partial Regex Signs();

    /// <summary>Only behind a number: 东单元 or 号子口 may be a name.</summary>
    [GeneratedRegex(
        @"(?<=[0-9])(号楼|幢|栋|座|楼|单元|门|室|户|号|房)|(?<=[0-9])(?=[\p{L}-[A-Z]])|(?<=[\p{L}-[A-Z]])(?=[0-9])")]
    private static partial Regex Parts();
}
