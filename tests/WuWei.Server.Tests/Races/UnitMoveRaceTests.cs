using Microsoft.Extensions.DependencyInjection;
using WuWei.Jobs;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Races;

/// <summary>Lists follow a merge while its wishes are moved, made and given away, and after any stop.</summary>
public sealed class UnitMoveRaceTests : IAsyncLifetime
{
    private const int Wishes = 230;

    private TestServer _first = null!;
    private TestServer _second = null!;
    private World _world = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await TestServer.StartAsync();
        _second = await TestServer.StartAsync(_first.Database, _first.Clock);
        _world = await World.CreateAsync(_first);
        _staff = await _world.StaffAsync(_world.District);
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Fact]
    public async Task No_list_loses_a_wish_while_a_community_goes_to_another_street_under_load()
    {
        var wishes = await MakeAsync(Wishes);
        var over = false;
        var lost = Task.Run(async () =>
        {
            long most = 0;
            while (!Volatile.Read(ref over))
            {
                most = Math.Max(most, await MissingInDistrictAsync());
            }

            return most;
        });

        var merge = _world.MergeAsync(_world.FarCommunity, _first.Clock.Day(), _world.Community);
        var moves = Parallel.ForEachAsync(wishes, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, cancel) =>
            await _staff.At(id[^1] % 2 == 0 ? _first : _second).Wishes.WithdrawWishAsync(
                new() { WishId = id, Reason = "不需要了" }, cancellationToken: cancel));
        var makes = MakeAsync(20, _world.Grid);
        await merge;
        await Task.WhenAll(FollowAsync(_first), FollowAsync(_second), moves, makes);
        await FollowAsync(_first);
        Volatile.Write(ref over, true);

        Assert.Equal(0, await lost);
        Assert.Equal(0, await _first.MisplacedAsync());
        Assert.Equal(Wishes, await ListedAsync(_world.OtherStreet, 7));
        Assert.Equal(0, await ListedAsync(_world.Street, 7));
        await _first.AssertSoundAsync();
    }

    [Fact]
    public async Task Following_goes_on_where_it_was_stopped()
    {
        await MakeAsync(Wishes);
        await _world.MergeAsync(_world.FarCommunity, _first.Clock.Day(), _world.Community);

        // Stopped at whatever statement it happens to be in, again and again.
        var stops = 0;
        for (var wait = 1; await LeftAsync() > 0; wait += 5)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(wait));
            try
            {
                await Job(_first).RunAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                stops++;
            }

            Assert.Equal(0, await MissingInDistrictAsync());
        }

        Assert.True(stops > 0);
        Assert.Equal(0, await _first.MisplacedAsync());

        Task<long> LeftAsync() => _first.Database.ScalarAsync<long>("SELECT COUNT(*) FROM unit_moved");
    }

    private static Task FollowAsync(TestServer server) => Job(server).RunAsync(CancellationToken.None);

    private static IJob Job(TestServer server) => server.Services.GetServices<IJob>().OfType<FollowUnitsJob>().Single();

    private async Task<IReadOnlyList<string>> MakeAsync(int count, Guid? unit = null)
    {
        var ids = new string[count];
        var request = _world.Request(unit);
        request.Origin = Wire.WishOrigin.Staff;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancel) =>
            ids[i] = (await _staff.Wishes.MakeWishAsync(request, cancellationToken: cancel)).Wish.Id);
        return ids;
    }

    private Task<long> MissingInDistrictAsync() => _first.Database.ScalarAsync<long>(
        """
        SELECT COUNT(*) FROM wish w LEFT JOIN wish_in_unit l ON l.wish_id = w.id AND l.unit_id = @district
        WHERE l.wish_id IS NULL
        """, ("@district", _world.District));

    private Task<long> ListedAsync(Guid unit, int status) => _first.Database.ScalarAsync<long>(
        "SELECT COUNT(*) FROM wish_in_unit WHERE unit_id = @unit AND status = @status",
        ("@unit", unit), ("@status", status));
}
