using System.Diagnostics;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Errors;
using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;
using WuWei.Tests.Webhooks;
using WuWei.Webhooks;

namespace WuWei.Tests.Crashes;

/// <summary>
/// A follower and a receiver of webhooks, killed at random moments while people make wishes, and the server with them. What
/// they kept in the end is what the journal has, once and in order.
/// <code>
/// WUWEI_READER_KILLS=1000 WUWEI_READER_SERVER_KILLS=20 scripts/test -class '*ReaderTests' -showLiveOutput
/// </code>
/// </summary>
public class ReaderTests(ITestOutputHelper output)
{
    private const int Writers = 3;

    /// <summary>So much of the clock passes with each step, so that no pause between tries takes long.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StepEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    private enum Blow
    {
        Follower,
        Receiver,
        ReceiverBeforeKeeping,
        ReceiverAfterKeeping,
        Server,
    }

    [Fact]
    public async Task Readers_killed_a_hundred_times_miss_nothing_and_repeat_nothing()
    {
        var kills = Count("WUWEI_READER_KILLS", 100);
        await using var writing = await TestServer.StartAsync(settings: [WebhookSteps.Loopback]);
        var world = await World.CreateAsync(writing);
        var partner = await writing.PartnerAsync([world.District]);
        await using var readers = await Readers.StartAsync(writing, partner);
        using var stop = new CancellationTokenSource();
        var copy = new Copy(writing);
        await copy.StartAsync();
        await readers.FollowAsync(copy.Address);
        var load = Task.WhenAll(
            [WorkAsync(writing, stop.Token), .. Enumerable.Range(0, Writers).Select(_ => WriteAsync(world, null, stop.Token))]);

        var counts = new Dictionary<Blow, int>();
        for (var i = 0; i < kills && !load.IsFaulted; i++)
        {
            await Task.Delay(Random.Shared.Next(120));
            var blow = i % 10 == 9 ? Blow.Server : (Blow)Random.Shared.Next((int)Blow.Server);
            counts[blow] = counts.GetValueOrDefault(blow) + 1;
            if (blow == Blow.Server)
            {
                await copy.StopAsync();
                await copy.StartAsync();
                await readers.FollowAsync(copy.Address);
            }
            else
            {
                await readers.KillAsync(blow);
            }
        }

        await stop.CancelAsync();
        await load;
        readers.Behave();
        await writing.SealAsync();
        var expected = await writing.Database.ExpectedAsync(world.District);
        using var end = new CancellationTokenSource();
        var working = WorkAsync(writing, end.Token);
        await readers.AwaitAsync(expected.Count, PatienceMax);
        await end.CancelAsync();
        await working;
        await copy.StopAsync();
        output.WriteLine(
            $"{expected.Count} entries; {string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"))}; "
            + $"{readers.DeliveriesTwice} deliveries came twice");

        Assert.Equal(expected, readers.Followed);
        Assert.Equal(expected, readers.Received);
        Assert.True(expected.Count > kills / 4, $"only {expected.Count} entries");
    }

    [Fact]
    public async Task Readers_of_a_server_that_is_killed_miss_nothing_and_repeat_nothing()
    {
        var kills = Count("WUWEI_READER_SERVER_KILLS", 3);
        await using var services = await CrashServices.StartAsync();
        var database = await TestDatabase.CreateAsync(services.Owner, services.Service);
        var clock = new TestClock();
        // Behind the clock of the real one, for whom roles would else begin only later.
        clock.Advance(DateTimeOffset.UtcNow.AddMinutes(-1) - clock.GetUtcNow());
        // This copy only makes people, and looks after it all at the end.
        await using var observer = await TestServer.StartAsync(database, clock, settings: [WebhookSteps.Loopback]);
        var world = await World.CreateAsync(observer);
        var partner = await observer.PartnerAsync([world.District]);
        await using var readers = await Readers.StartAsync(observer, partner, () => DateTimeOffset.UtcNow);
        await services.StartGatewayAsync(
            database, ("Webhooks__Loopback", "true"), ("Webhooks__RequestTime", "00:00:02"));
        await readers.FollowAsync(services.Address);
        using var channel = GrpcChannel.ForAddress(services.Address);
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync(world, channel, stop.Token)));
        for (var i = 0; i < kills; i++)
        {
            for (var blows = 0; blows < 5; blows++)
            {
                await Task.Delay(Random.Shared.Next(500));
                await readers.KillAsync((Blow)Random.Shared.Next((int)Blow.Server));
            }

            services.Gateway.Kill();
            services.Gateway.Start();
            await services.AwaitGatewayAsync();
        }

        await stop.CancelAsync();
        await load;
        readers.Behave();
        await services.AwaitGatewayAsync();
        await observer.SealAsync();
        var expected = await database.ExpectedAsync(world.District);
        await readers.AwaitAsync(expected.Count, PatienceMax);
        output.WriteLine($"{expected.Count} entries; {readers.DeliveriesTwice} deliveries came twice");

        Assert.Equal(expected, readers.Followed);
        Assert.Equal(expected, readers.Received);
    }

    /// <summary>Time passes, entries get their numbers, and this copy delivers as well.</summary>
    private static async Task WorkAsync(TestServer server, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            server.Clock.Advance(Step);
            try
            {
                await server.SealAsync();
                await server.Services.GetRequiredService<WebhookSender>().RunOnceAsync(CancellationToken.None);
            }
            catch (RefusedException)
            {
                // Too busy, as the worker may find it: the next round does it.
            }

            await Task.Delay(StepEvery, CancellationToken.None);
        }
    }

    /// <summary>Wishes are made and approved, and whatever happens to the server, each intent is carried out.</summary>
    private static async Task WriteAsync(World world, GrpcChannel? through, CancellationToken stop)
    {
        var (maker, staff) = (await world.ResidentAsync(), await world.StaffAsync(world.Community));
        if (through is not null)
        {
            (maker, staff) = (maker.Through(through), staff.Through(through));
        }

        while (!stop.IsCancellationRequested)
        {
            var wish = await UntilAnsweredAsync(maker, a => a.Wishes.MakeWishAsync(world.Request()).ResponseAsync);
            await UntilAnsweredAsync(
                staff, a => a.Wishes.ApproveWishAsync(new() { WishId = wish.Wish.Id }).ResponseAsync);
        }
    }

    private static async Task<T> UntilAnsweredAsync<T>(Actor actor, Func<Actor, Task<T>> call)
        where T : IMessage
    {
        var same = actor.WithKey($"{Guid.NewGuid()}");
        while (true)
        {
            try
            {
                return await call(same);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal
                or StatusCode.Cancelled or StatusCode.ResourceExhausted or StatusCode.Unknown)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private static int Count(string setting, int usual) =>
        int.Parse(Environment.GetEnvironmentVariable(setting) ?? $"{usual}");

    /// <summary>A second copy of the server, which comes and goes.</summary>
    private sealed class Copy(TestServer first)
    {
        private Func<Task> _end = () => Task.CompletedTask;

        public string Address { get; private set; } = "";

        public async Task StartAsync()
        {
            var server = await TestServer.StartAsync(first.Database, first.Clock, settings: [WebhookSteps.Loopback]);
            var stop = new CancellationTokenSource();
            var working = DeliverAsync(server, stop.Token);
            Address = server.Address;
            _end = async () =>
            {
                await stop.CancelAsync();
                await working;
                await server.DisposeAsync();
                stop.Dispose();
            };
        }

        public Task StopAsync() => _end();

        private static async Task DeliverAsync(TestServer server, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await server.Services.GetRequiredService<WebhookSender>().RunOnceAsync(stop);
                    await Task.Delay(StepEvery, stop);
                }
                catch (Exception e) when (e is OperationCanceledException or RefusedException)
                {
                    // Stopped in the middle of whatever it did, or too busy.
                }
            }
        }
    }

    /// <summary>The two samples, with what they have on disk.</summary>
    private sealed class Readers : IAsyncDisposable
    {
        private readonly string _followed = Path.GetTempFileName();
        private readonly string _received = Path.GetTempFileName();
        private readonly int _port = ChildProcess.FreePort();
        private readonly TestPartner _partner;
        private readonly Func<DateTimeOffset> _now;
        private readonly HashSet<string> _deliveries = [];
        private string _secret = "";
        private string _address = "";
        private GrpcChannel? _channel;
        private CancellationTokenSource _stop = new();
        private Task _following = Task.CompletedTask;
        private SampleReceiver? _receiver;

        private Readers(TestPartner partner, Func<DateTimeOffset> now) => (_partner, _now) = (partner, now);

        public int DeliveriesTwice { get; private set; }
        public IReadOnlyList<long> Followed => new SampleBook(_followed).Done;
        public IReadOnlyList<long> Received => new SampleBook(_received).Done;

        public static async Task<Readers> StartAsync(
            TestServer server, TestPartner partner, Func<DateTimeOffset>? now = null)
        {
            var readers = new Readers(partner, now ?? (() => server.Clock.GetUtcNow()));
            (_, readers._secret) = await server.Desk().AddAsync(
                partner.Code, WebhookSteps.Url(readers._port), [], after: 0, CancellationToken.None);
            await readers.StartReceiverAsync();
            return readers;
        }

        /// <summary>From now on at this server.</summary>
        public async Task FollowAsync(string address)
        {
            _address = address;
            await _stop.CancelAsync();
            await _following;
            StartFollower();
        }

        public async Task KillAsync(Blow blow)
        {
            switch (blow)
            {
                case Blow.Follower:
                    await _stop.CancelAsync();
                    await _following;
                    SampleBook.Tear(_followed);
                    StartFollower();
                    break;
                case Blow.Receiver:
                    await _receiver!.DisposeAsync();
                    SampleBook.Tear(_received);
                    await StartReceiverAsync();
                    break;
                case Blow.ReceiverBeforeKeeping:
                    _receiver!.Before = http =>
                    {
                        _receiver!.Before = _ => Task.FromResult(false);
                        http.Abort();
                        return Task.FromResult(true);
                    };
                    break;
                default:
                    _receiver!.After = http =>
                    {
                        _receiver!.After = _ => { };
                        http.Abort();
                    };
                    break;
            }
        }

        public void Behave() => (_receiver!.Before, _receiver!.After) = (_ => Task.FromResult(false), _ => { });

        /// <summary>Until both have as many entries as there are.</summary>
        public async Task AwaitAsync(int count, TimeSpan patience)
        {
            for (var waited = Stopwatch.StartNew(); Kept() < count || _receiver!.Book.Done.Count < count;)
            {
                Assert.True(waited.Elapsed < patience, $"{Kept()} and {_receiver!.Book.Done.Count} of {count}");
                await Task.Delay(100);
            }

            int Kept() => File.ReadLines(_followed).Sum(line => line.Count(c => c == ' '));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _following;
            _channel?.Dispose();
            await _receiver!.DisposeAsync();
        }

        private void StartFollower()
        {
            _channel?.Dispose();
            _channel = GrpcChannel.ForAddress(_address);
            _stop = new CancellationTokenSource();
            var follower = new SampleFollower(new SampleBook(_followed), _channel, _partner.Headers);
            _following = Task.Run(() => follower.RunAsync(_stop.Token));
        }

        private async Task StartReceiverAsync()
        {
            if (_receiver is { } before)
            {
                DeliveriesTwice += before.Deliveries.Count(d => !_deliveries.Add(d.Id));
            }

            _receiver = await SampleReceiver.StartAsync(new SampleBook(_received), _now, _port, _secret);
        }
    }
}
