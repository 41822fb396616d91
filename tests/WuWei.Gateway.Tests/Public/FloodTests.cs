using System.Net;
using System.Net.Security;
using System.Text;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

/// <summary>Connections and streams by the thousand, and such as never come to the point: others are answered all the same.</summary>
public sealed class FloodTests(SharedServer shared)
{
    private const string HalfAHeader = "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    private const string OneCall = "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private const string LastCall = "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private const string GetMe = "/wuwei.v1.IdentityService/GetMe";

    [Fact]
    public async Task A_thousand_connections_that_only_wait_keep_nobody_out()
    {
        var waiting = await OpenAsync(shared.Server.PublicAddress, 1_000);
        foreach (var connection in waiting.Where((_, i) => i % 2 == 0))
        {
            Assert.True(await connection.TrySendAsync(Bytes(HalfAHeader)));
        }

        await AssertAnswersAsync(shared.Server.PublicAddress);
        await CloseAsync(waiting);
        await AssertAnswersAsync(shared.Server.PublicAddress);
    }

    [Fact]
    public async Task Each_door_has_so_many_connections_and_no_more()
    {
        await using var server = await TestServer.StartAsync(shared.Server.Database, settings: "Doors:ConnectionsMax=30");
        var waiting = await OpenAsync(server.PublicAddress, 30);
        // The server has seen each of them.
        foreach (var connection in waiting)
        {
            Assert.True(await connection.TrySendAsync(Bytes(OneCall)));
            Assert.StartsWith("HTTP/1.1 401", await connection.ReadSomeAsync());
        }

        Assert.Equal("", await RawConnection.AskAsync(server.PublicAddress, Bytes(LastCall)));
        await AssertSystemsDoorAsync(server);
        await CloseAsync(waiting);

        // The server learns in its own time that they are gone.
        while (await RawConnection.AskAsync(server.PublicAddress, Bytes(LastCall)) == "")
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Who_never_comes_to_the_point_is_not_waited_for()
    {
        await Task.WhenAll(
            AssertGivenUpAsync(HalfAHeader, "x"),
            AssertGivenUpAsync(
                "POST /api/v1/auth/codes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000\r\n\r\n{\"phone\": \"", "1"));

        await AssertAnswersAsync(shared.Server.PublicAddress);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_streams_begun_and_given_up_keep_nobody_out(bool atPublicDoor)
    {
        using var certificate = new TestCertificate();
        await using var server = await TestServer.StartAsync(shared.Server.Database, settings: certificate.Settings);
        var (address, tls) = atPublicDoor
            ? (server.PublicAddress, SslApplicationProtocol.Http2)
            : (server.Address, (SslApplicationProtocol?)null);

        for (var sent = 0; sent < 10_000;)
        {
            // A client that does this is thrown out after a while; it comes back.
            await using var connection = await RawConnection.OpenAsync(address, tls);
            var answers = connection.ReadToEndAsync();
            for (var goesOn = await connection.TrySendAsync(Http2Frames.Start); goesOn && sent < 10_000; sent += 100)
            {
                var stream = 1 + (2 * (sent % 1_000_000));
                byte[] hundred = [.. Enumerable.Range(0, 100).SelectMany(i => Http2Frames.GivenUp(stream + (2 * i), GetMe))];
                goesOn = await connection.TrySendAsync(hundred) && !answers.IsCompleted;
            }
        }

        await AssertAnswersAsync(server.PublicAddress);
        await AssertSystemsDoorAsync(server);
    }

    [Fact]
    public async Task Headers_without_an_end_end_their_connection()
    {
        await using var connection = await RawConnection.OpenAsync(shared.Server.Address);
        var answers = connection.ReadToEndAsync();
        Assert.True(await connection.TrySendAsync(
            (byte[])[.. Http2Frames.Start, .. Http2Frames.Endless(GetMe)]));
        var more = Http2Frames.More([.. Enumerable.Range(0, 50).SelectMany(i => Http2Frames.Header($"x-{i}", new string('a', 100)))]);

        var sent = 0;
        while (!answers.IsCompleted && await connection.TrySendAsync(more))
        {
            sent += more.Length;
            Assert.True(sent < 100_000_000);
        }

        await answers;
        await AssertAnswersAsync(shared.Server.PublicAddress);
    }

    private async Task AssertGivenUpAsync(string begun, string more)
    {
        await using var connection = await RawConnection.OpenAsync(shared.Server.PublicAddress);
        var answer = connection.ReadToEndAsync();
        for (var goesOn = await connection.TrySendAsync(Bytes(begun)); goesOn && !answer.IsCompleted;)
        {
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
            goesOn = await connection.TrySendAsync(Bytes(more));
        }

        Assert.StartsWith("HTTP/1.1 4", await answer);
    }

    private static async Task<List<RawConnection>> OpenAsync(string address, int count)
    {
        var open = new List<RawConnection>();
        while (open.Count < count)
        {
            open.Add(await RawConnection.OpenAsync(address));
        }

        return open;
    }

    private static async Task CloseAsync(List<RawConnection> connections)
    {
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>The public door answers a normal call.</summary>
    private static async Task AssertAnswersAsync(string address)
    {
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var http = new HttpClient(handler);
        using var response = await http.GetAsync(new UriBuilder(address) { Host = "127.0.0.1", Path = "/api/v1/me" }.Uri);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static async Task AssertSystemsDoorAsync(TestServer server)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Channel.Send(GetMe[1..], [], "", $"{Guid.NewGuid()}"));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
