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
}
