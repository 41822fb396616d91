using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace WuWei.Webhooks;

/// <summary>
/// Where endpoints may be: at public addresses, and in networks that the operator named. It is looked at when a connection
/// is made, at the very address that is connected to, so a name that changes its mind leads nowhere.
/// </summary>
public sealed class WebhookAddresses(IOptions<WebhookOptions> options)
{
    private const int UrlLengthMax = 500;

    /// <summary>What is not the public internet, by the registries of special-purpose addresses.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/3",
            // Of IPv6 only 2000::/3 is public, without what stands for IPv4 addresses or is for documents.
            "::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private readonly IPNetwork[] _named = [.. options.Value.Networks.Select(n => IPNetwork.Parse(n))];

    /// <summary>The address that an operator gave; null when no endpoint may be there, or it says too much.</summary>
    public Uri? Read(string text) =>
        text.Length <= UrlLengthMax && text.All(c => c is > ' ' and <= '~')
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0 && url.Fragment.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps
            || (url.Scheme == Uri.UriSchemeHttp && options.Value.Loopback && url.IsLoopback))
        && (!IPAddress.TryParse(url.DnsSafeHost, out var address) || IsAllowed(address, url.Scheme))
            ? url
            : null;

    public bool IsAllowed(IPAddress address, string scheme)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        // Without TLS nothing leaves this machine.
        return IPAddress.IsLoopback(plain) && options.Value.Loopback
            || (scheme == Uri.UriSchemeHttps
                && (_named.Any(n => n.Contains(plain)) || !Special.Any(n => n.Contains(plain))));
    }

    /// <summary>Connects to what the name leads to now, if an endpoint may be there.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var scheme = context.InitialRequestMessage.RequestUri!.Scheme;
        var allowed = (await Dns.GetHostAddressesAsync(host, cancel)).Where(a => IsAllowed(a, scheme)).ToArray();
        if (allowed.Length == 0)
        {
            throw new AddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A name leads to addresses where no endpoint may be, and to no other.</summary>
public sealed class AddressRefusedException() : IOException("No endpoint may be there.");
