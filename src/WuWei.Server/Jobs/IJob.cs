namespace WuWei.Jobs;

/// <summary>Something the server does in the background, a batch at a time; safe in several copies.</summary>
public interface IJob
{
    /// <summary>How long to wait after one run before the next.</summary>
    TimeSpan Every => TimeSpan.FromSeconds(1);

    /// <summary>
    /// Jobs of one lane run one after another. What waits for somebody outside has a lane of its own, so that the clocks do
    /// not stand still while they are slow.
    /// </summary>
    string Lane => "worker";

    /// <returns>How much was done; 0 when there was nothing to do.</returns>
    Task<int> RunAsync(CancellationToken cancel);
}
