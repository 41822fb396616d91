using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using WuWei.Data;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>
/// The token that WeChat wants to see, one per app and shared by all copies through Redis, sealed there. Whoever finds
/// none fetches it while the others wait; when Redis is away each copy asks WeChat, which gives all of them the same.
/// </summary>
public sealed class AccessTokens(WeChatHttp http, RedisSource redis, PersonalData personalData, TimeProvider clock)
{
    private const string Column = "wechat.access_token";
    private const string Path = "cgi-bin/stable_token";
    private const int TokenLengthMax = 512;
    private const int WaitsMax = 30;

    /// <summary>WeChat gives a new one in the last five minutes, in which the old one is good as well.</summary>
    private static readonly TimeSpan FetchedBefore = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan FetchMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Kept> _kept = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _fetching = new();

    public async Task<string> GetAsync(WeChatApp app, CancellationToken cancel)
    {
        if (_kept.TryGetValue(app.Id, out var kept) && IsGood(kept))
        {
            return kept.Token;
        }

        var turn = _fetching.GetOrAdd(app.Id, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            if (!_kept.TryGetValue(app.Id, out kept) || !IsGood(kept))
            {
                kept = await ShareAsync(app, cancel);
                _kept[app.Id] = kept;
            }

            return kept.Token;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>WeChat does not know this token any more.</summary>
    public async Task ForgetAsync(WeChatApp app, string token)
    {
        if (_kept.TryGetValue(app.Id, out var kept) && kept.Token == token)
        {
            _kept.TryRemove(new(app.Id, kept));
        }

        try
        {
            var db = await RedisAsync();
            RedisValue held = await db.StringGetAsync(Key(app));
            if (Open(app, held)?.Token == token)
            {
                // Removes it unless somebody has put a newer one there.
                await db.LockReleaseAsync(Key(app), held);
            }
        }
        catch (Exception e) when (RedisSource.IsAway(e))
        {
            // Then no other copy finds it there.
        }
    }

    private async Task<Kept> ShareAsync(WeChatApp app, CancellationToken cancel)
    {
        try
        {
            var db = await RedisAsync();
            var (turn, me) = ($"{Key(app)}:turn", Guid.NewGuid().ToString());
            for (var waits = 0; waits < WaitsMax; waits++)
            {
                if (Open(app, await db.StringGetAsync(Key(app))) is { } kept && IsGood(kept))
                {
                    return kept;
                }

                if (await db.StringSetAsync(turn, me, FetchMax, When.NotExists))
                {
                    return await FetchForAllAsync(app, db, turn, me, cancel);
                }

                await Task.Delay(Wait, cancel);
            }
        }
        catch (Exception e) when (RedisSource.IsAway(e))
        {
            // Each for itself, then.
        }

        return await FetchAsync(app, cancel);
    }

    private async Task<Kept> FetchForAllAsync(
        WeChatApp app, IDatabase db, string turn, string me, CancellationToken cancel)
    {
        try
        {
            var fetched = await FetchAsync(app, cancel);
            await db.StringSetAsync(Key(app), Seal(app, fetched), fetched.EndsAt - clock.Now());
            return fetched;
        }
        finally
        {
            await db.LockReleaseAsync(turn, me);
        }
    }

    private async Task<Kept> FetchAsync(WeChatApp app, CancellationToken cancel)
    {
        var now = clock.Now();
        var answer = await http.AgainAsync<TokenAnswer>(new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = JsonContent.Create(new
            {
                grant_type = "client_credential",
                appid = app.Id,
                secret = app.Secret,
                force_refresh = false,
            }),
        }, cancel);
        http.DemandDone(answer, Path);
        return answer is { AccessToken: { Length: > 0 and <= TokenLengthMax } token, ExpiresIn: > 0 and <= 86_400 }
            ? new Kept(token, now.AddSeconds(answer.ExpiresIn))
            : throw http.Nonsense(Path);
    }

    private bool IsGood(Kept kept) => kept.EndsAt - FetchedBefore > clock.Now();

    private byte[] Seal(WeChatApp app, Kept kept) => personalData.Seal(
        Column, app.Id, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kept.EndsAt.Ticks} {kept.Token}")));

    /// <summary>Null when there is nothing, or nothing of ours.</summary>
    private Kept? Open(WeChatApp app, RedisValue held)
    {
        if (held.IsNull)
        {
            return null;
        }

        try
        {
            var words = Encoding.UTF8.GetString(personalData.Open(Column, app.Id, (byte[])held!)).Split(' ');
            return new Kept(words[1], new DateTime(long.Parse(words[0], CultureInfo.InvariantCulture), DateTimeKind.Utc));
        }
        catch (CryptographicException)
        {
            // Sealed by a key that is retired: the next to fetch one replaces it.
            return null;
        }
    }

    private async Task<IDatabase> RedisAsync() => (await redis.ConnectAsync()).GetDatabase();

    private static string Key(WeChatApp app) => $"wuwei:wechat-token:{app.Id}";

    private sealed record Kept(string Token, DateTime EndsAt);

    private sealed record TokenAnswer : WeChatAnswer
    {
        public string? AccessToken { get; init; }
        public int ExpiresIn { get; init; }
    }
}
