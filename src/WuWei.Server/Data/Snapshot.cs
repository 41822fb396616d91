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
    private long _forgottenAt;

    public ValueTask<T> GetAsync(CancellationToken cancel) =>
        _state is { } state && IsFresh(state)
            ? ValueTask.FromResult(state.Value)
            : new ValueTask<T>(RefreshAsync(cancel));

    /// <summary>
    /// Every later reader in this process sees a change of one's own, also when a load that began before it ends only now.
    /// </summary>
    public void Forget() => Volatile.Write(ref _forgottenAt, Stopwatch.GetTimestamp());

    public void Dispose() => _loading.Dispose();

    private async Task<T> RefreshAsync(CancellationToken cancel)
    {
        await _loading.WaitAsync(cancel);
        try
        {
            var state = _state;
            if (state is not null && IsFresh(state))
            {
                return state.Value;
            }

            var checkedAt = Stopwatch.GetTimestamp();
            if (state is not null && state.Version == await database.ReadAsync(VersionAsync, cancel))
            {
                state = state with { CheckedAt = checkedAt };
            }
            else
            {
                // In a transaction: all its statements see the same moment, whatever is changed meanwhile.
                state = await database.HousekeepAsync(async db =>
                {
                    var version = await VersionAsync(db);
                    return new State(await load(db), version, checkedAt);
                }, cancel);
            }

            _state = state;
            return state.Value;
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<long> VersionAsync(DbSession db) => await db.FindAsync<long?>(
        "SELECT CAST(version AS SIGNED) FROM data_version WHERE name = @name", new { name }) ?? 0;

    private bool IsFresh(State state) =>
        Stopwatch.GetElapsedTime(state.CheckedAt) < AgeMax && state.CheckedAt > Volatile.Read(ref _forgottenAt);

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
