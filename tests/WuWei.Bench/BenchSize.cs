namespace WuWei.Bench;

/// <summary>How much data there is, and how long is measured.</summary>
/// <param name="Fuel">Open wishes to claim, and as many delivered ones to confirm: each serves one call.</param>
/// <param name="Repeats">Measurements of each point; the middle one counts, the others show the spread.</param>
public sealed record BenchSize(int People, int Kept, int Fuel, TimeSpan WarmUp, TimeSpan Measured, int Repeats)
{
    public static BenchSize Full { get; } = new(170_000, 560_000, 160_000, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), 3);

    public static BenchSize Quick { get; } = new(1_700, 5_600, 25_000, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.2), 1);
}
