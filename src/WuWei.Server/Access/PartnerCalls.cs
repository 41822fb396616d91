using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Partners;

namespace WuWei.Access;

/// <summary>
/// Calls of other systems. Where connections carry client certificates only they call; a key is good for a partner's trials
/// at the door without. A token makes nobody a person there: people come in by their own door.
/// </summary>
public sealed class PartnerCalls(PartnerGate gate, OnBehalf onBehalf, Units units)
{
    private const string KeyHeader = "x-wuwei-partner-key";
    private const string TokenHeader = "authorization";

    /// <summary>The partner that calls, and as whom; null when it is a person's program.</summary>
    public async Task<(Partner Partner, Caller Caller)?> FindAsync(
        ServerCallContext context, Permission permission, Doors door, string source)
    {
        if (ShownKey.Of(context) is { } shown)
        {
            return await EnterAsync(context, permission, source, shown);
        }

        var http = context.GetHttpContext();
        var key = KeyOf(context);
        if (PartnerConnection.IsPartnersOnly(http))
        {
            var partner = PartnerConnection.AdmittedPartner(http);
            return key is null
                ? await EnterAsync(context, permission, source, partner)
                : throw await gate.NotedAsync(KeyNotHere(), source, partner, permission.Rpc);
        }

        return key is null ? null
            : door == Doors.Systems
                ? await EnterAsync(
                    context, permission, source,
                    await gate.AdmitKeyAsync(key, source, permission.Rpc, context.CancellationToken))
            : throw await gate.NotedAsync(KeyNotHere(), source, partner: null, permission.Rpc);
    }

    /// <summary>
    /// Why a partner may not go on with its stream: it, its scope or the units, as they are now. Null while it may.
    /// There are no streams on a person's behalf.
    /// </summary>
    public async Task<RefusedException?> OverAsync(
        ServerCallContext context, Call call, Partner partner, CancellationToken cancel)
    {
        var permission = call.Permission;
        try
        {
            var now = await gate.StillAsync(
                partner, PartnerConnection.Certificate(context.GetHttpContext()), KeyOf(context),
                ShownKey.Of(context) is { } shown ? shown.Scope
                    : permission.Partners == PartnerUse.Always ? null : permission.ScopeName,
                IsPublic(permission), cancel);
            var tree = await units.TreeAsync(cancel);
            return call.IsInReachOf(now, unit => tree.Find(unit)?.Path ?? []) ? null : Partner.UnitOutOfReach();
        }
        catch (RefusedException refused)
        {
            // The database is away: the next look tells.
            return refused.Code == StatusCode.Unavailable ? null : refused;
        }
    }

    /// <summary>By another form of asking: for itself, and for what it is registered to use that form for.</summary>
    private async Task<(Partner, Caller)> EnterAsync(
        ServerCallContext context, Permission permission, string source, ShownKey shown)
    {
        var partner = await gate.AdmitKeyAsync(shown.Key, source, permission.Rpc, context.CancellationToken);
        await gate.AllowAsync(partner, shown.Scope, IsPublic(permission), source, context.CancellationToken);
        return (partner, Caller.Of(partner));
    }

    private async Task<(Partner, Caller)> EnterAsync(
        ServerCallContext context, Permission permission, string source, Partner partner)
    {
        if (context.RequestHeaders.GetValue(TokenHeader) is not null)
        {
            throw await gate.NotedAsync(
                Refuse.Unauthenticated("PERSON_TOKEN_NOT_HERE", "系统对接不使用个人的登录凭证。"),
                source, partner, permission.Rpc);
        }

        if (permission.Partners == PartnerUse.Always)
        {
            return (partner, Caller.Of(partner));
        }

        if (permission.Partners == PartnerUse.None)
        {
            throw await gate.NotedAsync(Partner.ScopeMissing(), source, partner, permission.Rpc);
        }

        await gate.AllowAsync(
            partner, permission.ScopeName, IsPublic(permission), source, context.CancellationToken);
        try
        {
            return (partner, await onBehalf.CallerAsync(partner, permission, context));
        }
        catch (RefusedException refused) when (refused.Code == StatusCode.PermissionDenied)
        {
            throw await gate.NotedAsync(refused, source, partner, permission.Rpc);
        }
    }

    private static string? KeyOf(ServerCallContext context) =>
        ShownKey.Of(context)?.Key ?? context.RequestHeaders.GetValue(KeyHeader);

    private static bool IsPublic(Permission permission) => permission is { WithoutSignIn: true, Writes: false };

    private static RefusedException KeyNotHere() =>
        Refuse.Unauthenticated("PARTNER_KEY_NOT_HERE", "这里不使用系统密钥。");
}
