using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using WuWei.Partners;

namespace WuWei.Gateway.Partners;

/// <summary>
/// TLS with client certificates of our own authority. The handshake succeeds whatever is shown, and notes what that is:
/// each call is then refused by name, so that a partner's engineer sees what is wrong.
/// </summary>
public sealed class MutualTls(X509Certificate2 server, X509Certificate2Collection authorities, TimeProvider clock)
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan HandshakeWithin = TimeSpan.FromSeconds(10);

    private readonly SslStreamCertificateContext _server =
        SslStreamCertificateContext.Create(server, additionalCertificates: null, offline: true);

    public TlsHandshakeCallbackOptions Options => new()
    {
        HandshakeTimeout = HandshakeWithin,
        OnConnection = handshake => ValueTask.FromResult(For(handshake.Connection)),
    };

    /// <summary>What a client showed, judged by our authorities alone: nothing is looked up, here or elsewhere.</summary>
    public ShownCertificate Judge(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        var trusted = chain.Build(certificate);
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        var links = chain.ChainElements.Select(e => e.Certificate).ToList();
        return new ShownCertificate(
            Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)),
            links.Max(c => c.NotBefore.ToUniversalTime()),
            links.Min(c => c.NotAfter.ToUniversalTime()),
            trusted ? CertificateTrust.Trusted
                : (faults & ~X509ChainStatusFlags.NotTimeValid) == X509ChainStatusFlags.NotValidForUsage ? CertificateTrust.WrongUse
                : CertificateTrust.WrongAuthority);
    }

    [SuppressMessage(
        "Security", "CA5359", Justification = "What was shown is judged here and refused by name, call by call.")]
    private SslServerAuthenticationOptions For(ConnectionContext connection)
    {
        // Until the handshake says otherwise: a connection of partners, who showed nothing.
        PartnerConnection.Mark(connection, shown: null);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _server,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // What the framework itself builds before it asks us; it must not look anything up either.
            CertificateChainPolicy = Policy(),
            // Each connection shows its certificate anew.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, shown, chain, _) =>
            {
                if (shown is X509Certificate2 certificate)
                {
                    PartnerConnection.Mark(connection, Judge(certificate, chain?.ChainPolicy.ExtraStore ?? []));
                }

                return true;
            },
        };
    }

    /// <summary>Times are left to each call: a connection may last longer than what it began with.</summary>
    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
            VerificationTime = clock.GetUtcNow().UtcDateTime,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ForClients));
        return policy;
    }
}
