namespace WuWei.Wishes;

/// <summary>What beneficiaries think, added up.</summary>
/// <param name="Points">The sum of the ratings, each 1 to <see cref="RatingMax"/>.</param>
public sealed record Satisfaction(long Ratings, long Points)
{
    public const int RatingMax = 5;

    /// <param name="ratingsMin">Fewer have no average.</param>
    public double? Average(int ratingsMin) =>
        Ratings > 0 && Ratings >= ratingsMin ? (double)Points / Ratings : null;

    public Wire.Satisfaction ToWire(int ratingsMin)
    {
        var wire = new Wire.Satisfaction { Ratings = Ratings };
        if (Average(ratingsMin) is { } average)
        {
            wire.Average = average;
        }

        return wire;
    }
}
