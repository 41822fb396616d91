using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using WuWei.Access;
using WuWei.Activities;
using WuWei.Feeds;
using WuWei.Organization;
using WuWei.Wishes;

namespace WuWei.Tests.Feeds;

/// <summary>
/// The table of what other systems are shown has every kind of entry that the code writes, and no other: who adds one decides
/// there whether others may know.
/// </summary>
public partial class EntryKindTests
{
    /// <summary>Words in capitals that are no kinds: settings, and security events.</summary>
    private static readonly string[] NoKinds =
    [
        "DOTNET_ENVIRONMENT", "WUWEI_PICTURES", "WUWEI_KEYS", "WUWEI_LOCAL", "WUWEI_MYSQL", "WUWEI_MYSQL_OWNER", "WUWEI_REDIS",
    ];

    /// <summary>Kinds that are put together from the words of an enum.</summary>
    private static readonly Dictionary<string, IEnumerable<string>> PutTogether = new()
    {
        ["WISH"] = Enum.GetValues<WishMove>().Select(WishEntry.Kind),
        ["ACTIVITY"] = Enum.GetValues<ActivityMove>().Select(ActivityEntry.Kind),
        ["SIGN_UP"] = Enum.GetValues<SignUpStatus>().Select(ActivityEntry.Kind),
        ["PLACE_OFFER"] = Enum.GetNames<OfferStatus>().Select(s => $"PLACE_OFFER_{s.ToUpperInvariant()}"),
        ["UNIT_CHANGE"] = Enum.GetNames<UnitChangeStatus>().Select(s => $"UNIT_CHANGE_{s.ToUpperInvariant()}"),
    };

    [Fact]
    public void Every_kind_in_the_code_is_in_the_table_and_the_other_way_round()
    {
        var sources = Directory.GetFiles(Path.Combine(Repo(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith("SecurityEvents.cs", StringComparison.Ordinal)
                && !f.EndsWith($"{nameof(EntryKinds)}.cs", StringComparison.Ordinal))
            .Select(f => Reason().Replace(File.ReadAllText(f), "")).ToList();
        var written = sources.SelectMany(s => Capitals().Matches(s)).Select(m => m.Groups[1].Value).Except(NoKinds);
        var table = EntryKinds.Shown.Keys.Concat(EntryKinds.Hidden.Keys).ToList();

        Assert.Equal(
            PutTogether.Keys.Order(StringComparer.Ordinal),
            sources.SelectMany(s => Beginning().Matches(s)).Select(m => m.Groups[1].Value).Distinct()
                .Order(StringComparer.Ordinal));
        var all = written.Concat(PutTogether.Values.SelectMany(k => k)).ToHashSet();
        // A proposal is written as PROPOSED, and never again with that status.
        Assert.Equal([], all.Except(table).Order(StringComparer.Ordinal));
        Assert.Equal([], table.Except(all).Order(StringComparer.Ordinal));
        Assert.Equal(table.Count, table.Distinct().Count());
    }

    [Fact]
    public void Every_kind_on_the_wire_is_told_once() => Assert.Equal(
        Enum.GetValues<Wire.EntryKind>().Where(k => k != Wire.EntryKind.Unspecified).Order(),
        EntryKinds.Shown.Values.Select(s => s.Kind).Order());

    [Fact]
    public void A_partner_can_be_registered_for_every_topic() => Assert.Equal(
        Enum.GetValues<EntryTopic>().Select(FeedReach.ScopeOf).Append(FeedSteps.AllTopics).Order(StringComparer.Ordinal),
        PartnerScopes.Groups.Keys.Where(g => g.StartsWith("journal/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    private static string Repo([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));

    [GeneratedRegex(@"(?:Refuse\.\w+\(|ThrowIfAny\(|new RefusedException\(\s*StatusCode\.\w+,)\s*""([A-Z_]+)""")]
    private static partial Regex Reason();

    [GeneratedRegex(@"(?<!\$)""([A-Z]+(?:_[A-Z]+)+)""")]
    private static partial Regex Capitals();

    [GeneratedRegex(@"\$""([A-Z_]+)_\{")]
    private static partial Regex Beginning();
}
