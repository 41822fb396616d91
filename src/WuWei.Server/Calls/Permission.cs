namespace WuWei.Calls;

/// <summary>Where a call's object must lie.</summary>
public enum Scope
{
    /// <summary>The caller's own affairs, or none in particular: no object to check.</summary>
    Own,

    /// <summary>Inside the subtree of the role's unit, unless a relation allows it.</summary>
    Subtree,

    /// <summary>Anywhere; what the caller may not see is still missing.</summary>
    All,
}

[Flags]
public enum Doors
{
    /// <summary>Other systems, over plain gRPC.</summary>
    Systems = 1,

    /// <summary>People, over gRPC-Web and JSON.</summary>
    Public = 2,
    Both = Systems | Public,
}

/// <summary>Whether other systems may have a call at all, if it is in their scopes.</summary>
public enum PartnerUse
{
    /// <summary>Only people.</summary>
    None,

    /// <summary>A partner for itself, as a stranger: what concerns no unit in particular.</summary>
    Anywhere,

    /// <summary>The same, where the object's unit is one of its own.</summary>
    InUnits,

    /// <summary>A partner only on behalf of one of its people, with the rights that they have in its units.</summary>
    OnBehalf,

    /// <summary>Every partner, without a scope: whether anybody is there.</summary>
    Always,
}

/// <summary>Who may make a call, on what, through which doors. A call without one does not exist.</summary>
/// <param name="Rpc">Service and method, such as <c>wuwei.v1.WishService/ClaimWish</c>.</param>
/// <param name="Roles">One of these; empty when only relations count. Null: anyone, signed in or not.</param>
/// <param name="Relations">Or one of these to the object.</param>
/// <param name="Writes">Whether it changes something, so that a key is mandatory.</param>
public sealed record Permission(
    string Rpc, Role[]? Roles, Relation Relations, Scope Scope, Doors Doors, bool Writes)
{
    /// <summary>At the public door also without signing in: then it answers what it would answer a stranger.</summary>
    public bool WithoutSignIn { get; init; }

    public PartnerUse Partners { get; init; }

    /// <summary>The call as scopes name it, such as <c>WishService/GetWish</c>.</summary>
    public string ScopeName => Rpc[(Rpc.LastIndexOf('.') + 1)..];
}
