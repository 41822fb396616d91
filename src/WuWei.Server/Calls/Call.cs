using System.Collections.Immutable;
using WuWei.Errors;

namespace WuWei.Calls;

/// <summary>Numbered as the client says it in metadata <c>x-wuwei-channel</c>; recorded, never trusted.</summary>
public enum Channel : byte
{
    Unknown = 0,
    Weapp,
    H5,
    App,
    Site,
    Screen,
    Console,
}

/// <summary>One call as far as rights, keys and the record are concerned.</summary>
/// <param name="source">Where it comes from: an address, or an IPv6 network.</param>
/// <param name="key">The idempotency key of a writing call.</param>
public sealed class Call(
    Permission permission, Caller? caller, string source, Channel channel, string? key, DateTime now)
{
    /// <summary>A call of a partner's that asks for more units than this is a bug.</summary>
    private const int ReachedMax = 100;

    private bool _demanded;

    /// <summary>The units that a partner got something of. Others look at them while a stream adds to them.</summary>
    private volatile ImmutableHashSet<Guid> _reached = [];

    public Permission Permission => permission;
    public string Source => source;
    public Channel Channel => channel;
    public string? Key => key;
    public DateTime Now => now;

    /// <summary>The other system that calls, on somebody's behalf or for itself; null when a person's program does.</summary>
    public Partner? Partner { get; init; }

    /// <summary>Whether a partner calls for itself, not on a person's behalf.</summary>
    public bool IsPartners => Partner is not null && Partner.Id == CallerOrNull?.PersonId;

    /// <summary>Cancelled when a stream must end: the client is gone, the session is over or the server stops.</summary>
    public CancellationToken Until { get; set; }

    /// <summary>Null on calls that anyone may make.</summary>
    public Caller? CallerOrNull => caller;

    public Caller Caller => caller ?? throw new InvalidOperationException("This call has no caller.");

    /// <summary>The caller as they were last looked at while a stream runs: their roles come and go meanwhile.</summary>
    public Caller CallerNow { get => field ?? Caller; set; }

    /// <summary>Whether the caller, as they were last looked at, holds one of the permission's roles anywhere.</summary>
    public bool HoldsRole(DateTime at) =>
        Permission.Roles is not { } roles || roles.Any(role => CallerNow.Holds(role, at));

    /// <summary>Whether the slice checked the object of the call. A call that needed it and did not is a bug.</summary>
    public bool Demanded => _demanded
        || (Permission.Scope == Scope.Own && (Partner is null || Permission.Partners != PartnerUse.InUnits));

    /// <summary>
    /// Refuses unless the caller has one of the permission's relations to the object, or one of its roles over it.
    /// </summary>
    /// <param name="relation">What the caller is to the object.</param>
    /// <param name="path">The unit of the object and its ancestors.</param>
    /// <returns>The role that allowed it, or null when a relation did.</returns>
    public Role? Demand(Relation relation, IReadOnlyList<Guid> path)
    {
        DemandReach(path);
        if ((relation & Permission.Relations) != 0)
        {
            return null;
        }

        foreach (var role in Permission.Roles ?? [])
        {
            if (Permission.Scope == Scope.All ? Caller.Holds(role, Now) : Caller.Covers(role, path, Now))
            {
                return role;
            }
        }

        throw Denied();
    }

    /// <summary>Staff and auditors see what happens in their units and below.</summary>
    /// <param name="path">The unit and its ancestors.</param>
    public bool Oversees(IReadOnlyList<Guid> path) =>
        Caller.Covers(Role.Staff, path, Now) || Caller.Covers(Role.Auditor, path, Now);

    /// <summary>Refuses unless the caller oversees the unit.</summary>
    public void DemandOversight(IReadOnlyList<Guid> path)
    {
        DemandReach(path);
        if (!Oversees(path))
        {
            throw Denied();
        }
    }

    /// <summary>Refuses unless the caller holds this role over the unit.</summary>
    public void DemandRole(Role role, IReadOnlyList<Guid> path)
    {
        DemandReach(path);
        if (!Caller.Covers(role, path, Now))
        {
            throw Denied();
        }
    }

    /// <summary>
    /// Refuses unless a partner calls for itself. Which units it may see is its <see cref="Calls.Partner.Covers"/>.
    /// </summary>
    public Partner DemandPartner()
    {
        _demanded = true;
        return IsPartners ? Partner! : throw Denied();
    }

    /// <summary>The object is nobody's in particular, and every signed-in caller may have it, but no partner.</summary>
    public void DemandNothing() => DemandReach([]);

    /// <summary>The same, and a partner may have it where the unit is one of its own.</summary>
    /// <param name="path">The unit of the object and its ancestors.</param>
    public void DemandReach(IReadOnlyList<Guid> path)
    {
        _demanded = true;
        if (Partner is null)
        {
            return;
        }

        if (!Partner.Covers(path))
        {
            throw Calls.Partner.UnitOutOfReach();
        }

        _reached = _reached.Add(path[0]);
        if (_reached.Count > ReachedMax)
        {
            throw new InvalidOperationException($"{Permission.Rpc} asks for more than {ReachedMax} units.");
        }
    }

    /// <summary>Whether all that this call got is in the partner's units, as both are now: a stream may outlast them.</summary>
    /// <param name="pathOf">A unit and its ancestors, as the tree is now.</param>
    public bool IsInReachOf(Partner partner, Func<Guid, IReadOnlyList<Guid>> pathOf) =>
        _reached.All(unit => partner.Covers(pathOf(unit)));

    public static RefusedException Denied() => Refuse.Denied("NOT_PERMITTED", "你没有这项操作的权限。");
}

/// <summary>A call made of a request of another form, whose headers are not its own.</summary>
public interface IEnteredCall;

public static class CallContext
{
    private static readonly object Key = new();

    public static Call Call(this ServerCallContext context) => (Call)context.GetHttpContext().Items[Key]!;

    public static void SetCall(this ServerCallContext context, Call call) => context.GetHttpContext().Items[Key] = call;

    /// <summary>One header of the request: to ask for the metadata would copy them all.</summary>
    public static string? Header(this ServerCallContext context, string name) =>
        context is IEnteredCall ? context.RequestHeaders.GetValue(name)
        : context.GetHttpContext().Request.Headers.TryGetValue(name, out var values) ? values.ToString()
        : null;
}
