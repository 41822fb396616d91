using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>
/// Who a token belongs to. MySQL is the truth; Redis remembers for 5 seconds and each process for 4, so what is ended
/// anywhere is over everywhere within 10, without any push. Redis may be away: then the database answers.
/// </summary>
public sealed class Sessions(Database database, HybridCache cache, TimeProvider clock)
{
    private static readonly TimeSpan Term = TimeSpan.FromDays(30);
    private static readonly TimeSpan RenewedEvery = TimeSpan.FromDays(1);

    private static readonly HybridCacheEntryOptions Remember = new()
    {
        Expiration = TimeSpan.FromSeconds(5),
        LocalCacheExpiration = TimeSpan.FromSeconds(4),
    };

    public async ValueTask<Caller?> FindAsync(byte[] tokenHash, CancellationToken cancel)
    {
        var caller = await cache.GetOrCreateAsync(
            Key(tokenHash),
            (Sessions: this, tokenHash),
            static (state, token) => state.Sessions.LoadAsync(state.tokenHash, token),
            Remember,
            cancellationToken: cancel);
        return caller is not null && caller.ExpiresAt > clock.Now() ? caller : null;
    }

    /// <summary>Starts a session in the transaction of the sign-in.</summary>
    /// <param name="byPassword">With password and authenticator: the roles of staff count only then.</param>
    /// <param name="device">The keyed hash of the device's name, if it told one.</param>
    public static (string Token, DateTime ExpiresAt) Start(
        DbSession db, Guid personId, bool byPassword, DateTime now, byte[]? device = null)
    {
        var token = Token.New();
        db.AddSession(Token.Hash(token)!, personId, byPassword, now, now + Term, device);
        return (token, now + Term);
    }

    /// <summary>After commit: what this process and Redis remember of these sessions is no longer so.</summary>
    public async Task ForgetAsync(IEnumerable<byte[]> tokenHashes)
    {
        foreach (var hash in tokenHashes)
        {
            try
            {
                await cache.RemoveAsync(Key(hash));
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // Redis is away: this process has forgotten already, and the others remember for seconds only.
            }
        }
    }

    /// <summary>The same for all sessions of a person: their roles or name changed.</summary>
    public async Task ForgetAsync(Guid personId, CancellationToken cancel) =>
        await ForgetAsync(await database.ReadAsync(db => db.ListSessionsAsync(personId), cancel));

    private async ValueTask<Caller?> LoadAsync(byte[] tokenHash, CancellationToken cancel)
    {
        var now = clock.Now();
        var found = await database.ReadAsync(db => db.FindCallerAsync(tokenHash, now), cancel);
        if (found is not var (caller, renewedAt))
        {
            return null;
        }

        if (renewedAt > now - RenewedEvery || caller.ExpiresAt <= now)
        {
            return caller;
        }

        await database.HousekeepAsync(
            db => db.RenewSessionAsync(tokenHash, renewedAt, now, now + Term), cancel);
        return caller with { ExpiresAt = now + Term };
    }

    private static string Key(byte[] tokenHash) => $"session:{Convert.ToHexStringLower(tokenHash)}";
}
