using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using WuWei.Calls;

namespace WuWei.Partners;

/// <summary>
/// What the handshake of a connection found. The listener notes it on the connection itself, so nothing that is sent over
/// it can say otherwise.
/// </summary>
public static class PartnerConnection
{
    private static readonly object Key = new();
    private static readonly object Admitted = new();

    /// <summary>From now on only partners come in by this connection.</summary>
    public static void Mark(ConnectionContext connection, ShownCertificate? shown) =>
        connection.Items[Key] = new Handshake(shown);

    /// <summary>Whether only partners come in by it.</summary>
    public static bool IsPartnersOnly(HttpContext http) => Of(http) is not null;

    public static ShownCertificate? Certificate(HttpContext http) => Of(http)?.Shown;

    /// <summary>Who was let in, for the rest of this request.</summary>
    public static void Admit(HttpContext http, Partner partner) => http.Items[Admitted] = partner;

    /// <summary>Who was let in. Nobody else goes on, so without anybody it is a bug.</summary>
    public static Partner AdmittedPartner(HttpContext http) => http.Items[Admitted] as Partner
        ?? throw new InvalidOperationException("A request on a partners' connection was let in as nobody.");

    private static Handshake? Of(HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var handshake) == true
            ? (Handshake?)handshake
            : null;

    private sealed record Handshake(ShownCertificate? Shown);
}
