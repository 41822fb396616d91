using System.Collections.Concurrent;
using System.Diagnostics;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Crashes;

/// <summary>What the load saw.</summary>
public sealed class CrashBook
{
    private long _lastSuccessAt;

    public ConcurrentBag<KeptWish> Kept { get; } = [];

    /// <summary>What was answered beside success and the one refusal that the load provokes, and how often.</summary>
    public ConcurrentDictionary<string, int> Troubles { get; } = new();

    /// <summary>When a write succeeded last, in <see cref="Stopwatch"/> ticks.</summary>
    public long LastSuccessAt => Volatile.Read(ref _lastSuccessAt);

    public void Succeeded() => Volatile.Write(ref _lastSuccessAt, Stopwatch.GetTimestamp());

    /// <summary>A wish and the moves that were acknowledged.</summary>
    public sealed record KeptWish(string Id, string Title, IReadOnlyList<Wire.WishMove> Moves);
}

/// <summary>
/// People who live wishes from made to kept, over and over, whatever happens to the server. Each intent has one key and
/// is sent with it until there is a definite answer.
/// </summary>
public sealed class CrashLoad(CrashBook book, World world, Actor maker, Actor staff, Actor neighbour, Actor rival)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            book.Kept.Add(await LiveAsync());
        }
    }

    private async Task<CrashBook.KeptWish> LiveAsync()
    {
        var title = $"心愿 {Guid.NewGuid():n}";
        var request = world.Request();
        request.Title = title;
        var id = (await InsistAsync(maker, (calls, o) => calls.MakeWishAsync(request, o)))!.Wish.Id;
        List<Wire.WishMove> moves = [Wire.WishMove.Make, Wire.WishMove.Approve, Wire.WishMove.Claim];
        await InsistAsync(staff, (calls, o) => calls.ApproveWishAsync(new() { WishId = id }, o));
        var winner = await ClaimAsync(id);
        if (Random.Shared.Next(3) == 0)
        {
            await InsistAsync(winner, (calls, o) => calls.ReleaseWishAsync(new() { WishId = id, Reason = "临时有事" }, o));
            winner = await ClaimAsync(id);
            moves.AddRange([Wire.WishMove.Release, Wire.WishMove.Claim]);
        }

        await InsistAsync(winner, (calls, o) => calls.DeliverWishAsync(new() { WishId = id, Note = "已经修好" }, o));
        await InsistAsync(maker, (calls, o) => calls.ConfirmWishAsync(new() { WishId = id, Rating = 5 }, o));
        moves.AddRange([Wire.WishMove.Deliver, Wire.WishMove.Confirm]);
        return new CrashBook.KeptWish(id, title, moves);
    }

    /// <summary>Two want it; one is told that they have it, and the other that they have not.</summary>
    private async Task<Actor> ClaimAsync(string id)
    {
        Actor[] both = [neighbour, rival];
        var claims = await Task.WhenAll(both.Select(actor => InsistAsync(
            actor, (calls, o) => calls.ClaimWishAsync(new() { WishId = id, Kind = (Wire.ClaimerKind)ClaimerKind.Neighbour }, o),
            lost: "WISH_ALREADY_CLAIMED")));
        Assert.Single(claims, c => c is not null);
        return claims[0] is not null ? neighbour : rival;
    }

    /// <param name="lost">The refusal that counts as an answer: null then.</param>
    private async Task<T?> InsistAsync<T>(
        Actor actor, Func<Wire.WishService.WishServiceClient, CallOptions, AsyncUnaryCall<T>> call, string? lost = null)
        where T : class
    {
        var key = Guid.NewGuid().ToString();
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                var reply = await call(
                    actor.WishesWithKey(key), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(10)));
                book.Succeeded();
                return reply;
            }
            catch (RpcException e) when (lost is not null && e.Reason() == lost)
            {
                return null;
            }
            catch (RpcException e) when (MayRetry(e) && waited.Elapsed < PatienceMax)
            {
                await Task.Delay(20);
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
