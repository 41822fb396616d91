using WuWei.Calls;
using WuWei.Organization;

namespace WuWei.Feeds;

/// <summary>What of the journal a reader may see, as it is at this moment.</summary>
/// <param name="ReaderId">A person or a partner: pseudonyms are made for them.</param>
/// <param name="Units">These and everything below them.</param>
public sealed record FeedReach(Guid ReaderId, IReadOnlySet<Guid> Units, IReadOnlySet<EntryTopic> Topics)
{
    /// <summary>What all scopes for topics begin with. They say what is seen; nothing is counted by them.</summary>
    public const string ScopePrefix = "journal/";

    private static readonly IReadOnlySet<EntryTopic> AllTopics = Enum.GetValues<EntryTopic>().ToHashSet();

    /// <summary>Staff and auditors see what happens where they oversee.</summary>
    public static FeedReach Of(Caller caller, DateTime now) => new(
        caller.PersonId,
        caller.Roles.Where(r => r.Role is Role.Staff or Role.Auditor && r.IsInForce(now)).Select(r => r.UnitId)
            .ToHashSet(),
        AllTopics);

    /// <summary>A partner sees its units, and the topics among its scopes.</summary>
    public static FeedReach Of(Partner partner) => new(
        partner.Id, partner.Units,
        AllTopics.Where(t => partner.ScopeOf(ScopeOf(t), isPublic: false) is not null).ToHashSet());

    /// <summary>A partner's scope for a topic, such as <c>journal/wishes</c>; all are <c>journal/*</c>.</summary>
    public static string ScopeOf(EntryTopic topic) => $"{ScopePrefix}{topic.ToString().ToLowerInvariant()}";

    /// <summary>The same, of these topics only; none are all.</summary>
    public FeedReach Only(IReadOnlyCollection<EntryTopic> topics) =>
        topics.Count == 0 ? this : this with { Topics = Topics.Intersect(topics).ToHashSet() };

    /// <summary>By the tree as it is now: what happened in a unit that was merged is below its successor.</summary>
    public bool Shows(FeedEntry entry, UnitTree tree) =>
        Topics.Contains(entry.Topic) && tree.Find(entry.UnitId)?.Path.Any(Units.Contains) == true;
}
