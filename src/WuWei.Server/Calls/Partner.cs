using WuWei.Errors;

namespace WuWei.Calls;

/// <summary>Another system, as this process knows it for some seconds.</summary>
/// <param name="Code">What operators call it.</param>
/// <param name="Purpose">What it has been let in for.</param>
/// <param name="Units">Where: these and everything below them.</param>
/// <param name="People">On whose behalf it may act.</param>
/// <param name="QuotaPerDay">How many calls it may make in a day of China's.</param>
/// <param name="Version">One more with each change of these.</param>
public sealed record Partner(
    Guid Id,
    string Code,
    string Name,
    string Purpose,
    IReadOnlyList<PartnerScope> Scopes,
    IReadOnlySet<Guid> Units,
    IReadOnlySet<Guid> People,
    int QuotaPerDay,
    DateTime StartsAt,
    DateTime? EndsAt,
    DateTime? RevokedAt,
    int Version = 1)
{
    /// <summary>The scope for what a district shows to everybody.</summary>
    public const string PublicScope = "public";

    /// <summary>Why it is not let in, or null when it is.</summary>
    public RefusedException? Refusal(DateTime now) =>
        RevokedAt <= now ? Revoked()
        : now < StartsAt ? Refuse.Unauthenticated("PARTNER_NOT_YET", "这个系统的接入还没有开始。")
        : EndsAt <= now ? Refuse.Unauthenticated("PARTNER_OVER", "这个系统的接入已经到期，请联系管理单位。")
        : null;

    /// <summary>
    /// The scope that has a call or another thing that partners may do; null when none has. One for it alone comes
    /// first, so that its quota holds beside a wider scope.
    /// </summary>
    /// <param name="name">Such as <c>WishService/GetWish</c>.</param>
    /// <param name="isPublic">Whether it shows only what everybody may see.</param>
    public PartnerScope? ScopeOf(string name, bool isPublic) =>
        Scopes.FirstOrDefault(s => s.Name == name)
        ?? Scopes.FirstOrDefault(s => s.Has(name) || (isPublic && s.Name == PublicScope));

    /// <summary>Whether a unit is one of its own.</summary>
    /// <param name="path">The unit and its ancestors.</param>
    public bool Covers(IEnumerable<Guid> path) => path.Any(Units.Contains);

    public static RefusedException Revoked() =>
        Refuse.Unauthenticated("PARTNER_REVOKED", "这个系统的接入已经停止，请联系管理单位。");

    public static RefusedException ScopeMissing() =>
        Refuse.Denied("SCOPE_MISSING", "这个系统没有登记使用这个接口，请联系管理单位。");

    public static RefusedException UnitOutOfReach() =>
        Refuse.Denied("UNIT_OUT_OF_REACH", "这个单位不在这个系统登记的范围内。");
}

/// <summary>What a partner may do: one call, all of a service (<c>Service/*</c>), or a group by its name.</summary>
/// <param name="QuotaPerDay">How many of these in a day; null when only the partner's own quota bounds them.</param>
public sealed record PartnerScope(string Name, int? QuotaPerDay)
{
    public bool Has(string name) =>
        Name == name || (Name.EndsWith("/*", StringComparison.Ordinal)
            && name.StartsWith(Name[..^1], StringComparison.Ordinal));
}
