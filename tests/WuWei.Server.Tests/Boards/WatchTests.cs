using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Boards;

/// <summary>Streams of a board, from two copies of the server of which one does the background work.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _over = new();
    private TestServer _server = null!;
    private TestServer _copy = null!;
    private World _world = null!;
    private Actor _helper = null!;
    private Task _working = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        _world = await World.CreateAsync(_server);
        _helper = await _world.ResidentAsync();
        // As the worker does: a round, and half a second until the next.
        _working = Task.Run(async () =>
        {
            while (!_over.IsCancellationRequested)
            {
                await _server.RunJobsAsync();
                await Task.Delay(Pause);
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _working;
        await _copy.DisposeAsync();
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
        _over.Dispose();
    }

    [Fact]
    public async Task A_change_reaches_every_watcher_on_every_copy_within_two_seconds()
    {
        var watcher = await _world.ResidentAsync();
        await using var here = new Watch(watcher.Boards.WatchBoard(Request()));
        await using var there = new Watch(watcher.At(_copy).Boards.WatchBoard(Request()));
        foreach (var watch in new[] { here, there })
        {
            Assert.Empty((await watch.NextAsync()).Board.Places);
        }

        for (var points = 1; points <= 5; points++)
        {
            var paid = Stopwatch.GetTimestamp();
            await _server.GiveAsync(_helper, _world.Community, 1);
            foreach (var watch in new[] { here, there })
            {
                Assert.Equal(points, Assert.Single((await watch.NextAsync()).Board.Places).Points);
                Assert.True(Stopwatch.GetElapsedTime(paid) < TimeSpan.FromSeconds(2), $"{Stopwatch.GetElapsedTime(paid)}");
            }
        }
    }

    [Fact]
    public async Task Whoever_comes_back_with_the_token_sees_nothing_twice_and_misses_nothing()
    {
        await _server.GiveAsync(_helper, _world.Community, 1);
        string token;
        await using (var before = new Watch(_helper.Boards.WatchBoard(Request())))
        {
            var seen = await before.NextAsync();
            token = seen.Board.Places.Count == 1 ? seen.ResumeToken : (await before.NextAsync()).ResumeToken;
        }

        // Through the other copy, and nothing new: silence.
        await using (var again = new Watch(_helper.At(_copy).Boards.WatchBoard(Request(token))))
        {
            await Assert.ThrowsAsync<TimeoutException>(() => again.NextAsync(TimeSpan.FromSeconds(2)));
        }

        await _server.GiveAsync(_helper, _world.Community, 1);
        await using var after = new Watch(_helper.At(_copy).Boards.WatchBoard(Request(token)));
        Assert.Equal(2, Assert.Single((await after.NextAsync()).Board.Places).Points);
    }

    [Fact]
    public async Task A_session_that_is_over_ends_its_streams()
    {
        var watcher = await _world.ResidentAsync();
        await using var watch = new Watch(watcher.Boards.WatchBoard(Request()));
        await watch.NextAsync();

        await watcher.Access.EndMySessionsAsync(new());

        var refusal = await Assert.ThrowsAsync<RpcException>(() => watch.NextAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("SIGN_IN_REQUIRED", refusal.Reason());
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_well()
    {
        var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        // The copy's own channel ends with it.
        using var channel = GrpcChannel.ForAddress(copy.Address);
        var watcher = new Actor(channel, _helper.PersonId, _helper.Name, _helper.Phone, _helper.Token);
        await using var watch = new Watch(watcher.Boards.WatchBoard(Request()));
        await watch.NextAsync();

        var stopping = Stopwatch.GetTimestamp();
        copy.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await Assert.ThrowsAsync<ChannelClosedException>(() => watch.NextAsync());
        await copy.DisposeAsync();
        Assert.True(Stopwatch.GetElapsedTime(stopping) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task One_person_watches_five_boards_and_no_sixth_until_one_is_closed()
    {
        var watches = new List<Watch>();
        for (var i = 0; i < 5; i++)
        {
            watches.Add(new Watch(_helper.Boards.WatchBoard(Request())));
            await watches[^1].NextAsync();
        }

        await using (var sixth = new Watch(_helper.Boards.WatchBoard(Request())))
        {
            Assert.Equal(
                "STREAMS_TOO_MANY", (await Assert.ThrowsAsync<RpcException>(() => sixth.NextAsync())).Reason());
        }

        await watches[0].DisposeAsync();
        await Task.Delay(Pause);
        watches[0] = new Watch(_helper.Boards.WatchBoard(Request()));
        await watches[0].NextAsync();
        foreach (var watch in watches)
        {
            await watch.DisposeAsync();
        }
    }

    private Wire.WatchBoardRequest Request(string token = "") => new()
    {
        Board = new()
        {
            Subject = Wire.BoardSubject.Person,
            UnitId = $"{_world.Street}",
            Period = Wire.BoardPeriod.Day,
        },
        ResumeToken = token,
    };

    /// <summary>A stream that is read all the time, so that a wait can be given up without losing an answer.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

        private readonly AsyncServerStreamingCall<Wire.WatchBoardResponse> _call;
        private readonly Channel<Wire.WatchBoardResponse> _answers =
            System.Threading.Channels.Channel.CreateUnbounded<Wire.WatchBoardResponse>();
        private readonly Task _reading;

        public Watch(AsyncServerStreamingCall<Wire.WatchBoardResponse> call)
        {
            _call = call;
            _reading = Task.Run(ReadAsync);
        }

        public async Task<Wire.WatchBoardResponse> NextAsync(TimeSpan? within = null)
        {
            try
            {
                return await _answers.Reader.ReadAsync().AsTask().WaitAsync(within ?? Long);
            }
            catch (ChannelClosedException e) when (e.InnerException is RpcException refusal)
            {
                throw refusal;
            }
        }

        public async ValueTask DisposeAsync()
        {
            _call.Dispose();
            await _reading;
        }

        private async Task ReadAsync()
        {
            try
            {
                while (await _call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    await _answers.Writer.WriteAsync(_call.ResponseStream.Current);
                }

                _answers.Writer.Complete();
            }
            catch (RpcException refusal)
            {
                _answers.Writer.Complete(refusal);
            }
        }
    }
}
