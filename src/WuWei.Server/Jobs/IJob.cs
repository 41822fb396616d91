namespace WuWei.Jobs;

/// <summary>Something the server does in the background, a batch at a time; safe in several copies.</summary>
public interface IJob
{
    string Name { get; }

    /// <returns>How much was done; 0 when there was nothing to do.</returns>
    Task<int> RunAsync(CancellationToken cancel);
}
