namespace WuWei.Jobs;

/// <summary>Something the server does in the background, a batch at a time; safe in several copies.</summary>
public interface IJob
{
    /// <summary>How long to wait after one run before the next.</summary>
    TimeSpan Every => TimeSpan.FromSeconds(1);

    /// <returns>How much was done; 0 when there was nothing to do.</returns>
    Task<int> RunAsync(CancellationToken cancel);
}
