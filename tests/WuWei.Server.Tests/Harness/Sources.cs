using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;

namespace WuWei.Tests.Harness;

/// <summary>Callers at another address: every address of 127.0.0.0/8 is this machine.</summary>
public static class Sources
{
    public static GrpcChannel From(this TestServer server, string source)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return GrpcChannel.ForAddress(
            server.Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
