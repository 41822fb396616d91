using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using WuWei.Activities;
using WuWei.Inbox;
using WuWei.Organization;
using WuWei.Wishes;

namespace WuWei.Tests.Inbox;

public partial class InboxRulesTests
{
    /// <summary>Capitals in the code that are neither a kind of entry nor a reason.</summary>
    private static readonly string[] NoKinds =
    [
        // Settings.
        "WUWEI_MYSQL", "WUWEI_MYSQL_OWNER", "WUWEI_PICTURES", "WUWEI_KEYS", "WUWEI_REDIS", "WUWEI_LOCAL", "DOTNET_ENVIRONMENT",
        // Security events, which are not in the journal.
        "SIGN_IN_REFUSED", "TOKEN_REUSED", "CALL_DENIED", "REVEAL_QUOTA_SPENT", "CONTACT_HARVESTING",
        "PUSH_FORGED", "THREAD_QUOTA_SPENT",
    ];

    [Fact]
    public void Every_kind_of_entry_is_in_the_table_or_concerns_nobody() => Assert.Equal(
        [], Kinds().Except(InboxRules.ByKind.Keys).Except(InboxRules.Nobody).Order());

    [Fact]
    public void The_table_has_no_kind_that_does_not_exist() => Assert.Equal(
        [], InboxRules.ByKind.Keys.Concat(InboxRules.Nobody).Except(Kinds()).Order());

    [Fact]
    public void No_kind_concerns_somebody_and_nobody() => Assert.Empty(InboxRules.ByKind.Keys.Intersect(InboxRules.Nobody));

    [Fact]
    public void Everybody_hears_of_an_entry_in_one_way() => Assert.All(
        InboxRules.ByKind, pair => Assert.Equal(pair.Value.Length, pair.Value.Select(r => r.To).Distinct().Count()));

    [Fact]
    public void Words_fit_every_channel() => Assert.All(InboxRules.ByKind.Values.SelectMany(rules => rules), rule =>
    {
        var words = rule.Words(12_345);
        Assert.InRange(words.Length, 4, Delivery.TextLengthMax);
        Assert.EndsWith("。", words);
        Assert.DoesNotContain('{', words);
        Assert.InRange(WeChatChannel.Brief(words).EnumerateRunes().Count(), 1, 20);
    });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(7, 64)]
    [InlineData(20, 360)]
    public void Each_pause_is_twice_the_last(int attempts, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Delivery.PauseAfter(attempts));

    /// <summary>All that the code can write: as texts, and made of the names of enums.</summary>
    private static HashSet<string> Kinds() =>
    [
        .. Enum.GetValues<WishMove>().Select(WishEntry.Kind),
        .. Enum.GetValues<ActivityMove>().Select(ActivityEntry.Kind),
        .. Enum.GetValues<SignUpStatus>().Select(ActivityEntry.Kind),
        .. Enum.GetValues<OfferStatus>().Select(status => $"PLACE_OFFER_{status.ToString().ToUpperInvariant()}"),
        .. Enum.GetValues<UnitChangeStatus>().Select(status => $"UNIT_CHANGE_{status.ToString().ToUpperInvariant()}"),
        .. Sources().SelectMany(text => Capitals().Matches(Reason().Replace(text, ""))).Select(m => m.Groups[1].Value)
            .Except(NoKinds),
    ];

    private static IEnumerable<string> Sources() =>
        Directory.GetFiles(Path.Combine(Repo(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Inbox/InboxRules", StringComparison.Ordinal)).Select(File.ReadAllText);

    private static string Repo([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));

    /// <summary>As in TidyTests: what a refusal says.</summary>
    [GeneratedRegex(@"(?:Refuse\.\w+\(|ThrowIfAny\(|new RefusedException\(\s*StatusCode\.\w+,)\s*""([A-Z_]+)""")]
    private static partial Regex Reason();

    [GeneratedRegex("""
        "([A-Z]+(?:_[A-Z]+)+)"
        """)]
    private static partial Regex Capitals();
}
