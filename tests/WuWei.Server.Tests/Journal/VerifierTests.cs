using Microsoft.Extensions.DependencyInjection;
using WuWei.Journal;
using WuWei.Tests.Harness;
using WuWei.Time;

namespace WuWei.Tests.Journal;

/// <summary>What somebody with every right on the database may try, and how it is found out.</summary>
public sealed class VerifierTests(JournalServer journal) : IClassFixture<JournalServer>, IAsyncLifetime
{
    private const string Third = "(SELECT entry_id FROM journal_seal WHERE number = 3)";
    private readonly TestServer _server = journal.Server;

    public async ValueTask InitializeAsync()
    {
        await journal.EmptyAsync();
        await WriteAsync(6);
        await _server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);
        await WriteAsync(2);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_untouched_journal_verifies()
    {
        var report = await VerifyAsync();

        Assert.Empty(report.Faults);
        Assert.Equal((6, 2), (report.Sealed, report.Pending));
    }

    [Theory]
    [InlineData("at", "at + INTERVAL 1 MICROSECOND")]
    [InlineData("kind", "'TESTEE'")]
    [InlineData("actor_id", "id")]
    [InlineData("actor_role", "'staff'")]
    [InlineData("channel", "3")]
    [InlineData("subject", "'wish'")]
    [InlineData("subject_id", "id")]
    [InlineData("unit_id", "id")]
    [InlineData("detail", "'{}'")]
    public async Task A_changed_field_is_found(string column, string value)
    {
        await TamperAsync($"UPDATE journal_entry SET {column} = {value} WHERE id = {Third}");

        Assert.Contains($"entry 3 ({await IdAsync(3)})", Assert.Single((await VerifyAsync()).Faults));
    }

    [Theory]
    // An entry, its seal, both, and the last ones.
    [InlineData($"DELETE FROM journal_entry WHERE id = {Third}", "entry 3 (#3) was removed")]
    [InlineData("DELETE FROM journal_seal WHERE number = 3", "number 3 is missing", "neither sealed nor pending: #3")]
    [InlineData(
        $"DELETE FROM journal_entry WHERE id = {Third}; DELETE FROM journal_seal WHERE number = 3", "number 3 is missing")]
    [InlineData("DELETE FROM journal_seal WHERE number = 6", "number 6 is missing", "neither sealed nor pending: #6")]
    [InlineData("DELETE FROM journal_seal WHERE number > 4", "numbers 5 to 6 are missing", "pending: #5", "pending: #6")]
    [InlineData(
        "DELETE FROM journal_seal WHERE number = 6; UPDATE journal_head SET number = 5", "head's hash", "pending: #6")]
    [InlineData(
        "UPDATE journal_head SET number = 5, hash = (SELECT hash FROM journal_seal WHERE number = 5)",
        "a number outside the chain: #6")]
    // Two entries swapped, and two numbers.
    [InlineData(Second2Third, "entry 2 (#3) was changed, moved", "entry 3 (#2) was changed, moved")]
    [InlineData(
        """
        UPDATE journal_seal SET number = 99 WHERE number = 2;
        UPDATE journal_seal SET number = 2 WHERE number = 3;
        UPDATE journal_seal SET number = 3 WHERE number = 99
        """, "entry 2 (#3)", "entry 3 (#2)", "entry 4 (#4)")]
    // Two hashes swapped, and another hash.
    [InlineData(
        """
        SET @a = (SELECT hash FROM journal_seal WHERE number = 2);
        UPDATE journal_seal SET hash = (SELECT hash FROM (SELECT * FROM journal_seal) s WHERE number = 3) WHERE number = 2;
        UPDATE journal_seal SET hash = @a WHERE number = 3
        """, "entry 2 (#2)", "entry 3 (#3)", "entry 4 (#4)")]
    [InlineData("UPDATE journal_seal SET hash = REPEAT(X'11', 32) WHERE number = 3", "entry 3 (#3)", "entry 4 (#4)")]
    [InlineData("UPDATE journal_head SET hash = REPEAT(X'11', 32)", "head's hash")]
    // An entry beside the journal, and with a seal of its own behind the head or before the first.
    [InlineData(Forge, Forged)]
    [InlineData(
        Forge + "; INSERT INTO journal_seal (number, entry_id, hash) VALUES (7, @forged, REPEAT(X'22', 32))",
        "a number outside the chain: 00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData(
        Forge + "; INSERT INTO journal_seal (number, entry_id, hash) VALUES (0, @forged, REPEAT(X'22', 32))",
        "a number outside the chain: 00112233-4455-6677-8899-aabbccddeeff")]
    // What has no number yet.
    [InlineData("DELETE FROM journal_pending", "neither sealed nor pending", "neither sealed nor pending")]
    [InlineData(
        "DELETE FROM journal_entry WHERE id IN (SELECT entry_id FROM journal_pending) LIMIT 1",
        "pending entry was removed")]
    [InlineData($"INSERT INTO journal_pending VALUES ({Third})", "sealed and pending at once: #3")]
    public async Task What_was_removed_inserted_or_moved_is_found_and_named(string tampering, params string[] faults)
    {
        var ids = await Task.WhenAll(Enumerable.Range(1, 6).Select(IdAsync));
        await TamperAsync(tampering);

        // #3 in an expectation is the id of entry 3 as it was.
        var named = faults.Select(f => ids.Index().Aggregate(f, (text, id) => text.Replace($"#{id.Index + 1}", id.Item)));
        Assert.Collection((await VerifyAsync()).Faults, [.. named.Select(expected => new Action<string>(found =>
            Assert.Contains(expected, found)))]);
    }

    [Fact]
    public async Task Of_very_many_faults_the_first_are_named_and_the_rest_counted()
    {
        await WriteAsync(60);
        await _server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);
        await TamperAsync("UPDATE journal_entry SET kind = 'TESTEE'");

        var faults = (await VerifyAsync()).Faults;

        Assert.Equal(21, faults.Count);
        Assert.Contains("and 48 more", faults[^1]);
    }

    private const string Forged = "neither sealed nor pending: 00112233-4455-6677-8899-aabbccddeeff";

    private const string Second2Third =
        """
        SET @a = (SELECT entry_id FROM journal_seal WHERE number = 2);
        SET @b = (SELECT entry_id FROM journal_seal WHERE number = 3);
        UPDATE journal_seal SET entry_id = X'00' WHERE number = 2;
        UPDATE journal_seal SET entry_id = @a WHERE number = 3;
        UPDATE journal_seal SET entry_id = @b WHERE number = 2
        """;

    private const string Forge =
        """
        SET @forged = X'00112233445566778899AABBCCDDEEFF';
        INSERT INTO journal_entry SELECT @forged, at, kind, actor_id, actor_role, channel, subject, subject_id,
          unit_id, detail
          FROM journal_entry LIMIT 1
        """;

    private async Task<string> IdAsync(int number) => (await _server.Db.ReadAsync(
        async db => await db.StreamSealedAsync(number - 1, number).SingleAsync(), CancellationToken.None))
        .EntryId.ToString();

    private Task<JournalReport> VerifyAsync() =>
        _server.Services.GetRequiredService<Verifier>().VerifyAsync(_ => { }, CancellationToken.None);

    private async Task TamperAsync(string sql)
    {
        await using var connection = new MySqlConnector.MySqlConnection(
            _server.Database.Owner + ";AllowUserVariables=true");
        await connection.OpenAsync();
        await using var command = new MySqlConnector.MySqlCommand(sql, connection);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    private Task<bool> WriteAsync(int count) => _server.Db.WriteAsync(db =>
    {
        for (var i = 0; i < count; i++)
        {
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            db.Record(JournalEntry.BySystem(
                _server.Clock.Now(), "operator", "TESTED", "test", Guid.NewGuid(), null, new { i }));
        }

        return Task.FromResult(true);
    }, CancellationToken.None);
}
