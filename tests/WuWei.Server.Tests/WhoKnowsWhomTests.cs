using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests;

/// <summary>
/// Slices use the ground, and of each other only that what earns points, or ranks them, uses Points, what is done for an
/// organisation asks the register, what has pictures uses those, and what is about wishes and activities uses these; the
/// ground uses no slice.
/// </summary>
public class WhoKnowsWhomTests
{
    private static readonly string[] Ground =
    [
        "Data", "Errors", "Time", "Calls", "Privacy", "Journal", "Jobs", "Identity", "Organization", "Places", "Partners",
        "ContentChecks",
    ];

    private static readonly string[] Slices =
    [
        "Access", "Activities", "Points", "Boards", "Campaigns", "Feeds", "Inbox", "Invitations", "Notices", "Open311",
        "Pictures", "Recommendations", "Registry", "Screens", "Threads", "Views", "Webhooks", "WeChat", "Wishes",
    ];

    private static readonly string[] UsePoints = ["Activities", "Boards", "Invitations", "Wishes"];

    /// <summary>What they show has pictures.</summary>
    private static readonly string[] HavePictures = ["Wishes"];

    /// <summary>They are about wishes and activities, which know nothing of them.</summary>
    private static readonly string[] AboutServices =
        ["Campaigns", "Invitations", "Open311", "Recommendations", "Screens", "Threads"];

    /// <summary>They ask the register who acts for an organisation.</summary>
    private static readonly string[] AskTheRegister = ["Activities", "Points", "Recommendations", "Wishes"];

    [Fact]
    public void Nobody_uses_whom_they_should_not_know() => Assert.Equal([], Wrong(Ground));

    [Fact]
    public void Every_namespace_has_its_place() => Assert.Equal(
        Ground.Concat(Slices).Order(StringComparer.Ordinal),
        Knowledge.Of(typeof(Call).Assembly).Keys.SelectMany(k => new[] { k.User, k.Used }).Distinct()
            .Where(n => n.StartsWith("WuWei.", StringComparison.Ordinal)).Select(n => n["WuWei.".Length..])
            .Order(StringComparer.Ordinal));

    [Fact]
    public void What_is_forbidden_is_found_in_bodies_too()
    {
        // Were the journal a slice, these would be wrong; most of it is calls inside async lambdas.
        var wrong = Wrong([.. Ground.Except(["Journal"])]);

        Assert.Contains(wrong, w => w.StartsWith("WuWei.Access.", StringComparison.Ordinal));
        Assert.Contains(wrong, w => w.StartsWith("WuWei.Wishes.", StringComparison.Ordinal));
    }

    private static List<string> Wrong(string[] ground) =>
    [
        .. Knowledge.Of(typeof(Call).Assembly)
            // The root puts everything together.
            .Where(k => k.Key.User != "WuWei" && k.Key.User != k.Key.Used
                && !ground.Select(g => $"WuWei.{g}").Contains(k.Key.Used)
                && !(k.Key.Used == "WuWei.Points" && UsePoints.Contains(k.Key.User["WuWei.".Length..]))
                && !(k.Key.Used == "WuWei.Pictures" && HavePictures.Contains(k.Key.User["WuWei.".Length..]))
                // One more way to sign in.
                && k.Key != ("WuWei.WeChat", "WuWei.Access")
                // Messages go out by WeChat, and notices are in inboxes.
                && k.Key != ("WuWei.Inbox", "WuWei.WeChat")
                && k.Key != ("WuWei.Notices", "WuWei.Inbox")
                // The same entries, delivered.
                && k.Key != ("WuWei.Webhooks", "WuWei.Feeds")
                && !(k.Key.Used is "WuWei.Activities" or "WuWei.Wishes"
                    && AboutServices.Contains(k.Key.User["WuWei.".Length..]))
                && !(k.Key.Used == "WuWei.Registry" && AskTheRegister.Contains(k.Key.User["WuWei.".Length..])))
            .Select(k => k.Value),
    ];
}
