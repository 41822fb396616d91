using WuWei.Calls;

namespace WuWei.Gateway.Public;

/// <summary>Shares the counts of calls with the other copies of the program, every second.</summary>
public sealed class RateSharing(RateLimits rates) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await rates.ShareAsync();
        }
    }
}
