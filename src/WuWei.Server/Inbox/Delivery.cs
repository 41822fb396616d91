using WuWei.Time;

namespace WuWei.Inbox;

public enum MessageChannel : byte
{
    WeChat = 1,
    Sms,
}

public enum DeliverySource : byte
{
    Item = 1,

    /// <summary>Something of an <see cref="IInboxSource"/>, such as a notice.</summary>
    Other,
    Digest,
}

public enum DeliveryState : byte
{
    Waiting = 1,

    /// <summary>Claimed by whoever is sending it.</summary>
    Sending,
    Sent,

    /// <summary>Read meanwhile, not wanted any more, too old, or not allowed: nobody needs to look.</summary>
    LeftOut,

    /// <summary>Cannot be sent: refused for good, or too often.</summary>
    Dead,

    /// <summary>Nobody knows whether it arrived, so it is not sent again by itself.</summary>
    Lost,
}

/// <summary>What came of handing a message over.</summary>
public enum SendOutcome
{
    Sent,

    /// <summary>They do not allow it: as good an end as any.</summary>
    NotAllowed,

    /// <summary>It can never be sent as it is.</summary>
    Wrong,

    /// <summary>It was not taken; later it may be.</summary>
    Later,

    /// <summary>Nothing more is taken until tomorrow, whatever it is.</summary>
    NotToday,

    /// <summary>No answer that says whether it was taken.</summary>
    Unknown,
}

/// <param name="Fault">What the provider said, if it was no.</param>
public sealed record Sending(SendOutcome Outcome, int? Fault = null);

/// <summary>A message to one person by one channel, and the only ways it may go on.</summary>
public sealed record Delivery
{
    /// <summary>The last comes more than a day after the first.</summary>
    public const int AttemptsMax = 13;
    public const int TextLengthMax = 100;

    /// <summary>Events of one thing come in bursts: a message waits for the rest of them.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>Whoever claimed it is not there any more.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(10);

    /// <summary>What is older is in the inbox, and no message tells of it any more.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromDays(2);

    /// <summary>By the next morning a digest tells of another day, and the next one comes.</summary>
    private static readonly TimeSpan DigestStaleAfter = TimeSpan.FromHours(8);

    private static readonly TimeSpan RetryFirst = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryLast = TimeSpan.FromHours(6);

    /// <summary>What could not go out in a day goes out in the next, when people are up.</summary>
    private static readonly TimeSpan Morning = TimeSpan.FromHours(8);

    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public MessageChannel Channel { get; init; }
    public InboxTopic Topic { get; init; }
    public DeliverySource Source { get; init; }
    public Guid SourceId { get; init; }
    public long Number { get; init; }
    public string Text { get; init; } = "";
    public DateTime At { get; init; }
    public DeliveryState State { get; init; }
    public bool Bulk { get; init; }
    public DateTime DueAt { get; init; }
    public int Attempts { get; init; }
    public DateTime? ClaimedAt { get; init; }
    public int? Fault { get; init; }

    /// <summary>Whether a message would tell nothing any more. A notice says itself until when it is of use.</summary>
    public bool IsStale(DateTime now) => Source switch
    {
        DeliverySource.Item => At < now - StaleAfter,
        DeliverySource.Digest => At < now - DigestStaleAfter,
        _ => false,
    };

    /// <summary>After an attempt, which is counted already; one that met the end of the day's quota is none.</summary>
    public Delivery After(Sending sending, DateTime now) => this with
    {
        Fault = sending.Fault,
        State = sending.Outcome switch
        {
            SendOutcome.Sent => DeliveryState.Sent,
            SendOutcome.NotAllowed => DeliveryState.LeftOut,
            SendOutcome.Wrong => DeliveryState.Dead,
            SendOutcome.Later => Attempts < AttemptsMax ? DeliveryState.Waiting : DeliveryState.Dead,
            SendOutcome.NotToday => DeliveryState.Waiting,
            _ => DeliveryState.Lost,
        },
        Attempts = sending.Outcome == SendOutcome.NotToday ? Attempts - 1 : Attempts,
        DueAt = sending.Outcome switch
        {
            SendOutcome.Later => now + PauseAfter(Attempts),
            SendOutcome.NotToday => NextMorning(now),
            _ => DueAt,
        },
    };

    /// <summary>The next morning in China; for what came in the night that of the same day, whose quota has begun.</summary>
    public static DateTime NextMorning(DateTime now)
    {
        var today = Clock.FromChina(Clock.Day(now) + Morning);
        return now < today ? today : Clock.FromChina(Clock.Day(now).AddDays(1) + Morning);
    }

    /// <summary>Twice as long after each attempt: 1 minute, 2, 4, and so on.</summary>
    public static TimeSpan PauseAfter(int attempts)
    {
        var pause = RetryFirst * Math.Pow(2, attempts - 1);
        return pause < RetryLast ? pause : RetryLast;
    }
}
