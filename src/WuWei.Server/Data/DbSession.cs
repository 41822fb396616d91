using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using MySqlConnector;

namespace WuWei.Data;

/// <summary>
/// One connection, its transaction if any, and the caller's cancellation. Stores are extension methods on it.
/// Statements are prepared once per connection and parameters are the properties of an anonymous object.
/// </summary>
public sealed class DbSession(MySqlConnection connection, CancellationToken cancel)
{
    private readonly List<MySqlBatchCommand> _queue = [];

    public CancellationToken Cancel => cancel;

    /// <summary>The other system through which somebody makes these changes; null when they do it themself.</summary>
    public Guid? Through { get; set; }

    /// <summary>How many journal entries this transaction leaves.</summary>
    public int Entries { get; private set; }

    /// <summary>The row, or null.</summary>
    public async Task<T?> FindAsync<T>(string sql, object? parameters = null)
    {
        var rows = await ListAsync<T>(sql, parameters);
        return rows.Count == 0 ? default : rows[0];
    }

    public async Task<List<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var command = await CommandAsync(sql, parameters);
        return await ReadAsync<T>(command);
    }

    /// <summary>Rows one at a time, as they come: for many, and for statements that take long.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string sql, object? parameters = null)
    {
        await using var command = await CommandAsync(sql, parameters);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var parse = reader.GetRowParser<T>();
        while (await reader.ReadAsync(cancel))
        {
            yield return parse(reader);
        }
    }

    /// <summary>Runs now; the number of rows that the WHERE found.</summary>
    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var command = await CommandAsync(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Runs with the commit, in one trip with everything else that is queued. For what cannot fail by rule.</summary>
    public void Queue(string sql, object parameters)
    {
        var command = new MySqlBatchCommand(sql);
        Parameters.Bind(command.Parameters, parameters);
        _queue.Add(command);
    }

    /// <summary>
    /// Queues one statement for many rows: the head, then <paramref name="row"/> for each with its own parameters, then the
    /// tail. The server reads, plans and runs one statement instead of as many as there are rows.
    /// </summary>
    public void QueueEach<T>(
        string head, string row, IReadOnlyList<T> rows, string tail = "", object? parameters = null)
        where T : notnull
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new MySqlBatchCommand();
        command.CommandText = Each(head, row, rows, tail, command.Parameters);
        if (parameters is not null)
        {
            Parameters.Bind(command.Parameters, parameters);
        }

        _queue.Add(command);
    }

    /// <summary>The rows that one statement finds for many, such as ids: head, each row's own parameters, tail.</summary>
    public async Task<List<T>> ListEachAsync<T>(
        string head, string row, IReadOnlyList<object> rows, string tail, object? parameters = null,
        string separator = ",")
    {
        await using var command = new MySqlCommand { Connection = connection };
        command.CommandText = Each(head, row, rows, tail, command.Parameters, separator);
        if (parameters is not null)
        {
            Parameters.Bind(command.Parameters, parameters);
        }

        return await ReadAsync<T>(command);
    }

    /// <summary>Queues a journal entry; only the journal calls this.</summary>
    public void QueueEntry(string sql, object parameters)
    {
        Entries++;
        Queue(sql, parameters);
    }

    /// <summary>
    /// Whatever a pooled connection may have been left with is rolled back first: START TRANSACTION alone would commit it.
    /// </summary>
    internal Task BeginAsync() => RunAsync("ROLLBACK; START TRANSACTION", cancel);

    internal async Task CommitAsync()
    {
        await using var batch = new MySqlBatch(connection);
        foreach (var command in _queue)
        {
            batch.BatchCommands.Add(command);
        }

        batch.BatchCommands.Add(new MySqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Leaves no transaction behind on a pooled connection.</summary>
    internal async Task RollbackAsync()
    {
        try
        {
            await RunAsync("ROLLBACK", CancellationToken.None);
        }
        catch (Exception)
        {
            // Dead, and the pool drops it; or else the next to use it begins with a rollback. What matters to the
            // caller is the failure that brought us here.
        }
    }

    private static string Each<T>(
        string head, string row, IReadOnlyList<T> rows, string tail, MySqlParameterCollection parameters,
        string separator = ",")
        where T : notnull
    {
        var sql = new StringBuilder(head);
        for (var i = 0; i < rows.Count; i++)
        {
            sql.Append(i == 0 ? " " : separator).Append(Parameters.Numbered(row, i));
            Parameters.Bind(parameters, rows[i], $"{i}");
        }

        return sql.Append(tail).ToString();
    }

    private async Task<List<T>> ReadAsync<T>(MySqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var parse = Scalar<T>() ?? Parser<T>(command.CommandText, reader);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(parse(reader));
        }

        return rows;
    }

    /// <summary>
    /// One number, whatever width the server gives it: Dapper's parser casts, and a BIGINT is no <c>int?</c> to it.
    /// </summary>
    private static Func<DbDataReader, T>? Scalar<T>()
    {
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return type.IsPrimitive
            ? row => row.IsDBNull(0)
                ? default!
                : (T)Convert.ChangeType(row.GetValue(0), type, CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>
    /// The statement's own parser, made from the names of its columns once. The driver keeps the columns of a prepared
    /// statement, and when MariaDB sends them anew, because one became of another type or NULL for the first time, it keeps
    /// them without their names: whoever asks for those later gets what lies there by then.
    /// </summary>
    private static Func<DbDataReader, T> Parser<T>(string sql, DbDataReader reader)
    {
        var types = new HashCode();
        for (var i = 0; i < reader.FieldCount; i++)
        {
            types.Add(reader.GetFieldType(i));
        }

        return Parsers<T>.All.GetOrAdd(
            (sql, types.ToHashCode()), static (_, reader) => reader.GetRowParser<T>(), reader);
    }

    private async Task RunAsync(string sql, CancellationToken token)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }

    private async Task<MySqlCommand> CommandAsync(string sql, object? parameters)
    {
        var command = new MySqlCommand(sql, connection);
        if (parameters is not null)
        {
            Parameters.Bind(command.Parameters, parameters);
        }

        try
        {
            await command.PrepareAsync(cancel);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.MaxPreparedStatementCountReached)
        {
            // The server holds as many as it may; the text runs as well unprepared.
        }

        return command;
    }

    /// <summary>By statement and the types of its columns; there are as many as the stores have statements.</summary>
    private static class Parsers<T>
    {
        public static readonly ConcurrentDictionary<(string Sql, int Types), Func<DbDataReader, T>> All = new();
    }
}
