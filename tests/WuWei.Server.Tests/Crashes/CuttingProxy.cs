using System.Net;
using System.Net.Sockets;

namespace WuWei.Tests.Crashes;

public enum Cut
{
    /// <summary>The database never hears of it.</summary>
    BeforeItArrives,

    /// <summary>The database does it, and the answer is lost.</summary>
    BeforeItsAnswer,
}

/// <summary>
/// Stands between a server and its database, counts the statements that pass, and at a chosen one cuts every connection
/// there is, as a crash of the database does. New connections are let through.
/// </summary>
public sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly (string Host, int Port) _database;
    private readonly List<(TcpClient Client, TcpClient Server)> _pairs = [];
    private Cut _cut;
    private int _left;

    public CuttingProxy(string host, int port)
    {
        _database = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the chosen statement has come.</summary>
    public bool Fired => Volatile.Read(ref _left) <= 0;

    /// <param name="statement">1 for the next.</param>
    public void Arm(Cut cut, int statement)
    {
        _cut = cut;
        Volatile.Write(ref _left, statement);
    }

    public void CutAll()
    {
        lock (_pairs)
        {
            foreach (var (client, server) in _pairs)
            {
                client.Client.Close(0);
                server.Client.Close(0);
            }

            _pairs.Clear();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        CutAll();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                var server = new TcpClient();
                await server.ConnectAsync(_database.Host, _database.Port);
                client.NoDelay = server.NoDelay = true;
                lock (_pairs)
                {
                    _pairs.Add((client, server));
                }

                _ = PumpAsync(client, server, counted: true);
                _ = PumpAsync(server, client, counted: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool counted)
    {
        var bytes = new byte[256 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(bytes)) > 0)
            {
                // A statement fits in one read here; one that came in two would be cut in its middle, which is as good.
                var last = counted && Interlocked.Decrement(ref _left) == 0;
                if (last && _cut == Cut.BeforeItArrives)
                {
                    CutAll();
                    return;
                }

                if (last)
                {
                    await AnsweredAsync(to, bytes.AsMemory(0, read));
                    return;
                }

                await to.GetStream().WriteAsync(bytes.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }

    /// <summary>The client is gone at once; the database gets the statement, and is done with it when it hangs up.</summary>
    private async Task AnsweredAsync(TcpClient database, ReadOnlyMemory<byte> statement)
    {
        lock (_pairs)
        {
            foreach (var (client, _) in _pairs)
            {
                client.Client.Close(0);
            }
        }

        await database.GetStream().WriteAsync(statement);
        database.Client.Shutdown(SocketShutdown.Send);
    }
}
