using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WuWei.Data;

namespace WuWei.Operator;

/// <summary>
/// A certificate authority of the district's own, for partners and for the door they come by: two files in a folder, one of
/// which nobody else may read. EC P-256, signed with SHA-256.
/// </summary>
public sealed class Authority(DirectoryInfo folder, TimeProvider clock)
{
    public const string CertificateFile = "ca.pem";
    public const string KeyFile = "ca-key.pem";

    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private const int Years = 10;
    private const int SerialBytes = 16;
    private const int RsaBitsMin = 2_048;
    private const int EcBitsMin = 256;
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode ForAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Clocks of others may be behind.</summary>
    private static readonly TimeSpan Earlier = TimeSpan.FromMinutes(5);

    /// <summary>Makes the authority, good for ten years.</summary>
    /// <exception cref="IOException">There is one.</exception>
    public void Create(string name)
    {
        folder.Create();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Named(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Earlier, now.AddYears(Years));
        // The key first: it says whether there is an authority already.
        Write(At(KeyFile), key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        Write(At(CertificateFile), certificate.ExportCertificatePem(), ForAll);
    }

    /// <summary>A certificate for a partner's client, with somebody's key.</summary>
    public X509Certificate2 IssueForClient(string name, PublicKey key, int days) =>
        Issue(new CertificateRequest(Named(name), key, HashAlgorithmName.SHA256), ForClients, days);

    /// <summary>A certificate for a server, good under these names and addresses.</summary>
    public X509Certificate2 IssueForServer(IReadOnlyList<string> names, PublicKey key, int days)
    {
        var request = new CertificateRequest(Named(names[0]), key, HashAlgorithmName.SHA256);
        var others = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                others.AddIpAddress(address);
            }
            else
            {
                others.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(others.Build());
        return Issue(request, ForServers, days);
    }

    /// <summary>The key of a request that a partner made: nothing else of it is believed.</summary>
    /// <exception cref="InvalidOperationException">It is none, is not signed with that key, or the key is weak.</exception>
    public static PublicKey KeyOfRequest(string pem)
    {
        try
        {
            var key = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256).PublicKey;
            using var rsa = key.GetRSAPublicKey();
            using var ec = key.GetECDsaPublicKey();
            return rsa?.KeySize >= RsaBitsMin || ec?.KeySize >= EcBitsMin
                ? key
                : throw new InvalidOperationException(
                    $"The key of the request is weak: RSA of {RsaBitsMin} bits or EC of {EcBitsMin} at least.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException($"The file is no certificate request in PEM: {e.Message}");
        }
    }

    public static byte[] Fingerprint(X509Certificate2 certificate) => certificate.GetCertHash(HashAlgorithmName.SHA256);

    /// <exception cref="IOException">There is such a file.</exception>
    public static void Write(string path, string pem, UnixFileMode mode) =>
        DurableFile.Write(path, Encoding.ASCII.GetBytes(pem + "\n"), mode, overwrite: false);

    private X509Certificate2 Issue(CertificateRequest request, string use, int days)
    {
        if (!File.Exists(At(KeyFile)))
        {
            throw new InvalidOperationException($"There is no authority in {folder.FullName}; make one with `partner ca`.");
        }

        if ((File.GetUnixFileMode(At(KeyFile)) & ~OwnerOnly) != 0)
        {
            throw new InvalidOperationException($"The key {At(KeyFile)} is open to others; chmod 600 it.");
        }

        using var authority = X509Certificate2.CreateFromPemFile(At(CertificateFile), At(KeyFile));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = clock.GetUtcNow();
        var (from, to, ends) = (now - Earlier, now.AddDays(days), new DateTimeOffset(authority.NotAfter));
        if (ends <= now)
        {
            throw new InvalidOperationException($"The authority in {folder.FullName} is over since {ends:yyyy-MM-dd}.");
        }

        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        // A positive number, of full length.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var key = authority.GetECDsaPrivateKey()!;
        return request.Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, to < ends ? to : ends, serial);
    }

    private static X500DistinguishedName Named(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    private string At(string file) => Path.Combine(folder.FullName, file);
}
