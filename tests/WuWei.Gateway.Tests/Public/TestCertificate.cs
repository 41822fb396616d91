using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WuWei.Gateway.Tests.Public;

/// <summary>A certificate of nobody's, in files as the server reads them.</summary>
public sealed class TestCertificate : IDisposable
{
    public const string Subject = "CN=localhost";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-certificate-");

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(At("certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(At("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    public string[] Settings =>
    [
        $"WUWEI_PUBLIC_CERTIFICATE={At("certificate.pem")}", $"WUWEI_PUBLIC_CERTIFICATE_KEY={At("key.pem")}",
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
