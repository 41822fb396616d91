using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>
/// Who a token belongs to. MySQL is the truth; Redis remembers for 5 seconds and each process for 4, so what is ended
/// anywhere is over everywhere within 10, without any push. Redis may be away: then the database answers.
/// A session has one token after another; one that is shown long after it was replaced is in other hands, too.
/// </summary>
public sealed class Sessions(Database database, HybridCache cache, TimeProvider clock)
{
    private static readonly TimeSpan Term = TimeSpan.FromDays(30);
    private static readonly TimeSpan RenewedEvery = TimeSpan.FromDays(1);

    /// <summary>How long a replaced token is good: the answer with the next one may have been lost.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private static readonly Limit Renewals = new("renew", 30, TimeSpan.FromDays(1));

    private static readonly HybridCacheEntryOptions Remember = new()
    {
        Expiration = TimeSpan.FromSeconds(5),
        LocalCacheExpiration = TimeSpan.FromSeconds(4),
    };

    public async ValueTask<Caller?> FindAsync(byte[] tokenHash, CancellationToken cancel) =>
        await RecallAsync(tokenHash, cancel) is { } caller && IsInForce(caller) ? caller : null;

    /// <summary>Whoever a token belongs or belonged to: it may be over.</summary>
    public ValueTask<Caller?> RecallAsync(byte[] tokenHash, CancellationToken cancel) => cache.GetOrCreateAsync(
        Key(tokenHash),
        (Sessions: this, tokenHash),
        static (state, token) => state.Sessions.LoadAsync(state.tokenHash, token),
        Remember,
        cancellationToken: cancel);

    public bool IsInForce(Caller caller) => caller.ExpiresAt > clock.Now();

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

    /// <summary>
    /// One more token for the session of this one, which is good for a short while longer. Renewed again in that time it
    /// gives another, and both go on: nobody knows which of the answers arrived.
    /// </summary>
    public async Task<(string Token, DateTime ExpiresAt)> RenewAsync(byte[] tokenHash, CancellationToken cancel)
    {
        var now = clock.Now();
        var token = Token.New();
        var tokens = await database.HousekeepAsync(async db =>
        {
            if (await db.LockSessionAsync(tokenHash, now, now + Term) is not { } shown
                || shown.ReplacedAt <= now - Grace)
            {
                throw SignInRequired();
            }

            if (!await db.TakeAsync(Renewals, shown.SessionHash, now))
            {
                throw Refuse.Exhausted("RENEWED_TOO_OFTEN", "操作太频繁了，请过一会儿再试。");
            }

            if (shown.TokenHash is null)
            {
                db.AddSessionToken(tokenHash, shown.SessionHash, now, replacedAt: now);
            }
            else if (shown.ReplacedAt is null)
            {
                await db.ReplaceSessionTokensAsync(shown.SessionHash, now);
            }

            db.AddSessionToken(Token.Hash(token)!, shown.SessionHash, now, replacedAt: null);
            return await db.ListTokensAsync(tokenHash, now);
        }, cancel);
        await ForgetAsync(tokens);
        return (token, now + Term);
    }

    /// <summary>Ends a session of which a token was shown that had been replaced before: two people have it.</summary>
    /// <returns>Whose it was; null when the token is of no such kind.</returns>
    public async Task<Guid?> EndIfReplacedAsync(byte[] tokenHash, CancellationToken cancel)
    {
        var now = clock.Now();
        var (shown, tokens) = await database.ReadAsync(async db =>
            (await db.FindSessionTokenAsync(tokenHash), await db.ListTokensAsync(tokenHash, now)), cancel);
        if (shown is null || !(shown.ReplacedAt <= now - Grace))
        {
            return null;
        }

        await database.WriteAsync(async db =>
        {
            db.Record(JournalEntry.BySystem(
                now, "clock", "SESSION_ENDED", "person", shown.PersonId, null, new { reason = SecurityEvents.TokenReused }));
            return await db.EndSessionAsync(shown.SessionHash) == 1 ? true : throw SignInRequired();
        }, cancel);
        await ForgetAsync(tokens);
        return shown.PersonId;
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
        await ForgetAsync(await database.ReadAsync(db => db.ListTokensAsync(personId, clock.Now()), cancel));

    private async ValueTask<Caller?> LoadAsync(byte[] tokenHash, CancellationToken cancel)
    {
        var now = clock.Now();
        var found = await database.ReadAsync(db => db.FindCallerAsync(tokenHash, now), cancel);
        if (found is not var (caller, renewedAt, replacedAt))
        {
            return null;
        }

        if (replacedAt is { } replaced)
        {
            return caller with { ExpiresAt = replaced + Grace };
        }

        if (renewedAt > now - RenewedEvery || caller.ExpiresAt <= now)
        {
            return caller;
        }

        await database.HousekeepAsync(
            db => db.RenewSessionAsync(tokenHash, renewedAt, now, now + Term), cancel);
        return caller with { ExpiresAt = now + Term };
    }

    public static RefusedException SignInRequired() => Refuse.Unauthenticated("SIGN_IN_REQUIRED", "请先登录。");

    private static string Key(byte[] tokenHash) => $"session:{Convert.ToHexStringLower(tokenHash)}";
}
