using System.Security.Cryptography;
using WuWei.Feeds;

namespace WuWei.Webhooks;

public enum WebhookState : byte
{
    Active = 1,

    /// <summary>By an operator, or because it failed for too long.</summary>
    Stopped,
    Removed,
}

/// <summary>Why the last delivery was not taken.</summary>
public enum WebhookFault : byte
{
    None = 0,

    /// <summary>An answer that is none of 2xx.</summary>
    Status,
    TimedOut,
    Unreachable,

    /// <summary>Its certificate is not good.</summary>
    Untrusted,

    /// <summary>Its name leads to an address where no endpoint may be.</summary>
    AddressRefused,

    /// <summary>It wants to be somewhere else, and is not followed there.</summary>
    Redirected,

    /// <summary>It said that it wants nothing more.</summary>
    Gone,
}

/// <summary>What came of one delivery.</summary>
/// <param name="RetryAfter">How long the endpoint wants to be left alone.</param>
public sealed record WebhookOutcome(WebhookFault Fault, int? Status = null, TimeSpan? RetryAfter = null)
{
    public bool Taken => Fault == WebhookFault.None;
}

/// <summary>An endpoint of a partner, and how far it has come.</summary>
public sealed record Webhook
{
    public const int OfPartnerMax = 5;
    public const int OfAllMax = 100;

    /// <summary>A few failures in a long time are no reason to stop.</summary>
    private const int FailuresMin = 5;
    private const double JitterShare = 0.2;
    private const int IdBytes = 16;

    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromDays(1);

    public Guid Id { get; init; }
    public Guid PartnerId { get; init; }
    public string Url { get; init; } = "";
    public int Topics { get; init; }
    public byte[] Secret { get; init; } = [];
    public byte[]? OldSecret { get; init; }
    public DateTime? OldUntil { get; init; }
    public WebhookState State { get; init; }
    public DateTime AddedAt { get; init; }
    public long SeenUntil { get; init; }
    public long? BatchUntil { get; init; }
    public DateTime? TakenAt { get; init; }
    public int Failures { get; init; }
    public DateTime? FailingSince { get; init; }
    public WebhookFault Fault { get; init; }
    public int? Status { get; init; }
    public DateTime NextAt { get; init; }

    /// <summary>Where it is, without what may be a secret: nothing after the path.</summary>
    public string Place => new Uri(Url).GetLeftPart(UriPartial.Path);

    public IReadOnlyList<EntryTopic> TopicList =>
        [.. Enum.GetValues<EntryTopic>().Where(t => (Topics & Bit(t)) != 0)];

    public static int Bits(IEnumerable<EntryTopic> topics) => topics.Aggregate(0, (bits, t) => bits | Bit(t));

    /// <summary>
    /// Made of the body, so that an id names the same bytes for ever: receivers may take what has a known id for a replay.
    /// </summary>
    public string MessageId(ReadOnlySpan<byte> body) =>
        $"wuwei_{Id:n}_{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, IdBytes))}";

    /// <summary>The endpoint after one more failure.</summary>
    /// <param name="chance">From 0 to 1: endpoints that fail together do not come back together.</param>
    public Webhook Failed(WebhookOutcome outcome, DateTime now, double chance, TimeSpan stopAfter)
    {
        var (failures, since) = (Failures + 1, FailingSince ?? now);
        var over = outcome.Fault == WebhookFault.Gone || (failures >= FailuresMin && now - since >= stopAfter);
        return this with
        {
            State = over ? WebhookState.Stopped : State,
            Failures = failures,
            FailingSince = since,
            Fault = outcome.Fault,
            Status = outcome.Status,
            NextAt = now + Pause(failures, chance, outcome.RetryAfter),
        };
    }

    /// <summary>Twice as long after each failure; longer if the endpoint asks for it.</summary>
    public static TimeSpan Pause(int failures, double chance, TimeSpan? retryAfter)
    {
        var grown = PauseMin * Math.Pow(2, Math.Min(failures - 1, 20));
        var pause = (grown < PauseMax ? grown : PauseMax) * (1 - JitterShare + (2 * JitterShare * chance));
        return retryAfter is not { } asked || asked <= pause ? pause : asked < RetryAfterMax ? asked : RetryAfterMax;
    }

    private static int Bit(EntryTopic topic) => 1 << ((int)topic - 1);
}
