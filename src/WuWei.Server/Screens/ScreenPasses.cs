using Microsoft.Extensions.Caching.Hybrid;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Screens;

/// <summary>
/// Which screen a token belongs to; remembered as sessions are, so an ended one is over everywhere within 10 seconds.
/// </summary>
public sealed class ScreenPasses(Database database, HybridCache cache)
{
    private static readonly HybridCacheEntryOptions Remember = new()
    {
        Expiration = TimeSpan.FromSeconds(5),
        LocalCacheExpiration = TimeSpan.FromSeconds(4),
    };

    public async ValueTask<Screen> GetAsync(string? token, CancellationToken cancel) =>
        (Token.Hash(token ?? "") is { } hash
            ? await cache.GetOrCreateAsync(
                $"screen:{Convert.ToHexStringLower(hash)}",
                (database, hash),
                static async (of, load) => await of.database.ReadAsync(db => db.FindScreenAsync(of.hash), load),
                Remember,
                cancellationToken: cancel)
            : null)
        ?? throw Refuse.Unauthenticated("SCREEN_UNKNOWN", "这块大屏没有登记，或已经停用。");
}
