using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace WuWei.Gateway.Tests.Public;

/// <summary>A connection on which a test says any bytes it likes.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client = new() { NoDelay = true };
    private Stream _stream = Stream.Null;

    public static async Task<RawConnection> OpenAsync(string address, SslApplicationProtocol? tls = null)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync("127.0.0.1", new Uri(address).Port);
        connection._stream = connection._client.GetStream();
        if (tls is { } protocol)
        {
            var secured = new SslStream(
                connection._stream, leaveInnerStreamOpen: false, (_, shown, _, _) => shown?.Subject == TestCertificate.Subject);
            await secured.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [protocol] });
            connection._stream = secured;
        }

        return connection;
    }

    /// <summary>Says it on a connection of its own.</summary>
    /// <returns>All that is answered until the server closes it.</returns>
    public static async Task<string> AskAsync(string address, byte[] said)
    {
        await using var connection = await OpenAsync(address);
        await connection.TrySendAsync(said);
        return await connection.ReadToEndAsync();
    }

    /// <returns>Whether the server still listened.</returns>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> said)
    {
        try
        {
            await _stream.WriteAsync(said);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What comes next.</summary>
    public async Task<string> ReadSomeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var some = new byte[4_096];
        return Encoding.UTF8.GetString(some, 0, await _stream.ReadAsync(some, patience.Token));
    }

    /// <summary>All that comes until the server closes the connection, which it must.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var all = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(all, patience.Token);
        }
        catch (IOException)
        {
            // Closed without a word of farewell: what came before counts.
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }
}
