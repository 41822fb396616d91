using WuWei.Errors;

namespace WuWei.Partners;

/// <summary>The certificate a client showed when it connected, as the handshake found it.</summary>
/// <param name="Fingerprint">Its SHA-256, in lower-case hexadecimal.</param>
/// <param name="NotBefore">Since when it, and all that vouch for it, are good.</param>
/// <param name="NotAfter">Until when.</param>
/// <param name="Trust">Whether our own authority vouches for it, for this use.</param>
public sealed record ShownCertificate(string Fingerprint, DateTime NotBefore, DateTime NotAfter, CertificateTrust Trust)
{
    /// <summary>The fingerprint, if it may be trusted now: a connection may last longer than what it began with.</summary>
    /// <param name="shown">Null when there is none.</param>
    public static string Trusted(ShownCertificate? shown, DateTime now) => shown switch
    {
        null => throw Refuse.Unauthenticated("CERTIFICATE_REQUIRED", "请出示客户端证书。"),
        { Trust: CertificateTrust.WrongAuthority } => throw Refuse.Unauthenticated(
            "CERTIFICATE_UNTRUSTED", "这张证书不是本地区的证书机构签发的。"),
        { Trust: CertificateTrust.WrongUse } => throw Refuse.Unauthenticated(
            "CERTIFICATE_NOT_FOR_CLIENTS", "这张证书不能用作客户端证书。"),
        _ when now < shown.NotBefore => throw Refuse.Unauthenticated("CERTIFICATE_NOT_YET", "这张证书还没有生效。"),
        _ when now >= shown.NotAfter => throw Refuse.Unauthenticated("CERTIFICATE_EXPIRED", "这张证书已经过期。"),
        _ => shown.Fingerprint,
    };
}

public enum CertificateTrust
{
    /// <summary>Another authority's, or its own, or it is broken.</summary>
    WrongAuthority,

    /// <summary>Ours, but not for clients: a server's.</summary>
    WrongUse,
    Trusted,
}
