namespace WuWei.Wishes;

/// <summary>What beneficiaries think, added up.</summary>
/// <param name="Points">The sum of the ratings, each 1 to <see cref="RatingMax"/>.</param>
public sealed record Satisfaction(long Ratings, long Points)
{
    public const int RatingMax = 5;

    /// <param name="ratingsMin">Fewer have no average.</param>
    public Wire.Satisfaction ToWire(int ratingsMin)
    {
        var wire = new Wire.Satisfaction { Ratings = Ratings };
        if (Ratings > 0 && Ratings >= ratingsMin)
        {
            wire.Average = (double)Points / Ratings;
        }

        return wire;
    }
}
