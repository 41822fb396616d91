using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Hosting;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>
/// Lets a call in when the permission table has it for this door, its caller holds a role for it, and a write carries
/// a key. The other half, whether the role or a relation reaches the object, is the slice's Demand; a call that
/// answers without it is a bug and fails.
/// </summary>
public sealed class AccessInterceptor(
    Sessions sessions, PartnerCalls partners, SecurityEvents events, RateLimits rates, TimeProvider clock,
    IHostApplicationLifetime lifetime)
    : Interceptor
{
    private const string KeyHeader = "idempotency-key";
    private const string ChannelHeader = "x-wuwei-channel";
    private const string TokenHeader = "authorization";
    private const string DeviceHeader = "x-wuwei-device";
    private const int DeviceLengthMax = 64;
    private const string TokenPrefix = "Bearer ";
    private const int KeyLengthMin = 8;
    private const int KeyLengthMax = 64;

    /// <summary>
    /// With the seconds that sessions are remembered: an ended session or role ends its streams within 10 s. Looking
    /// costs one statement in 4 s for all streams of a session, and one in 10 s for all partners.
    /// </summary>
    private static readonly TimeSpan CallerLookedAtEvery = TimeSpan.FromSeconds(1);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var call = await EnterAsync(context);
        try
        {
            var response = await continuation(request, context);
            return call.Demanded
                ? response
                : throw new InvalidOperationException($"{context.Method} answered without checking its object.");
        }
        catch (RefusedException refused) when (refused.Code == StatusCode.PermissionDenied)
        {
            await NoteDeniedAsync(call, refused.Reason);
            throw;
        }
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        StreamAsync(context, _ => continuation(request, responseStream, context));

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await EnterStreamAsync(context);
        return await continuation(requestStream, context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        StreamAsync(context, call => continuation(
            new ReaderUntil<TRequest>(requestStream, call.Until), responseStream, context));

    public static byte[]? TokenHash(ServerCallContext context)
    {
        var header = context.Header(TokenHeader);
        return header?.StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase) == true
            ? Token.Hash(header[TokenPrefix.Length..])
            : null;
    }

    /// <summary>One stream, for as long as its caller is let in.</summary>
    private async Task StreamAsync(ServerCallContext context, Func<Call, Task> run)
    {
        var call = await EnterStreamAsync(context);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        call.Until = over.Token;
        var watch = call.Permission.Roles is null && call.Partner is null
            ? Task.FromResult<RefusedException?>(null)
            : EndWithCallerAsync(context, call, over);
        RefusedException? ended = null;
        try
        {
            await run(call);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // A stream has no end of its own: this is how it ends well.
        }
        catch (RefusedException refused) when (refused.Code == StatusCode.PermissionDenied)
        {
            await NoteDeniedAsync(call, refused.Reason);
            throw;
        }
        finally
        {
            await over.CancelAsync();
            ended = await watch;
        }

        if (ended is not null)
        {
            throw RefusalInterceptor.ToRpc(ended);
        }
    }

    /// <summary>Ends a stream whose caller is not let in any more: they were known only when it began.</summary>
    /// <returns>Why; null when it ended otherwise.</returns>
    private async Task<RefusedException?> EndWithCallerAsync(
        ServerCallContext context, Call call, CancellationTokenSource over)
    {
        using var look = new PeriodicTimer(CallerLookedAtEvery);
        try
        {
            while (await look.WaitForNextTickAsync(over.Token))
            {
                var ended = call.Partner is { } partner
                    ? await partners.OverAsync(context, call, partner, over.Token)
                    : await PersonOverAsync(context, call, over.Token);
                if (ended is not null)
                {
                    return ended;
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The stream ended by itself.
        }
        finally
        {
            // Also when looking fails: no stream goes on unwatched.
            await over.CancelAsync();
        }

        return null;
    }

    /// <summary>Why a person may not go on with their stream, by their session and roles as they are now.</summary>
    private async Task<RefusedException?> PersonOverAsync(
        ServerCallContext context, Call call, CancellationToken cancel)
    {
        try
        {
            if (await sessions.FindAsync(TokenHash(context)!, cancel) is not { } caller)
            {
                return Sessions.SignInRequired();
            }

            call.CallerNow = caller;
            return IsLetIn(call, clock.Now()) ? null : Call.Denied();
        }
        catch (RefusedException)
        {
            // The database is away: the next look tells.
            return null;
        }
    }

    /// <summary>Whether the caller holds a role for it. Where a relation will do, only the slice can tell.</summary>
    private static bool IsLetIn(Call call, DateTime now) =>
        call.Permission.Relations != Relation.None || call.HoldsRole(now);

    private async Task<Call> EnterStreamAsync(ServerCallContext context)
    {
        try
        {
            return await EnterAsync(context);
        }
        catch (RefusedException refused)
        {
            throw RefusalInterceptor.ToRpc(refused);
        }
    }

    private async Task<Call> EnterAsync(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var (door, source) = (Door.Of(http), Source(http.Connection.RemoteIpAddress));
        if (door == Doors.Public)
        {
            Slow(context, source);
        }

        if (!Permissions.ByRpc.TryGetValue(context.Method[1..], out var permission)
            || (permission.Doors & door) == 0)
        {
            throw new RefusedException(StatusCode.Unimplemented, "CALL_UNKNOWN", "没有这个接口。", []);
        }

        if (await partners.FindAsync(context, permission, door, source) is var (partner, behind))
        {
            var theirs = new Call(
                permission, behind, source, ChannelOf(context), KeyOf(context, permission), clock.Now())
            {
                Partner = partner,
            };
            context.SetCall(theirs);
            return theirs;
        }

        // A token that is none is refused all the same: who has one wants to be known.
        var caller = permission.Roles is null ? null
            : permission.WithoutSignIn && door == Doors.Public && context.Header(TokenHeader) is null
                ? Caller.Nobody
            : await FindCallerAsync(context, source);
        if (door == Doors.Public && caller is not null && caller != Caller.Nobody)
        {
            rates.Take(RateOf.Person, $"{caller.PersonId:n}");
        }

        var call = new Call(
            permission, caller, source, ChannelOf(context), KeyOf(context, permission), clock.Now());
        context.SetCall(call);
        if (!IsLetIn(call, call.Now))
        {
            await NoteDeniedAsync(call, SecurityEvents.CallDenied);
            throw Call.Denied();
        }

        return call;
    }

    /// <summary>Before anything is looked up: what comes too often shall cost little.</summary>
    private void Slow(ServerCallContext context, string source)
    {
        rates.Take(RateOf.Address, source);
        if (context.Header(DeviceHeader) is { Length: > 0 and <= DeviceLengthMax } device)
        {
            // Redis is to know no device, only that it is the same.
            rates.Take(RateOf.Device, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(device))));
        }
    }

    private async Task<Caller> FindCallerAsync(ServerCallContext context, string source)
    {
        if (TokenHash(context) is not { } hash
            || await sessions.RecallAsync(hash, context.CancellationToken) is not { } caller)
        {
            throw Sessions.SignInRequired();
        }

        if (sessions.IsInForce(caller))
        {
            return caller;
        }

        if (await sessions.EndIfReplacedAsync(hash, context.CancellationToken) is { } person)
        {
            await events.NoteAsync(SecurityEvents.TokenReused, source, person, context.Method[1..]);
        }

        throw Sessions.SignInRequired();
    }

    private Task NoteDeniedAsync(Call call, string reason) => events.NoteAsync(
        call.Partner is null ? SecurityEvents.CallDenied : reason, call.Source,
        call.Partner?.Id ?? call.CallerOrNull?.PersonId, call.Permission.Rpc);

    private static string? KeyOf(ServerCallContext context, Permission permission)
    {
        if (!permission.Writes)
        {
            return null;
        }

        var key = context.Header(KeyHeader);
        return key is { Length: >= KeyLengthMin and <= KeyLengthMax } && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw Refuse.Invalid(
                "IDEMPOTENCY_KEY_REQUIRED", $"请求没有带编号，请更新小程序后再试。");
    }

    private static Channel ChannelOf(ServerCallContext context) =>
        Enum.TryParse<Channel>(
            context.Header(ChannelHeader)?.Split('/')[0], ignoreCase: true, out var channel)
        && Enum.IsDefined(channel)
            ? channel
            : Channel.Unknown;

    /// <summary>One IPv6 household has a whole /64, so that is the source.</summary>
    public static string Source(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
