using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Feeds;
using WuWei.Journal;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>A partner with a key, and its journal.</summary>
public sealed record TestPartner(Guid Id, string Code, string Key)
{
    public Metadata Headers => new() { { PartnerSteps.KeyHeader, Key } };
}

/// <summary>What tests of the journal's readers have in common.</summary>
public static class FeedSteps
{
    public const string AllTopics = "journal/*";

    /// <summary>A partner for the journal in these units; of all topics unless others are given.</summary>
    public static async Task<TestPartner> PartnerAsync(
        this TestServer server, IReadOnlyList<Guid> units, params string[] topics)
    {
        var (id, code) = await server.AddPartnerAsync(
            ["JournalService/*", .. topics.DefaultIfEmpty(AllTopics)], [.. units], quota: 1_000_000);
        var key = await server.AddKeyAsync(code);
        server.PartnersAreReadAnew();
        return new TestPartner(id, code, key);
    }

    public static Wire.JournalService.JournalServiceClient Journal(this TestServer server) => new(server.Channel);

    /// <summary>Every copy reads them after ten seconds.</summary>
    public static void PartnersAreReadAnew(this TestServer server) => server.Clock.Advance(TimeSpan.FromSeconds(11));

    /// <summary>Numbers what was written, and this copy has seen it.</summary>
    /// <returns>The head.</returns>
    public static async Task<long> SealAsync(this TestServer server)
    {
        await server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);
        var feed = server.Services.GetRequiredService<Feed>();
        var head = (await feed.HeadAsync(CancellationToken.None)).Number;
        while ((await feed.TailAsync(CancellationToken.None)).To < head)
        {
            await Task.Delay(20);
        }

        return head;
    }

    /// <summary>Everything there is for somebody, page by page, up to the head.</summary>
    public static async Task<List<Wire.JournalEntry>> ReadAllAsync(
        this Wire.JournalService.JournalServiceClient journal, Metadata? headers = null, int pageSize = 0)
    {
        var entries = new List<Wire.JournalEntry>();
        var page = new Wire.GetResponse { Head = 1 };
        while (page.SeenUntil < page.Head)
        {
            page = await journal.GetAsync(
                new Wire.GetRequest { After = page.SeenUntil, PageSize = pageSize }, headers);
            entries.AddRange(page.Entries);
        }

        return entries;
    }

    /// <summary>What a partner with all topics must get, as the journal itself has it.</summary>
    public static async Task<List<long>> ExpectedAsync(this TestDatabase database, Guid unit)
    {
        var kinds = string.Join(',', EntryKinds.Shown.Keys.Select(k => $"'{k}'"));
        await using var connection = new MySqlConnector.MySqlConnection(database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlConnector.MySqlCommand(
            $"""
            SELECT s.number FROM journal_seal s
            JOIN journal_entry e ON e.id = s.entry_id
            JOIN unit_ancestor a ON a.unit_id = e.unit_id AND a.ancestor_id = @unit
            WHERE e.kind IN ({kinds}) AND NOT (e.kind LIKE 'ACTIVITY%' AND e.detail LIKE '%"status":"Draft"%')
            ORDER BY s.number
            """, connection);
        command.Parameters.AddWithValue("unit", unit);
        await using var reader = await command.ExecuteReaderAsync();
        var numbers = new List<long>();
        while (await reader.ReadAsync())
        {
            numbers.Add(reader.GetInt64(0));
        }

        return numbers;
    }

    /// <summary>Puts many entries about one unit into the journal, sealed, and nothing else that a write would leave.</summary>
    public static Task FillAsync(this TestServer server, Guid unit, int count)
    {
        const string digit =
            """
            (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
              UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
            """;
        return server.Database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            CREATE TEMPORARY TABLE filler AS
              SELECT (SELECT number FROM journal_head) + n.n AS number, UNHEX(REPLACE(UUID(), '-', '')) AS id
              FROM (SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
                FROM {digit} a CROSS JOIN {digit} b CROSS JOIN {digit} c CROSS JOIN {digit} e CROSS JOIN {digit} f) n
              WHERE n.n <= {count};
            INSERT INTO journal_entry (id, at, kind, actor_role, channel, subject, subject_id, unit_id, detail)
              SELECT id, '2026-01-01', 'UNIT_CODE_ADDED', 'operator', 0, 'unit', @unit, @unit, '{"{}"}' FROM filler;
            INSERT INTO journal_seal (number, entry_id, hash) SELECT number, id, REPEAT(X'00', 32) FROM filler;
            UPDATE journal_head SET number = number + {count};
            DROP TEMPORARY TABLE filler
            """), ("unit", unit));
    }
}
