using MySqlConnector;
using WuWei.Data;

namespace WuWei.Gateway;

/// <summary>Waits until the database has the schema this program was built for. Only `wuwei migrate` makes it so.</summary>
public sealed partial class SchemaGate(MySqlDataSource source, ILogger<SchemaGate> log)
{
    /// <summary>Short: after an outage of everything, people wait for this, too.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task WaitAsync(CancellationToken cancel)
    {
        var said = "";
        for (var found = await FindAsync(cancel); found.Version < Schema.Version; found = await FindAsync(cancel))
        {
            if (found.Words != said)
            {
                said = found.Words;
                LogWaiting(Schema.Version, said);
            }

            await Task.Delay(Pause, cancel);
        }
    }

    private async Task<(int Version, string Words)> FindAsync(CancellationToken cancel)
    {
        try
        {
            var version = await Schema.FindVersionAsync(source, cancel);
            return (version, $"the database has {version}");
        }
        catch (MySqlException e)
        {
            return (0, $"the database cannot be reached: {e.Number}");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for schema {Wanted}; {Found}")]
    private partial void LogWaiting(int wanted, string found);
}
