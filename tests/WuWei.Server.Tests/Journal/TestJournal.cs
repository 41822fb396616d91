using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Journal;

/// <summary>What only the owner of the database can do to a journal.</summary>
internal sealed class TestJournal(TestDatabase database) : IAsyncDisposable
{
    private const int RowsPerStatement = 1_000;
    private readonly MySqlDataSource _source = DataSource.Build(database.Owner);

    /// <summary>Fills an empty journal with sealed entries, much faster than writing them one by one.</summary>
    public async Task LoadAsync(int count)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var number = 1; number <= count;)
        {
            var (entries, seals) = (new List<string>(), new List<string>());
            for (; entries.Count < RowsPerStatement && number <= count; number++)
            {
                at = at.AddMilliseconds(7);
                var entry = new StoredEntry
                {
                    Id = Guid.CreateVersion7(at),
                    At = at,
                    Kind = "WISH_CLAIMED",
                    ActorId = Guid.CreateVersion7(at),
                    ActorRole = "resident",
                    Channel = 2,
                    Subject = "wish",
                    SubjectId = Guid.CreateVersion7(at),
                    UnitId = Guid.CreateVersion7(at),
                    Detail = $$"""{"claimId":"{{Guid.CreateVersion7(at)}}","kind":1,"dueAt":"{{at:O}}","number":{{number}}}""",
                };
                hash = Sealer.Chain(hash, entry, number);
                entries.Add(
                    $"(X'{entry.Id:N}', '{at:yyyy-MM-dd HH:mm:ss.ffffff}', '{entry.Kind}', X'{entry.ActorId:N}', "
                    + $"'{entry.ActorRole}', {entry.Channel}, '{entry.Subject}', X'{entry.SubjectId:N}', "
                    + $"X'{entry.UnitId:N}', '{entry.Detail}')");
                seals.Add($"({number}, X'{entry.Id:N}', X'{Convert.ToHexString(hash)}')");
            }

            await ExecuteAsync(
                "INSERT INTO journal_entry (id, at, kind, actor_id, actor_role, channel, subject, subject_id, unit_id, "
                + $"detail) VALUES {string.Join(',', entries)};"
                + $"INSERT INTO journal_seal (number, entry_id, hash) VALUES {string.Join(',', seals)};"
                + $"UPDATE journal_head SET number = {number - 1}, hash = X'{Convert.ToHexString(hash)}'");
        }
    }

    /// <summary>
    /// Gives the entries that <paramref name="choose"/> leaves, in its order, new numbers and a chain in which every hash
    /// is right.
    /// </summary>
    public async Task RewriteAsync(Func<List<SealedEntry>, IEnumerable<StoredEntry>> choose)
    {
        var db = new Database(_source, NullLogger<Database>.Instance);
        var entries = choose(await db.ReadAsync(
            async s => await s.StreamSealedAsync(0, long.MaxValue).ToListAsync(), CancellationToken.None)).ToList();
        var sql = new StringBuilder("DELETE FROM journal_seal;");
        var (number, hash) = (0, new byte[SHA256.HashSizeInBytes]);
        foreach (var entry in entries)
        {
            hash = Sealer.Chain(hash, entry, ++number);
            sql.Append(CultureInfo.InvariantCulture,
                $"INSERT INTO journal_seal VALUES ({number}, X'{entry.Id:N}', X'{Convert.ToHexString(hash)}');");
        }

        var kept = string.Join(',', entries.Select(e => $"X'{e.Id:N}'"));
        await ExecuteAsync(
            $"{sql} UPDATE journal_head SET number = {number}, hash = X'{Convert.ToHexString(hash)}';"
            + $"DELETE FROM journal_entry WHERE id NOT IN ({kept}) AND id NOT IN (SELECT entry_id FROM journal_pending)");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await _source.OpenSetUpAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
