using WuWei.Tests.Harness;

namespace WuWei.Tests.Journal;

/// <summary>A server whose journal each test of a class starts anew and may spoil.</summary>
public sealed class JournalServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

    public Task EmptyAsync() => Server.Database.ExecuteAsync(
        """
        DELETE FROM journal_pending;
        DELETE FROM journal_seal;
        DELETE FROM journal_entry;
        UPDATE journal_head SET number = 0, hash = REPEAT(X'00', 32)
        """);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
