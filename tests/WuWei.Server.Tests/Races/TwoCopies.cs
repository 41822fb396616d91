using Grpc.Core;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Races;

/// <summary>Two copies of the server on one database, and the district they serve.</summary>
public sealed class TwoCopies : IAsyncLifetime
{
    public TestServer First { get; private set; } = null!;
    public TestServer Second { get; private set; } = null!;
    public World World { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        First = await TestServer.StartAsync();
        Second = await TestServer.StartAsync(First.Database, First.Clock);
        World = await World.CreateAsync(First);
    }

    /// <summary>What must hold after any race.</summary>
    public async Task AssertSoundAsync()
    {
        await First.AssertSoundAsync();
        await First.Database.AssertJournalTellsTheStepsAsync();
        await Race.AssertOpenClaimsAsync(First);
    }

    public async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
    }
}

/// <summary>Calls that start at the same moment, and what became of each: "won", or the reason of its refusal.</summary>
public static class Race
{
    public const string Won = "won";

    public static async Task<string[]> RunAsync(IEnumerable<Func<Task>> calls)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runners = calls.Select(RunOneAsync).ToArray();
        start.SetResult();
        return await Task.WhenAll(runners);

        async Task<string> RunOneAsync(Func<Task> call)
        {
            await start.Task;
            try
            {
                await call();
                return Won;
            }
            catch (RpcException refusal)
            {
                return refusal.Reason();
            }
        }
    }

    public static string Show(IEnumerable<string> outcomes) =>
        string.Join(", ", outcomes.CountBy(o => o).OrderBy(o => o.Key, StringComparer.Ordinal)
            .Select(o => $"{o.Value} × {o.Key}"));

    /// <summary>The journey is one path through <see cref="Wish.Next"/> from the first step to where the wish is.</summary>
    public static async Task<Wire.WishMove[]> AssertOnePathAsync(Actor reader, string wishId)
    {
        var wish = (await reader.Wishes.GetWishAsync(new() { WishId = wishId })).Wish;
        var steps = (await reader.Wishes.GetWishJourneyAsync(new() { WishId = wishId })).Steps;
        Assert.Equal(Enumerable.Range(1, steps.Count), steps.Select(s => s.Number));
        Assert.Equal(Wire.WishMove.Make, steps[0].Move);
        foreach (var (before, step) in steps.Zip(steps.Skip(1)))
        {
            Assert.Equal(before.To, step.From);
            Assert.Equal((WishStatus)step.To, Wish.Next((WishStatus)step.From, (WishMove)step.Move));
        }

        Assert.Equal(steps[^1].To, wish.Status);
        Assert.Equal(steps[^1].AudienceUnitId, wish.AudienceUnitId);
        return [.. steps.Select(s => s.Move)];
    }

    /// <summary>Each person's count of claims in hand is what the wishes say, and each wish has at most its one claim.</summary>
    public static async Task AssertOpenClaimsAsync(TestServer server)
    {
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM person p
            WHERE open_claims <> (SELECT COUNT(*) FROM wish w WHERE w.claimer_id = p.id AND w.status = 3)
            """));
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM wish w
            WHERE (w.status IN (3, 4)) <> (SELECT COUNT(*) FROM wish_claim c WHERE c.live_wish_id = w.id AND c.id = w.claim_id)
            """));
    }
}
