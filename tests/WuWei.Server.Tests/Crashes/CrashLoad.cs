using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Net.Client;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

/// <summary>What the load saw while it ran.</summary>
public sealed class CrashBook
{
    private readonly ConcurrentQueue<long> _successes = new();
    private int _restarts;

    /// <summary>What was answered beside success and the one refusal that the load provokes, and how often.</summary>
    public ConcurrentDictionary<string, int> Troubles { get; } = new();

    /// <summary>How often a client forgot everything and went on from its file.</summary>
    public int Restarts => _restarts;

    public void Succeeded() => _successes.Enqueue(Stopwatch.GetTimestamp());

    /// <summary>When the first write since then succeeded, in <see cref="Stopwatch"/> ticks; or null.</summary>
    public long? FirstSuccessAfter(long moment)
    {
        while (_successes.TryPeek(out var at) && at < moment)
        {
            _successes.TryDequeue(out _);
        }

        return _successes.TryPeek(out var first) ? first : null;
    }

    public void Restarted() => Interlocked.Increment(ref _restarts);
}

/// <summary>
/// People who live wishes from made to kept, over and over, whatever happens to the server, and now and then lose their
/// own memory in the middle of a call. Each intent has one key and is sent with it until there is a definite answer.
/// </summary>
public sealed class CrashLoad(
    CrashBook book, string path, World world, Actor maker, Actor staff, Actor neighbour, Actor rival)
{
    public const string FirstStep = "make";

    /// <summary>A life is over when this is answered.</summary>
    public const string LastStep = "confirm";

    /// <summary>The answer to a claim that somebody else won.</summary>
    public const string Lost = "lost";

    private const int PauseMaxMs = 40;
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MemoryMax = TimeSpan.FromSeconds(12);

    private ClientFile _file = new(path);

    /// <summary>What the wish of a life is called; no two are the same.</summary>
    public static string Title(string path, int life) => $"心愿 {Path.GetFileNameWithoutExtension(path)} {life}";

    public static async Task<CrashLoad> CreateAsync(CrashBook book, string path, World world, GrpcChannel channel)
    {
        return new CrashLoad(
            book, path, world, Through(await world.ResidentAsync()), Through(await world.StaffAsync(world.Community)),
            Through(await world.ResidentAsync()), Through(await world.ResidentAsync()));

        Actor Through(Actor actor) => new(channel, actor.PersonId, actor.Name, actor.Phone, actor.Token);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested || _file.IsMidLife)
        {
            // The last life is lived to its end.
            using var forget = stop.IsCancellationRequested
                ? new CancellationTokenSource()
                : new CancellationTokenSource(MemoryMax * Random.Shared.NextDouble());
            try
            {
                do
                {
                    await LiveAsync(forget.Token);
                }
                while (!stop.IsCancellationRequested);
            }
            catch (OperationCanceledException) when (forget.IsCancellationRequested)
            {
                book.Restarted();
            }

            _file = new ClientFile(path);
        }
    }

    /// <summary>Steps that were answered already, before a loss of memory, are not asked again.</summary>
    private async Task LiveAsync(CancellationToken forget)
    {
        var request = world.Request();
        request.Title = Title(path, _file.Life);
        var id = await InsistAsync(
            FirstStep, maker, async (calls, o) => (await calls.MakeWishAsync(request, o)).Wish.Id, forget);
        await InsistAsync("approve", staff, async (calls, o) => (await calls.ApproveWishAsync(
            new() { WishId = id }, o)).Wish.Id, forget);
        var winner = await ClaimAsync("claim", id, forget);
        if (_file.Life % 3 == 0)
        {
            await InsistAsync("release", winner, async (calls, o) => (await calls.ReleaseWishAsync(
                new() { WishId = id, Reason = "临时有事" }, o)).Wish.Id, forget);
            winner = await ClaimAsync("claim again", id, forget);
        }

        await InsistAsync("deliver", winner, async (calls, o) => (await calls.DeliverWishAsync(
            new() { WishId = id, Note = "已经修好" }, o)).Wish.Id, forget);
        await InsistAsync(LastStep, maker, async (calls, o) => (await calls.ConfirmWishAsync(
            new() { WishId = id, Rating = 5 }, o)).Wish.Id, forget);
    }

    /// <summary>Two want it; one is told that they have it, and the other that they have not.</summary>
    private async Task<Actor> ClaimAsync(string step, string id, CancellationToken forget)
    {
        Actor[] both = [neighbour, rival];
        var claims = await Task.WhenAll(both.Select((actor, i) => InsistAsync(
            $"{step} {i}", actor, async (calls, o) => (await calls.ClaimWishAsync(
                new() { WishId = id, Kind = Wire.ClaimerKind.Neighbour }, o)).Wish.Id,
            forget, lost: "WISH_ALREADY_CLAIMED")));
        Assert.Equal([id, Lost], claims.Order(StringComparer.Ordinal));
        return both[claims.IndexOf(id)];
    }

    /// <param name="call">Answers the wish's id.</param>
    /// <param name="lost">The refusal that counts as an answer.</param>
    private async Task<string> InsistAsync(
        string step, Actor actor, Func<Wire.WishService.WishServiceClient, CallOptions, Task<string>> call,
        CancellationToken forget, string? lost = null)
    {
        ClientFile.Intent intent;
        lock (_file)
        {
            intent = _file.Of(step);
        }

        if (intent.Answer is not null)
        {
            return intent.Answer;
        }

        await Task.Delay(Random.Shared.Next(PauseMaxMs), forget);
        var answer = await InsistAsync(intent, actor, call, lost, forget);
        lock (_file)
        {
            _file.Answered(intent, answer);
        }

        return answer;
    }

    private async Task<string> InsistAsync(
        ClientFile.Intent intent, Actor actor, Func<Wire.WishService.WishServiceClient, CallOptions, Task<string>> call,
        string? lost, CancellationToken forget)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            lock (_file)
            {
                _file.Sending(intent);
            }

            try
            {
                var answer = await call(actor.WishesWithKey(intent.Key), new CallOptions(
                    deadline: DateTime.UtcNow.AddSeconds(10), cancellationToken: forget));
                book.Succeeded();
                return answer;
            }
            catch (RpcException) when (forget.IsCancellationRequested)
            {
                throw new OperationCanceledException(forget);
            }
            catch (RpcException e) when (lost is not null && e.Reason() == lost)
            {
                return Lost;
            }
            catch (RpcException e) when (MayRetry(e) && waited.Elapsed < PatienceMax)
            {
                await Task.Delay(20, forget);
            }
        }
    }

    /// <summary>Told to try again, or told nothing at all. Whatever else the server says is an answer.</summary>
    private bool MayRetry(RpcException e)
    {
        var reason = e.Reason();
        var fromServer = !reason.StartsWith("no reason", StringComparison.Ordinal);
        book.Troubles.AddOrUpdate(fromServer ? reason : $"{e.StatusCode}, from no server", 1, (_, n) => n + 1);
        return fromServer
            ? reason is "DATABASE_AWAY" or "DATABASE_BUSY"
            : e.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled
                or StatusCode.DeadlineExceeded;
    }
}
