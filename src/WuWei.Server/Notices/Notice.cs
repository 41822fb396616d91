using WuWei.Calls;
using WuWei.Errors;

namespace WuWei.Notices;

/// <summary>Numbered as in notices.proto.</summary>
public enum NoticeState : byte
{
    Scheduled = 1,
    Live,
    Expired,
    Withdrawn,
}

/// <summary>What a unit tells the people in it.</summary>
public sealed record Notice
{
    public const int TitleMax = 40;
    public const int TextMax = 2_500;
    public const int WordsMin = 2;
    public const int UnitsMax = 50;
    public const int DaysMax = 90;
    public const int DaysDefault = 30;

    /// <summary>Of one unit, still to come or not over.</summary>
    public const int OpenMax = 50;

    public static readonly TimeSpan ShownMin = TimeSpan.FromHours(1);

    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public string Title { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>The bit of each role is its number; 0 is everybody.</summary>
    public int Roles { get; init; }
    public bool Important { get; init; }
    public DateTime PublishAt { get; init; }
    public DateTime ExpiresAt { get; init; }
    public Guid MadeBy { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime? WithdrawnAt { get; init; }

    /// <summary>By whoever asked; known only where it was joined in.</summary>
    public bool Seen { get; init; }

    /// <summary>It has no end of its own: time alone makes it appear and disappear.</summary>
    public NoticeState StateAt(DateTime now) =>
        WithdrawnAt is not null ? NoticeState.Withdrawn
        : ExpiresAt <= now ? NoticeState.Expired
        : PublishAt > now ? NoticeState.Scheduled
        : NoticeState.Live;

    public void DemandOpen(DateTime now)
    {
        if (StateAt(now) is NoticeState.Expired or NoticeState.Withdrawn)
        {
            throw Over();
        }
    }

    public bool IsFor(int roles) => Roles == 0 || (Roles & roles) != 0;

    /// <summary>The roles in force of whoever calls.</summary>
    public static int RolesOf(Caller caller, DateTime now) =>
        Bits(caller.Roles.Where(r => r.IsInForce(now)).Select(r => r.Role));

    public static int Bits(IEnumerable<Role> roles) => roles.Aggregate(0, (all, role) => all | (1 << (int)role));

    public static IEnumerable<Role> RolesIn(int bits) =>
        Enum.GetValues<Role>().Where(role => (bits & (1 << (int)role)) != 0);

    public static RefusedException Over() => Refuse.Premature("NOTICE_OVER", "这条通知已经撤回或过期。");

    public static RefusedException Unknown() => Refuse.Missing("NOTICE_UNKNOWN", "没有找到这条通知。");
}
