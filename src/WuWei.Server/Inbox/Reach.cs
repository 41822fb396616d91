namespace WuWei.Inbox;

/// <summary>By which ways a person may be told outside of the inbox, and what they want of it.</summary>
public sealed record Reach
{
    public Guid PersonId { get; init; }
    public int WechatOff { get; init; }
    public int SmsOff { get; init; }
    public bool Digest { get; init; }
    public bool HasPhone { get; init; }

    /// <summary>Apps in which they have bound a WeChat account.</summary>
    public IReadOnlyList<string> Apps { get; init; } = [];

    /// <summary>Templates of which they allow at least one more message.</summary>
    public IReadOnlyList<Allowance> Allowed { get; init; } = [];

    public static int Bit(InboxTopic topic) => 1 << (int)topic;

    public static IEnumerable<InboxTopic> Topics(int bits) =>
        Enum.GetValues<InboxTopic>().Where(topic => (bits & Bit(topic)) != 0);

    /// <summary>
    /// The way by which they are told of something; null when the inbox is enough. By WeChat whoever has an account in an
    /// app that sends messages and allows it, by SMS of what is important whoever has none.
    /// </summary>
    public MessageChannel? By(InboxTopic topic, bool important, InboxOptions options)
    {
        if (Digest && !important && topic != InboxTopic.Digest)
        {
            return null;
        }

        if (options.Templates.Any(t => Apps.Contains(t.AppId)))
        {
            return (WechatOff & Bit(topic)) == 0 && Allowed.Any(a => options.Find(a, topic) is not null)
                ? MessageChannel.WeChat
                : null;
        }

        // A digest was asked for.
        return HasPhone && (important || topic == InboxTopic.Digest) && (SmsOff & Bit(topic)) == 0
            ? MessageChannel.Sms
            : null;
    }
}

/// <summary>How many messages by a template somebody still allows.</summary>
public sealed record Allowance
{
    /// <summary>Who taps more often has said enough.</summary>
    public const int RemainingMax = 100;

    public Guid PersonId { get; init; }
    public string AppId { get; init; } = "";
    public string TemplateId { get; init; } = "";
    public int Remaining { get; init; }
}
