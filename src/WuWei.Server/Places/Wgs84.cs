namespace WuWei.Places;

/// <summary>
/// A point in degrees of WGS-84, as satellites and the rest of the world have it. Maps of China show GCJ-02, which is
/// shifted by some hundreds of metres: by a sum of waves that is public in all but name, and smooth enough to be undone
/// by trying.
/// </summary>
public readonly record struct Wgs84(double Latitude, double Longitude)
{
    private const double Millionth = 1e-6;

    /// <summary>Of the ellipsoid of Krasovsky, 1940: half its axis in metres, and its eccentricity squared.</summary>
    private const double HalfAxis = 6_378_245.0;
    private const double EccentricitySquared = 0.00669342162296594323;

    /// <summary>The shift changes by less than a thousandth from a point to the one it is shifted to.</summary>
    private const int Tries = 4;

    public static Wgs84 Of(Point shown)
    {
        var (latitude, longitude) = (shown.Latitude * Millionth, shown.Longitude * Millionth);
        var real = new Wgs84(latitude, longitude);
        for (var i = 0; i < Tries; i++)
        {
            var (north, east) = real.Shift();
            real = new Wgs84(latitude - north, longitude - east);
        }

        return real;
    }

    /// <summary>As it is shown on maps of China; it may lie outside the box around China.</summary>
    public Point ToPoint()
    {
        var (north, east) = Shift();
        return new Point(Millionths(Latitude + north), Millionths(Longitude + east));
    }

    private static int Millionths(double degrees) => (int)Math.Round(degrees / Millionth);

    private (double North, double East) Shift()
    {
        var (x, y) = (Longitude - 105, Latitude - 35);
        var small = 20 * (Wave(6 * x) + Wave(2 * x));
        var root = Math.Sqrt(Math.Abs(x));
        var north = -100 + (2 * x) + (3 * y) + (0.2 * y * y) + (0.1 * x * y) + (0.2 * root)
            + ((small + (20 * Wave(y)) + (40 * Wave(y / 3)) + (160 * Wave(y / 12)) + (320 * Wave(y / 30))) * 2 / 3);
        var east = 300 + x + (2 * y) + (0.1 * x * x) + (0.1 * x * y) + (0.1 * root)
            + ((small + (20 * Wave(x)) + (40 * Wave(x / 3)) + (150 * Wave(x / 12)) + (300 * Wave(x / 30))) * 2 / 3);

        var latitude = Latitude / 180 * Math.PI;
        var bend = 1 - (EccentricitySquared * Math.Pow(Math.Sin(latitude), 2));
        var metresNorth = HalfAxis * (1 - EccentricitySquared) / (bend * Math.Sqrt(bend)) * Math.PI / 180;
        var metresEast = HalfAxis / Math.Sqrt(bend) * Math.Cos(latitude) * Math.PI / 180;
        return (north / metresNorth, east / metresEast);
    }

    private static double Wave(double halfTurns) => Math.Sin(halfTurns * Math.PI);
}
