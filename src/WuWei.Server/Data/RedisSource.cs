using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WuWei.Data;

/// <summary>
/// The one connection to Redis, a cache that may be away: then each use fails at once and the database answers.
/// </summary>
public sealed class RedisSource(string settings, ILoggerFactory? logs = null) : IAsyncDisposable
{
    private readonly Lazy<Task<IConnectionMultiplexer>> _connected = new(() => ConnectAsync(settings, logs));

    /// <summary>Awaited by the first to use it, not blocking threads: those are what connecting itself needs.</summary>
    public Task<IConnectionMultiplexer> ConnectAsync() => _connected.Value;

    /// <summary>Whether an exception says that Redis is away, or too slow to wait for.</summary>
    public static bool IsAway(Exception e) => e is RedisException or TimeoutException;

    public async ValueTask DisposeAsync()
    {
        if (_connected.IsValueCreated)
        {
            await (await _connected.Value).DisposeAsync();
        }
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(string settings, ILoggerFactory? logs)
    {
        var options = ConfigurationOptions.Parse(settings);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 1_000;
        options.AsyncTimeout = 500;
        options.SyncTimeout = 500;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.LoggerFactory = logs;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
