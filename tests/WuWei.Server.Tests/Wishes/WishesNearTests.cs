using WuWei.Calls;
using WuWei.Places;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public sealed class WishesNearTests : IAsyncLifetime
{
    private static readonly GridCell Home = GridCell.Of(new(32_003_000, 118_732_000));
    private static readonly int[] Radii = [500, 1_000, 2_000, 5_000, 10_000];

    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    /// <summary>A server of its own: a list shows what others make, too.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: ["Wishes:ClaimsMax=1000"]);
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_nearest_cell_comes_first_and_within_it_the_newest()
    {
        var far = await OpenAsync(North(Home, 3));
        var old = await OpenAsync(Corner(Home));
        var next = await OpenAsync(North(Home, 1));
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        var young = await OpenAsync(Home.Middle);

        var found = await NearAsync(Home.Middle, 2_000);

        Assert.Equal([young, old, next, far], found.Select(w => w.Wish.Id));
        Assert.Equal([0, 0, 600, 1_700], found.Select(w => w.DistanceMetres));
        Assert.Equal([young, old, next], (await NearAsync(Home.Middle, 1_000)).Select(w => w.Wish.Id));
        Assert.Equal([young, old], (await NearAsync(Home.Middle, 500)).Select(w => w.Wish.Id));
        Assert.Empty(await NearAsync(North(Home, 30), 10_000));
        Assert.All(found, w => Assert.Equal(("楼道灯坏了", ""), (w.Wish.Title, w.Wish.Text)));
    }

    [Fact]
    public async Task Pages_give_each_wish_once_at_every_size_while_more_are_made()
    {
        var made = new List<(int Cell, string Id)>();
        for (var i = 0; i < 12; i++)
        {
            // Of some cells only one wish, of others several made at one moment.
            var north = new[] { 0, 0, 0, 1, 2, 2, 3, -1, -2, -2, -2, -3 }[i];
            made.Add((Math.Abs(north), await OpenAsync(North(Home, north))));
        }

        var whole = (await NearAsync(Home.Middle, 2_000)).Select(w => w.Wish.Id).ToList();
        Assert.Equal(made.Select(m => m.Id).Order(), whole.Order());
        Assert.Equal(made.Select(m => m.Cell).Order(), whole.Select(id => made.Single(m => m.Id == id).Cell));
        for (var size = 1; size <= 13; size++)
        {
            Assert.Equal(whole, await PagedAsync(size));
        }

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        // What is made behind the reader does not shift what they read; nothing is before the first page but its own cell.
        Assert.Equal(whole, await PagedAsync(2, () => OpenAsync(Home.Middle)));

        async Task<List<string>> PagedAsync(int size, Func<Task>? between = null)
        {
            var seen = new List<string>();
            var request = Ask(Home.Middle, 2_000);
            request.PageSize = size;
            do
            {
                var page = await _cast.Other.Wishes.ListWishesNearAsync(request);
                seen.AddRange(page.Wishes.Select(w => w.Wish.Id));
                request.PageToken = page.NextPageToken;
                await (between?.Invoke() ?? Task.CompletedTask);
            }
            while (request.PageToken.Length > 0);

            return seen;
        }
    }

    [Fact]
    public async Task Only_open_public_wishes_that_somebody_has_to_come_for_are_near()
    {
        var open = await MadeAsync(_cast, WishStatus.Open);
        Assert.Equal([open], await IdsAsync());
        foreach (var status in new[]
        {
            WishStatus.PendingReview, WishStatus.Rejected, WishStatus.Withdrawn, WishStatus.Claimed, WishStatus.Delivered,
            WishStatus.Kept,
        })
        {
            await MadeAsync(_cast, status);
        }

        var hidden = new[]
        {
            await MadeAsync(_cast with { Visibility = Wire.WishVisibility.Private }, WishStatus.Open),
            await MadeAsync(_cast with { Category = "rights" }, WishStatus.Open),
            await OpenAsync(Home.Middle, r => r.Remote = true),
            await OpenAsync(null),
        };

        Assert.Equal([open], await IdsAsync());
        // Nor does anything else tell where those are, not even to those they concern.
        foreach (var id in hidden)
        {
            Assert.Null((await _cast.AllOfAsync(id)).Wish.Cell);
        }

        await _cast.Claimer.ClaimAsync(open);
        Assert.Empty(await IdsAsync());
        await _cast.Claimer.Wishes.ReleaseWishAsync(new() { WishId = open, Reason = "临时有事" });
        Assert.Equal([open], await IdsAsync());

        async Task<string[]> IdsAsync() =>
            [.. (await NearAsync(Home.Middle, 10_000, _cast.Staff)).Select(w => w.Wish.Id)];
    }

    [Fact]
    public async Task A_wish_made_again_is_where_it_was()
    {
        var id = await MadeAsync(_cast, WishStatus.Withdrawn);

        var again = (await _cast.Maker.Wishes.RemakeWishAsync(new() { WishId = id })).Wish;

        Assert.Equal((Home.Middle.Latitude, Home.Middle.Longitude), (again.Cell.Latitude, again.Cell.Longitude));
    }

    [Fact]
    public async Task Of_a_point_only_its_cell_is_told_stored_and_remembered()
    {
        var (request, exact, key) = (_world.Request(), Corner(Home), $"{Guid.NewGuid()}");
        request.Point = OnWire(exact);
        var made = (await _cast.Maker.WishesWithKey(key).MakeWishAsync(request)).Wish;

        Assert.Equal(OnWire(Home.Middle), made.Cell);
        Assert.Equal(Home.Number, await _server.Database.ScalarAsync<int>(
            "SELECT cell FROM wish WHERE id = @id", ("id", Guid.Parse(made.Id))));
        // The key's row knows no more: from elsewhere in the cell it is the same request, from the next cell another.
        request.Point = OnWire(Home.Middle);
        Assert.Equal(made, (await _cast.Maker.WishesWithKey(key).MakeWishAsync(request)).Wish);
        request.Point = OnWire(North(Home, 1));
        Assert.Equal(
            "IDEMPOTENCY_KEY_REUSED",
            await Refusals.ReasonAsync(_cast.Maker.WishesWithKey(key).MakeWishAsync(request)));
        var detail = await _server.Database.ScalarAsync<string>(
            "SELECT detail FROM journal_entry WHERE subject_id = @id", ("id", Guid.Parse(made.Id)));
        Assert.Contains($"{Home.Number}", detail);
        Assert.DoesNotContain($"{exact.Latitude}", detail);
        Assert.DoesNotContain($"{exact.Longitude}", detail);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2_999_999, 118_732_000)]
    [InlineData(32_003_000, 136_000_000)]
    [InlineData(int.MinValue, int.MaxValue)]
    public async Task A_point_outside_China_is_refused(int latitude, int longitude)
    {
        var point = new Point(latitude, longitude);
        var request = _world.Request();
        request.Point = OnWire(point);

        Assert.Equal("WISH_INVALID", await Refusals.ReasonAsync(_cast.Maker.Wishes.MakeWishAsync(request)));
        Assert.Equal(
            "PLACE_OUTSIDE", await Refusals.ReasonAsync(_cast.Maker.Wishes.ListWishesNearAsync(Ask(point, 500))));
    }

    /// <summary>
    /// The attack that the grid is against: ask from many places and work out from distances and order where somebody lives.
    /// Two wishes in opposite corners of a cell answer everything alike, so no reckoning can tell one corner from the other.
    /// </summary>
    [Fact]
    public async Task Asking_from_a_thousand_places_tells_no_more_than_the_cell()
    {
        var (south, north) = (await OpenAsync(Corner(Home)), "");
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        north = await OpenAsync(new(Corner(Home).Latitude + 4_999, Corner(Home).Longitude + 7_999));
        foreach (var step in Enumerable.Range(1, 5))
        {
            await OpenAsync(North(Home, step));
            await OpenAsync(North(Home, -step));
        }

        var random = new Random(3);
        var places = Enumerable.Range(0, 1_000).Select(_ => new Point(
            Home.Middle.Latitude + random.Next(-100_000, 100_000), Home.Middle.Longitude + random.Next(-120_000, 120_000)));
        var told = 0;
        await Parallel.ForEachAsync(places, async (place, _) =>
        {
            foreach (var radius in Radii)
            {
                var found = await NearAsync(place, radius);
                var answers = new[] { north, south }
                    .Select(id => found.FindIndex(w => w.Wish.Id == id)).ToArray();
                if (answers is [-1, -1])
                {
                    continue;
                }

                // Side by side, the newer first, wherever one asks from.
                Assert.Equal(answers[0] + 1, answers[1]);
                Assert.Equal(found[answers[0]].DistanceMetres, found[answers[1]].DistanceMetres);
                Assert.Equal(found[answers[0]].Wish.Cell, found[answers[1]].Wish.Cell);
                Interlocked.Increment(ref told);
            }
        });

        Assert.InRange(told, 500, 5_000);
    }

    private static Point Corner(GridCell cell) => new(
        cell.Row * GridCell.LatitudeStep, cell.Column * GridCell.LongitudeStep);

    private static Point North(GridCell cell, int rows) => (cell with { Row = cell.Row + rows }).Middle;

    private static Wire.Point OnWire(Point point) => new() { Latitude = point.Latitude, Longitude = point.Longitude };

    private static Wire.ListWishesNearRequest Ask(Point point, int radius) =>
        new() { Latitude = point.Latitude, Longitude = point.Longitude, RadiusMetres = radius };

    private async Task<List<Wire.NearWish>> NearAsync(Point point, int radius, Actor? reader = null)
    {
        var request = Ask(point, radius);
        request.PageSize = 50;
        return [.. (await (reader ?? _cast.Other).Wishes.ListWishesNearAsync(request)).Wishes];
    }

    private Task<string> OpenAsync(Point? point, Action<Wire.MakeWishRequest>? detail = null)
    {
        var request = _world.Request();
        request.Point = point is { } given ? OnWire(given) : null;
        detail?.Invoke(request);
        return _cast.Maker.OpenAsync(request, _cast.Staff);
    }

    private static Task<string> MadeAsync(WishCast cast, WishStatus status) =>
        (cast with { Detail = r => r.Point = OnWire(Corner(Home)) }).WishAsync(status);
}
