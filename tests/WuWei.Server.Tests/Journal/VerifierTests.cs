using Microsoft.Extensions.DependencyInjection;
using WuWei.Journal;
using WuWei.Tests.Harness;
using WuWei.Time;

namespace WuWei.Tests.Journal;

/// <summary>What somebody with every right on the database may try, and how it is found out.</summary>
public sealed class VerifierTests : IAsyncLifetime
{
    private const string Third = "(SELECT entry_id FROM journal_seal WHERE number = 3)";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await WriteAsync(6);
        await _server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);
        await WriteAsync(2);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

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

        Assert.Contains("entry 3", Assert.Single((await VerifyAsync()).Faults));
    }

    [Theory]
    // An entry, its seal, both, and the last ones.
    [InlineData($"DELETE FROM journal_entry WHERE id = {Third}")]
    [InlineData("DELETE FROM journal_seal WHERE number = 3")]
    [InlineData($"DELETE FROM journal_entry WHERE id = {Third}; DELETE FROM journal_seal WHERE number = 3")]
    [InlineData("DELETE FROM journal_seal WHERE number = 6")]
    [InlineData("DELETE FROM journal_seal WHERE number > 0")]
    [InlineData("DELETE FROM journal_seal WHERE number = 6; UPDATE journal_head SET number = 5")]
    // Two entries swapped.
    [InlineData(
        """
        SET @a = (SELECT entry_id FROM journal_seal WHERE number = 2);
        SET @b = (SELECT entry_id FROM journal_seal WHERE number = 3);
        UPDATE journal_seal SET entry_id = X'00' WHERE number = 2;
        UPDATE journal_seal SET entry_id = @a WHERE number = 3;
        UPDATE journal_seal SET entry_id = @b WHERE number = 2
        """)]
    // Other hashes.
    [InlineData("UPDATE journal_seal SET hash = REPEAT(X'11', 32) WHERE number = 3")]
    [InlineData("UPDATE journal_head SET hash = REPEAT(X'11', 32)")]
    // An entry beside the journal, and one with a seal of its own behind the head.
    [InlineData(Forge)]
    [InlineData(Forge + "; INSERT INTO journal_seal (number, entry_id, hash) VALUES (7, @forged, REPEAT(X'22', 32))")]
    [InlineData("DELETE FROM journal_pending")]
    public async Task What_was_removed_inserted_or_moved_is_found(string tampering)
    {
        await TamperAsync(tampering);

        Assert.NotEmpty((await VerifyAsync()).Faults);
    }

    private const string Forge =
        """
        SET @forged = X'00112233445566778899AABBCCDDEEFF';
        INSERT INTO journal_entry SELECT @forged, at, kind, actor_id, actor_role, channel, subject, subject_id,
          unit_id, detail
          FROM journal_entry LIMIT 1
        """;

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
