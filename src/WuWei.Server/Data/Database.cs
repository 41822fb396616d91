using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using WuWei.Errors;

namespace WuWei.Data;

/// <summary>Opens sessions. A write commits only if its whole block succeeds.</summary>
public sealed partial class Database(MySqlDataSource source, ILogger<Database> log)
{
    private const int AttemptsMin = 8;
    private const int PauseMaxMs = 250;

    /// <summary>On a machine with too much to do, a few attempts say little.</summary>
    private static readonly TimeSpan ConflictsWithin = TimeSpan.FromSeconds(4);

    /// <summary>As many as a pool holds: after a restart of the database all of them are dead.</summary>
    private const int DeadMax = 64;

    private static readonly TimeSpan DeadWithin = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether this flow of calls holds a connection. One that waits for a second would, under load, wait for others who
    /// wait like it, until all of them give up.
    /// </summary>
    private static readonly AsyncLocal<bool> Holds = new();

    /// <summary>
    /// Reads without a transaction: each statement sees what is committed then. The block may run again on another
    /// connection.
    /// </summary>
    public async Task<T> ReadAsync<T>(Func<DbSession, Task<T>> block, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await OpenAsync();
                Holds.Value = true;
                var usedAt = Stopwatch.GetTimestamp();
                try
                {
                    return await block(new DbSession(connection, cancel));
                }
                catch (Exception e) when (WasDead(e, usedAt) && attempt < DeadMax)
                {
                    // Pooled since before the database restarted: the next may be alive.
                    Holds.Value = false;
                }
            }
            catch (Exception e) when (IsAway(e))
            {
                throw Away(e);
            }
        }
    }

    /// <summary>Whether the database answers at all.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(db => db.FindAsync<int>("SELECT 1"), cancel) == 1;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Runs <paramref name="block"/> in one transaction, which must leave a journal entry. The block may run again
    /// after a conflict, so it has no effects outside the session.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<DbSession, Task<T>> block, CancellationToken cancel) =>
        TransactAsync(block, journaled: true, cancel);

    /// <summary>The same for caches, keys, limits and leases, which are no changes worth a record.</summary>
    public Task<T> HousekeepAsync<T>(Func<DbSession, Task<T>> block, CancellationToken cancel) =>
        TransactAsync(block, journaled: false, cancel);

    private async Task<T> TransactAsync<T>(Func<DbSession, Task<T>> block, bool journaled, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryOnceAsync(block, journaled, cancel);
            }
            catch (Exception e) when (IsConflict(e)
                && (attempt < AttemptsMin || Stopwatch.GetElapsedTime(began) < ConflictsWithin))
            {
                // Rolled back whole, so running the block again is safe: soon at first, then when more may have passed.
                var share = Math.Min(attempt, AttemptsMin) / (double)AttemptsMin;
                var pauseMs = (int)(PauseMaxMs * share * share);
                await Task.Delay(Random.Shared.Next(pauseMs + 1), cancel);
            }
            catch (Exception e) when (IsConflict(e))
            {
                throw Refuse.Exhausted("DATABASE_BUSY", "现在操作的人太多，请稍后再试。");
            }
            catch (Exception e) when (IsAway(e))
            {
                throw Away(e);
            }
        }
    }

    private async Task<T> TryOnceAsync<T>(Func<DbSession, Task<T>> block, bool journaled, CancellationToken cancel)
    {
        await using var connection = await BeginAsync(cancel);
        Holds.Value = true;
        var db = new DbSession(connection, cancel);
        try
        {
            var result = await block(db);
            if (journaled && db.Entries == 0)
            {
                throw new InvalidOperationException("A write left no journal entry.");
            }

            await db.CommitAsync();
            return result;
        }
        catch
        {
            await db.RollbackAsync();
            throw;
        }
    }

    /// <summary>
    /// A connection in a transaction. One that turns out to be dead was pooled since before the database restarted;
    /// nothing was done on it, so the next is taken and the caller need not know.
    /// </summary>
    private async Task<MySqlConnection> BeginAsync(CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var connection = await OpenAsync();
            var db = new DbSession(connection, cancel);
            var usedAt = Stopwatch.GetTimestamp();
            try
            {
                await db.BeginAsync();
                return connection;
            }
            catch (Exception e)
            {
                var wasDead = WasDead(e, usedAt);
                await db.RollbackAsync();
                await connection.DisposeAsync();
                if (!wasDead || attempt == DeadMax)
                {
                    throw;
                }
            }
        }
    }

    private ValueTask<MySqlConnection> OpenAsync() => Holds.Value
        ? throw new InvalidOperationException("Whoever holds a connection must not wait for a second one.")
        : source.OpenSetUpAsync();

    /// <summary>Deadlock, lock wait, MariaDB's "record has changed since last read", and our own guards.</summary>
    private static bool IsConflict(Exception e) =>
        e is ConflictException or MySqlException { Number: 1213 or 1205 or 1020 };

    /// <summary>
    /// A connection that died in the pool fails at its first use and at once. One that broke later, under a statement
    /// that hung or was killed on purpose, is not tried again.
    /// </summary>
    private static bool WasDead(Exception e, long usedAt) =>
        IsAway(e) && Stopwatch.GetElapsedTime(usedAt) < DeadWithin;

    private static bool IsAway(Exception e) => e switch
    {
        // It hangs; or somebody there killed the statement (a caller who gave up is an OperationCanceledException).
        MySqlException { ErrorCode: MySqlErrorCode.CommandTimeoutExpired or MySqlErrorCode.QueryInterrupted } => true,
        MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.ConnectionCountError } => true,
        // Shutting down, killed, or read-only after a failover.
        MySqlException my when (int)my.ErrorCode is 1053 or 1077 or 1290 or 1836 or 1927 or 2006 or 2013 => true,
        MySqlException { InnerException: IOException or System.Net.Sockets.SocketException } => true,
        MySqlException my => my.Message.StartsWith("Failed to read", StringComparison.Ordinal)
            || my.Message.StartsWith("Connect Timeout", StringComparison.Ordinal),
        MySqlEndOfStreamException or IOException or System.Net.Sockets.SocketException => true,
        InvalidOperationException => e.Source == typeof(MySqlConnection).Assembly.GetName().Name,
        _ => false,
    };

    private RefusedException Away(Exception e)
    {
        LogAway(e.GetType().Name, (e as MySqlException)?.Number ?? 0);
        return Refuse.Unavailable("DATABASE_AWAY", "系统暂时连不上，请稍后再试。");
    }

    [LoggerMessage(LogLevel.Warning, "The database is away: {Kind} {Number}")]
    private partial void LogAway(string kind, int number);
}

/// <summary>
/// A guarded UPDATE found that the row is no longer what this transaction read. The block runs again and decides by
/// what is true now.
/// </summary>
public sealed class ConflictException : Exception;
