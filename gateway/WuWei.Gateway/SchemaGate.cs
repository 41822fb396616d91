using MySqlConnector;
using WuWei.Data;

namespace WuWei.Gateway;

/// <summary>Waits until the database has the schema this program was built for. Only `wuwei migrate` makes it so.</summary>
public sealed partial class SchemaGate(MySqlDataSource source, ILogger<SchemaGate> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async Task WaitAsync(CancellationToken cancel)
    {
        for (var version = await FindAsync(cancel); version < Schema.Version; version = await FindAsync(cancel))
        {
            LogWaiting(Schema.Version, version);
            await Task.Delay(Pause, cancel);
        }
    }

    /// <summary>The version there; -1 while the database cannot be reached.</summary>
    private async Task<int> FindAsync(CancellationToken cancel)
    {
        try
        {
            return await Schema.FindVersionAsync(source, cancel);
        }
        catch (MySqlException e)
        {
            LogAway(e.Number);
            return -1;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for schema {Wanted}; the database has {Found}")]
    private partial void LogWaiting(int wanted, int found);

    [LoggerMessage(LogLevel.Warning, "The database cannot be reached: {Number}")]
    private partial void LogAway(int number);
}
