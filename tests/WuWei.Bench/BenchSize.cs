namespace WuWei.Bench;

/// <summary>How much data there is, and how long is measured.</summary>
/// <param name="Fuel">Open wishes to claim, and as many delivered ones to confirm: each serves one call.</param>
/// <param name="Repeats">Times that bare call, direct SQL and call are measured in turn; the middle ratio counts.</param>
public sealed record BenchSize(int People, int Kept, int Fuel, TimeSpan WarmUp, TimeSpan Measured, int Repeats)
{
    /// <summary>The district of the model case: 170,000 people and 880,000 wishes.</summary>
    public static BenchSize Full { get; } = new(170_000, 560_000, 160_000, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), 3);

    public static BenchSize Quick { get; } = new(1_700, 5_600, 40_000, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.8), 3);

    /// <summary>A hundredth of <see cref="Full"/>, to see what size itself costs.</summary>
    public static BenchSize Small { get; } = Full with { People = 1_700, Kept = 4_000, Fuel = 2_400 };

    public int Wishes => Kept + (2 * Fuel);
}
