using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WuWei.Webhooks;

/// <summary>
/// Signs as Standard Webhooks 1.0.0 says: HMAC-SHA256 over id, time and body, by a secret that is written as whsec_ and
/// base64. During a rotation there is a signature by each of two secrets.
/// </summary>
public static class WebhookSigning
{
    public const string IdHeader = "webhook-id";
    public const string TimeHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const int SecretBytes = 32;

    public static string NewSecret() =>
        $"{SecretPrefix}{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <param name="secrets">The newest first.</param>
    public static string Sign(IEnumerable<string> secrets, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        byte[] signed =
        [
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")), .. body,
        ];
        return string.Join(' ', secrets.Select(secret =>
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed))}"));
    }

    private static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[SecretPrefix.Length..]);
}
