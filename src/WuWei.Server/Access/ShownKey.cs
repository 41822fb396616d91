namespace WuWei.Access;

/// <summary>
/// The key of a partner that came by a form of asking that has keys, such as Open311, and what partners are registered for to
/// use it. Only the program itself can say so of a call: nothing that a caller sends does.
/// </summary>
public sealed record ShownKey(string Key, string Scope)
{
    /// <summary>Reporting by Open311, and looking at what became of it.</summary>
    public const string Open311Scope = "open311";

    private static readonly object Slot = new();

    public void On(ServerCallContext context) => context.UserState[Slot] = this;

    public static ShownKey? Of(ServerCallContext context) => context.UserState.TryGetValue(Slot, out var shown) ? (ShownKey)shown : null;
}
