using System.Security.Cryptography;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Points;

namespace WuWei.Invitations;

/// <summary>An invitation that somebody made.</summary>
public record Invitation
{
    public const int CodeLength = 10;
    public const int DaysMax = 30;

    /// <summary>So many may come by one.</summary>
    public const int CameMax = 100;

    /// <summary>32 signs that nobody takes for another: 50 bits, which nobody guesses.</summary>
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public Guid Id { get; init; }
    public string Code { get; init; } = "";
    public Guid InviterId { get; init; }
    public Guid? ActivityId { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime ExpiresAt { get; init; }
    public int Came { get; init; }

    /// <summary>Known only where it was counted for showing.</summary>
    public int Served { get; init; }

    public static string NewCode() => RandomNumberGenerator.GetString(Alphabet, CodeLength);

    /// <summary>A code as somebody typed it; null when it can be none.</summary>
    public static string? ReadCode(string text)
    {
        if (text.Length > CodeLength * 2)
        {
            return null;
        }

        var code = text.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
            .ToUpperInvariant();
        return code.Length == CodeLength && code.All(Alphabet.Contains) ? code : null;
    }
}

/// <summary>An invitation as it is for somebody who says that they came by it.</summary>
public sealed record InvitationToRedeem : Invitation
{
    private static readonly TimeSpan NewFor = TimeSpan.FromDays(7);

    public string InviterName { get; init; } = "";

    /// <summary>What is known of the one who came.</summary>
    public DateTime HereSince { get; init; }
    public bool CameBefore { get; init; }
    public bool HasServed { get; init; }
    public bool InvitedInviter { get; init; }
    public bool SharesDevice { get; init; }
    public bool SharesHome { get; init; }

    /// <summary>What looks odd about it, for whoever decides on its points later.</summary>
    public Suspicion Suspicion =>
        (SharesDevice ? Suspicion.SameDevice : Suspicion.None)
        | (SharesHome ? Suspicion.SameHousehold : Suspicion.None);

    /// <summary>Refuses unless they may have come by it.</summary>
    public void Demand(Caller caller, DateTime now)
    {
        var refusal = this switch
        {
            { CameBefore: true } => Redeemed(),
            { InvitedInviter: true } => Own(),
            _ when InviterId == caller.PersonId => Own(),
            _ when now >= ExpiresAt => Refuse.Premature("INVITATION_EXPIRED", "这个邀请已经过期了，请邀请人再发一个。"),
            { HasServed: true } => TooLate(),
            _ when now - HereSince > NewFor => TooLate(),
            { Came: >= CameMax } => Refuse.Exhausted("INVITATION_USED_UP", "这个邀请已经用满了，请邀请人再发一个。"),
            _ => null,
        };
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    public static RefusedException Unknown() => Refuse.Missing("INVITATION_UNKNOWN", "没有这个邀请码，请检查一下。");

    private static RefusedException Redeemed() => Refuse.Taken("INVITATION_REDEEMED", "你已经填过邀请码了。");

    private static RefusedException Own() => Refuse.Denied("INVITATION_OWN", "不能用自己的邀请，也不能互相邀请。");

    private static RefusedException TooLate() =>
        Refuse.Premature("INVITATION_TOO_LATE", $"邀请码要在第一次登录后 {NewFor.Days} 天内、参加服务之前填写。");
}
