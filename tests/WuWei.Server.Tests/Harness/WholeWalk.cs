namespace WuWei.Tests.Harness;

/// <summary>
/// Every rpc on every kind of object, asked by every role in every place and by everybody around a wish, with marked
/// wishes. Long, so the tests of rights and of privacy share it.
/// </summary>
public sealed class WholeWalk : IAsyncLifetime
{
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 16 };

    public TestServer Server { get; private set; } = null!;
    public World World { get; private set; } = null!;
    public Marks Marks { get; } = new();
    public IReadOnlyList<Walk> Walks { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(
            settings: ["Wishes:ClaimsMax=1000", "Wishes:ClaimerRevealsMax=1000", "Wishes:StaffRevealsMax=1000",
            "Threads:ReportsMax=1000", "Threads:RevealsMax=1000"]);
        World = await World.CreateAsync(Server);
        var everyRole = await Asker.OfEveryRoleAsync(World, Server.Clock.Now);
        Walks = await Task.WhenAll(Scenes.All.Select((scene, i) => WalkOf(scene, i, everyRole)));
        await Parallel.ForEachAsync(Walks, AtOnce, (walk, _) => walk.BeforeClosingAsync());
        await World.CloseAsync(World.Community);
        await Parallel.ForEachAsync(Walks, AtOnce, (walk, _) => walk.AfterClosingAsync());
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<Walk> WalkOf(Scene scene, int number, IReadOnlyList<Asker> everyRole)
    {
        var cast = Marks.Into(await WishCast.CreateAsync(World), number);
        var around = await Asker.AroundAsync(cast);
        var roles = scene.ChangesCaller ? await Asker.OfEveryRoleAsync(World, Server.Clock.Now) : everyRole;
        // What is for anyone does not look at who asks, and each sign-in costs much on purpose.
        return new Walk(scene, number, cast, scene.IsForAnyone ? [.. around.Take(2)] : [.. around, .. roles]);
    }
}

[CollectionDefinition]
public sealed class WholeWalkTests : ICollectionFixture<WholeWalk>;
