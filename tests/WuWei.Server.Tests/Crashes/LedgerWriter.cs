using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

/// <summary>What was acknowledged of a kept wish.</summary>
/// <param name="Paid">What staff decided on what was held; null if nothing was.</param>
public sealed record LedgerLife(Guid WishId, bool? Paid, bool Overturned);

/// <summary>
/// Somebody who keeps wishes of others, one after the other, whatever happens to the server, and two staff who decide on what
/// is held, overturn some and correct balances. Each call is sent with its key until there is a definite answer.
/// </summary>
public sealed class LedgerWriter(World world, IReadOnlyList<Actor> people, int number, Actor staff, Actor colleague)
{
    private const string Reason = "核对台账";
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    private readonly Actor _helper = people[number];

    public List<LedgerLife> Lives { get; } = [];

    /// <summary>Corrections that were acknowledged as carried out.</summary>
    public int Corrections { get; private set; }

    /// <summary>Calls that were sent again.</summary>
    public int Retries { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (var life = number; !stop.IsCancellationRequested; life++)
        {
            await LiveAsync(life);
        }
    }

    private async Task LiveAsync(int life)
    {
        var maker = people[(number + 1 + Random.Shared.Next(people.Count - 1)) % people.Count];
        var id = await InsistAsync(maker, async a => (await a.Wishes.MakeWishAsync(world.Request())).Wish.Id);
        await InsistAsync(staff, async a => await a.Wishes.ApproveWishAsync(new() { WishId = id }));
        await InsistAsync(_helper, async a => await a.Wishes.ClaimWishAsync(
            new() { WishId = id, Kind = Wire.ClaimerKind.Neighbour }));
        await InsistAsync(_helper, async a => await a.Wishes.DeliverWishAsync(new() { WishId = id, Note = "已经修好" }));
        await InsistAsync(maker, async a => await a.Wishes.ConfirmWishAsync(new() { WishId = id, Rating = 5 }));
        var paid = life % 2 == 0 ? await DecideAsync(id, pay: life % 4 == 0) : null;
        if (life % 5 == 0)
        {
            await InsistAsync(staff, async a => await a.Wishes.ProposeOverturnAsync(new() { WishId = id, Reason = Reason }));
            await InsistAsync(colleague, async a => await a.Wishes.OverturnWishAsync(new() { WishId = id, Reason = Reason }));
        }

        Lives.Add(new LedgerLife(Guid.Parse(id), paid, life % 5 == 0));
        if (life % 7 == 0)
        {
            await CorrectAsync(points: life % 2 == 0 ? 5 : -3);
        }
    }

    private async Task<bool?> DecideAsync(string wish, bool pay)
    {
        var lines = await InsistAsync(_helper, async a => (await a.Points.ListPointsAsync(new())).Lines);
        var held = lines.Where(l => l.Award?.SubjectId == wish && l.Award.State == Wire.AwardState.Held).ToList();
        foreach (var line in held)
        {
            await InsistAsync(staff, async a => await a.Points.DecideHeldAwardAsync(
                new() { AwardId = line.Award.Id, Pay = pay, Reason = Reason }));
        }

        return held.Count > 0 ? pay : null;
    }

    private async Task CorrectAsync(int points)
    {
        var correction = await InsistAsync(staff, async a => (await a.Points.ProposeAdjustmentAsync(new()
        {
            PersonId = _helper.PersonId.ToString(),
            UnitId = world.Community.ToString(),
            Points = points,
            Reason = Reason,
        })).Correction.Id);
        Corrections += await InsistAsync(colleague, async a =>
        {
            try
            {
                await a.Points.DecideCorrectionAsync(new() { CorrectionId = correction, Approve = true });
                return 1;
            }
            catch (RpcException e) when (e.Reason() == "POINTS_TOO_FEW")
            {
                return 0;
            }
        });
    }

    private async Task<T> InsistAsync<T>(Actor actor, Func<Actor, Task<T>> call)
    {
        var keyed = actor.WithKey(Guid.NewGuid().ToString());
        for (var until = DateTime.UtcNow + PatienceMax; ;)
        {
            try
            {
                return await call(keyed);
            }
            catch (RpcException e) when (MayRetry(e) && DateTime.UtcNow < until)
            {
                Retries++;
                await Task.Delay(Random.Shared.Next(20, 200));
            }
        }
    }

    /// <summary>Told to try again, or told nothing at all.</summary>
    private static bool MayRetry(RpcException e) => e.Reason() is "DATABASE_AWAY" or "DATABASE_BUSY"
        || (e.Reason().StartsWith("no reason", StringComparison.Ordinal)
            && e.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled);
}
