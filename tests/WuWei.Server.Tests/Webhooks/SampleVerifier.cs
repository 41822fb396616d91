using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WuWei.Tests.Webhooks;

/// <summary>
/// Whether a request comes from the district, just now, and as it was sent: what every receiver must ask before it reads
/// anything. The library of Standard Webhooks for the receiver's language does the same.
/// </summary>
public static class SampleVerifier
{
    /// <summary>Whoever recorded a request can send it again for so long; the numbers of its entries are known by then.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <param name="body">The bytes as they came: parsed and written anew they would be others.</param>
    public static bool IsGenuine(
        string secret, string? id, string? timestamp, string? signatures, byte[] body, DateTimeOffset now)
    {
        if (id is null || signatures is null
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds)
        {
            return false;
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var expected = Encoding.ASCII.GetBytes($"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}");
        // Two while the secret is being replaced.
        return signatures.Split(' ').Any(s =>
            CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(s), expected));
    }
}
