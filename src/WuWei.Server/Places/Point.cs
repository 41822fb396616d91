namespace WuWei.Places;

/// <summary>A point on the ground, in millionths of a degree of GCJ-02.</summary>
public readonly record struct Point(int Latitude, int Longitude)
{
    /// <summary>The box around China: where a point lies that is any of ours.</summary>
    public const int SouthEnd = 3_000_000;
    public const int NorthEnd = 54_000_000;
    public const int WestEnd = 73_000_000;
    public const int EastEnd = 136_000_000;

    private const double EarthMetres = 6_371_000;

    public bool IsInChina => Latitude is >= SouthEnd and < NorthEnd && Longitude is >= WestEnd and < EastEnd;

    /// <summary>Over the ground, to a metre: near enough for a radius.</summary>
    public int MetresTo(Point other)
    {
        var (from, to) = (Radians(Latitude), Radians(other.Latitude));
        var half = Math.Pow(Math.Sin((to - from) / 2), 2)
            + (Math.Cos(from) * Math.Cos(to) * Math.Pow(Math.Sin(Radians(other.Longitude - Longitude) / 2), 2));
        return (int)Math.Round(2 * EarthMetres * Math.Asin(Math.Min(1, Math.Sqrt(half))));
    }

    private static double Radians(int millionths) => millionths / 1e6 * Math.PI / 180;
}
