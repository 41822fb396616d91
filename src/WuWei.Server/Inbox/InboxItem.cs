namespace WuWei.Inbox;

/// <summary>What an item is about; numbered as in inbox.proto. Preferences are by topic.</summary>
public enum InboxTopic : byte
{
    Wish = 1,
    Help,
    Activity,
    Points,
    Account,
    Work,
    Notice,
    Digest,
}

/// <summary>One thing somebody is told: an entry of the journal, or several of one object within a short time.</summary>
public sealed record InboxItem
{
    /// <summary>What happens to one object within this time is one item, as long as that is not read.</summary>
    public static readonly TimeSpan MergedWithin = TimeSpan.FromMinutes(10);

    public Guid Id { get; init; }
    public Guid PersonId { get; init; }

    /// <summary>What to open.</summary>
    public string Subject { get; init; } = "";
    public Guid SubjectId { get; init; }
    public InboxTopic Topic { get; init; }

    /// <summary>Of the newest entry, and what the person is to it.</summary>
    public string Kind { get; init; } = "";
    public Audience Audience { get; init; }
    public int? Amount { get; init; }
    public long Number { get; init; }
    public DateTime At { get; init; }
    public int Times { get; init; }
    public bool Important { get; init; }
    public bool Unread { get; init; }

    /// <summary>Whether another event of the same object goes into this item.</summary>
    public bool Takes(InboxItem next) => Unread && next.At - At <= MergedWithin;

    /// <summary>The newest of both, and how many it tells of.</summary>
    public InboxItem With(InboxItem next) => (next.At < At ? this : next) with
    {
        Id = Id,
        Times = Times + 1,
        Number = Math.Max(Number, next.Number),
        Important = Important || next.Important,
    };
}

/// <summary>One line of an inbox, wherever it is kept.</summary>
/// <param name="Event">What happened last.</param>
/// <param name="Subject">What to open.</param>
public sealed record InboxLine(
    Guid Id, InboxTopic Topic, string Text, string Event, string Subject, Guid SubjectId, DateTime At, int Times,
    bool Important, bool Read);
