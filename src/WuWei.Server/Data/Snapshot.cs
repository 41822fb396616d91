using System.Diagnostics;

namespace WuWei.Data;

/// <summary>
/// Something small that every call needs and few change (the unit tree, the categories), kept in memory and loaded
/// anew when its row in data_version has moved. At most two seconds old; one load in flight.
/// </summary>
public sealed class Snapshot<T>(string name, Database database, Func<DbSession, Task<T>> load) : IDisposable
    where T : class
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _loading = new(1);
    private State? _state;

    public ValueTask<T> GetAsync(CancellationToken cancel) =>
        _state is { } state && Stopwatch.GetElapsedTime(state.CheckedAt) < AgeMax
            ? ValueTask.FromResult(state.Value)
            : new ValueTask<T>(RefreshAsync(cancel));

    /// <summary>The next reader in this process looks again: after a change of one's own.</summary>
    public void Forget() => _state = null;

    public void Dispose() => _loading.Dispose();

    private async Task<T> RefreshAsync(CancellationToken cancel)
    {
        await _loading.WaitAsync(cancel);
        try
        {
            var state = _state;
            if (state is not null && Stopwatch.GetElapsedTime(state.CheckedAt) < AgeMax)
            {
                return state.Value;
            }

            state = await database.ReadAsync(async db =>
            {
                var checkedAt = Stopwatch.GetTimestamp();
                // The version first: if it moves while we load, the next check loads again.
                var version = await db.FindAsync<long?>(
                    """
                    SELECT CAST(version AS SIGNED) FROM data_version WHERE name = @name
                    """, new { name }) ?? 0;
                var value = state?.Version == version ? state.Value : await load(db);
                return new State(value, version, checkedAt);
            }, cancel);
            _state = state;
            return state.Value;
        }
        finally
        {
            _loading.Release();
        }
    }

    private sealed record State(T Value, long Version, long CheckedAt);
}

public static class SnapshotStore
{
    /// <summary>To be called in the transaction that changes what a snapshot shows.</summary>
    public static Task SnapshotChangedAsync(this DbSession db, string name) => db.ExecuteAsync(
        """
        INSERT INTO data_version (name, version) VALUES (@name, 1) ON DUPLICATE KEY UPDATE version = version + 1
        """, new { name });
}
