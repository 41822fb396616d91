using System.ComponentModel;

namespace WuWei.Calls;

/// <summary>A signed-in person, as this process remembers them for a few seconds.</summary>
/// <param name="PhoneIndex">Blind index of their phone; a wish made for that phone is made for them.</param>
/// <param name="ShownName">As others see them.</param>
[ImmutableObject(true)]
public sealed record Caller(
    Guid PersonId,
    Guid? HomeUnitId,
    byte[]? PhoneIndex,
    string ShownName,
    bool ShowPartyBadge,
    DateTime ExpiresAt,
    IReadOnlyList<HeldRole> Roles)
{
    /// <summary>Who did not sign in: a stranger, who lives nowhere, holds no role and is nobody to anything.</summary>
    public static Caller Nobody { get; } = new(Guid.Empty, null, null, "", false, DateTime.MaxValue, []);

    /// <summary>A partner as the caller of what it does for itself: a stranger as well, but one with an id of its own.</summary>
    public static Caller Of(Partner partner) => Nobody with { PersonId = partner.Id, ShownName = partner.Name };

    public bool Holds(Role role, DateTime now) =>
        role == Role.Resident || Roles.Any(r => r.Role == role && r.IsInForce(now));

    /// <summary>Whether a role in force has this unit in its scope.</summary>
    /// <param name="path">The unit and its ancestors.</param>
    public bool Covers(Role role, IReadOnlyList<Guid> path, DateTime now) =>
        Roles.Any(r => r.Role == role && r.IsInForce(now) && path.Contains(r.UnitId));
}
