using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Wishes;

public sealed class WishListTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    /// <summary>A server of its own: a list shows what others make, too.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_unit_lists_its_subtree_by_state_and_filters()
    {
        var above = await _world.StaffAsync(_world.District);
        var grid = await OpenAsync(above, r => (r.UnitId, r.Remote) = ($"{_world.Grid}", true));
        var here = await OpenAsync(above, r => r.EffortMinutes = 120);
        var far = await OpenAsync(above, r => r.UnitId = $"{_world.FarCommunity}");
        var plants = await OpenAsync(above, r => r.CategoryId = $"{_world.Category("plants").Id}");
        var pending = await _cast.Maker.MakeAsync(_world.Request());
        // All made in one moment: the id decides.
        string[] Newest(params string[] ids) => [.. ids.OrderDescending(StringComparer.Ordinal)];

        Assert.Equal(Newest(plants, far, here, grid), await Ids(_cast.Other, _world.District));
        Assert.Equal(Newest(plants, here, grid), await Ids(_cast.Other, _world.Community));
        Assert.Equal([grid], await Ids(_cast.Other, _world.Grid));
        Assert.Empty(await Ids(_cast.Other, _world.NextCommunity));
        Assert.Equal([grid], await Ids(_cast.Other, _world.District, r => r.Remote = true));
        Assert.Equal(Newest(plants, far, grid), await Ids(_cast.Other, _world.District, r => r.EffortMinutesMax = 119));
        Assert.Equal(
            [plants], await Ids(_cast.Other, _world.District, r => r.CategoryId = $"{_world.Category("plants").Id}"));
        Assert.Equal(
            [plants], await Ids(_cast.Other, _world.District, r => r.CategoryId = $"{_world.Category("greening").Id}"));
        Assert.Equal(
            [pending], await Ids(_cast.Staff, _world.Community, r => r.Status = Wire.WishStatus.PendingReview));

        _server.Clock.Advance(TimeSpan.FromHours(48));
        await _server.RunJobsAsync();
        Assert.Equal(Newest(here, grid), await Ids(_cast.Staff, _world.Community, r => r.Overdue = true));
    }

    [Fact]
    public async Task Pages_give_each_wish_once_in_either_order_while_more_are_made()
    {
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            // Two share a deadline and all the time they were made at, so that only the id tells them apart.
            var day = _server.Clock.Now.AddDays(20 - (i / 2));
            made.Add(await OpenAsync(_cast.Staff, r => r.DeadlineAt = Timestamp.FromDateTime(day)));
        }

        var byDeadline = made.Select((id, i) => (id, i))
            .OrderByDescending(w => w.i / 2).ThenBy(w => w.id, StringComparer.Ordinal).Select(w => w.id).ToList();
        for (var size = 1; size <= 8; size++)
        {
            Assert.Equal(made.OrderDescending(StringComparer.Ordinal), await Paged(size, Wire.WishOrder.Newest));
            Assert.Equal(byDeadline, await Paged(size, Wire.WishOrder.Deadline));
        }

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var meanwhile = await Paged(2, Wire.WishOrder.Newest, () => OpenAsync(_cast.Staff, _ => { }));
        Assert.Equal(made.OrderDescending(StringComparer.Ordinal), meanwhile);

        async Task<List<string>> Paged(int size, Wire.WishOrder order, Func<Task>? between = null)
        {
            var seen = new List<string>();
            var request = Unit(_world.Community, r => (r.PageSize, r.Order) = (size, order));
            do
            {
                var page = await _cast.Other.Wishes.ListWishesAsync(request);
                seen.AddRange(page.Wishes.Select(w => w.Id));
                request.PageToken = page.NextPageToken;
                await (between?.Invoke() ?? Task.CompletedTask);
            }
            while (request.PageToken.Length > 0);

            return seen;
        }
    }

    [Fact]
    public async Task A_private_wish_is_listed_to_its_people_and_staff_only_and_no_list_holds_a_text()
    {
        var request = _cast.Request();
        request.Visibility = Wire.WishVisibility.Private;
        var id = await _cast.Maker.OpenAsync(request, _cast.Staff);
        await _cast.Staff.Wishes.CallAsync("OfferWish", id, _cast.Other);

        foreach (var resident in new[] { _cast.Maker, _cast.Other, _cast.Claimer })
        {
            Assert.Empty(await Ids(resident, _world.Community));
            Assert.Empty(await Ids(resident, _world.Community, r => r.Order = Wire.WishOrder.Deadline));
        }

        Assert.Equal([id], await Ids(_cast.Staff, _world.Community));
        Assert.Empty(await Ids(await _world.StaffAsync(_world.NextCommunity), _world.Community));
        foreach (var owner in new[] { _cast.Maker, _cast.Beneficiary })
        {
            var mine = Assert.Single((await owner.Wishes.ListWishesAsync(new() { View = Wire.WishView.Mine })).Wishes);
            Assert.Equal((id, request.Title, ""), (mine.Id, mine.Title, mine.Text));
        }

        Assert.Equal([id], await Ids(_cast.Other, view: Wire.WishView.OfferedToMe));
        await _cast.Other.ClaimAsync(id);
        Assert.Equal([id], await Ids(_cast.Other, view: Wire.WishView.ClaimedByMe));
        Assert.Empty(await Ids(_cast.Claimer, view: Wire.WishView.ClaimedByMe));
    }

    [Theory]
    [InlineData(Wire.WishStatus.PendingReview)]
    [InlineData(Wire.WishStatus.Rejected)]
    [InlineData(Wire.WishStatus.Withdrawn)]
    public async Task States_that_are_nobody_elses_business_are_for_staff_of_the_unit(Wire.WishStatus status)
    {
        foreach (var outsider in new[] { _cast.Other, await _world.StaffAsync(_world.OtherStreet) })
        {
            Assert.Equal("NOT_PERMITTED", await Reason(outsider, r => r.Status = status));
        }

        Assert.Equal("NOT_PERMITTED", await Reason(_cast.Other, r => r.Overdue = true));
        Assert.Empty(await Ids(_cast.Staff, _world.Community, r => r.Status = status));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_by_its_reason()
    {
        Assert.Equal("PAGE_SIZE", await Reason(_cast.Other, r => r.PageSize = 51));
        Assert.Equal("PAGE_SIZE", await Reason(_cast.Other, r => r.PageSize = -1));
        Assert.Equal("PAGE_TOKEN", await Reason(_cast.Other, r => r.PageToken = "nonsense"));
        Assert.Equal("PAGE_TOKEN", await Reason(_cast.Other, r => r.PageToken = new string('_', 32)));
        Assert.Equal("LIST_FILTER", await Reason(_cast.Other, r => r.View = Wire.WishView.Unspecified));
        Assert.Equal("LIST_FILTER", await Reason(_cast.Other, r => r.Status = Wire.WishStatus.Unspecified));
        Assert.Equal("LIST_FILTER", await Reason(_cast.Other, r => r.Status = (Wire.WishStatus)77));
        Assert.Equal("LIST_FILTER", await Reason(_cast.Other, r => r.EffortMinutesMax = -5));
        Assert.Equal("LIST_FILTER", await Reason(_cast.Other, r =>
            (r.View, r.Order) = (Wire.WishView.Mine, Wire.WishOrder.Deadline)));
        Assert.Equal("ID_FORMAT", await Reason(_cast.Other, r => r.UnitId = "x"));
        Assert.Equal("UNIT_UNKNOWN", await Reason(_cast.Other, r => r.UnitId = $"{Guid.CreateVersion7()}"));
    }

    [Fact]
    public async Task A_filter_that_hardly_anything_passes_still_gets_to_the_end()
    {
        var last = await OpenAsync(_cast.Staff, r => r.Remote = true);
        // Newer and not remote, more of them than two calls look at.
        await _server.Database.ExecuteAsync(
            """
            INSERT INTO wish_in_unit
              (unit_id, status, made_at, wish_id, deadline_at, category_id, effort_minutes, remote, public, overdue)
            SELECT unit_id, status, made_at + INTERVAL n.n SECOND, UNHEX(LPAD(HEX(n.n), 32, '0')),
              deadline_at - INTERVAL n.n SECOND, category_id, effort_minutes, FALSE, public, overdue
            FROM wish_in_unit JOIN (
              SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 1 AS n
              FROM (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a
              JOIN (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b
              JOIN (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) c
              JOIN (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) d
            ) n
            WHERE wish_id = @id
            """, ("@id", Guid.Parse(last)));

        foreach (var order in new[] { Wire.WishOrder.Newest, Wire.WishOrder.Deadline })
        {
            var (calls, seen) = (0, new List<string>());
            var request = Unit(_world.Community, r => (r.Remote, r.Order) = (true, order));
            do
            {
                var page = await _cast.Other.Wishes.ListWishesAsync(request);
                seen.AddRange(page.Wishes.Select(w => w.Id));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0 && ++calls < 10);

            Assert.Equal([last], seen);
            Assert.Equal(2, calls);
        }
    }

    private static Wire.ListWishesRequest Unit(Guid unit, Action<Wire.ListWishesRequest>? change = null)
    {
        var request = new Wire.ListWishesRequest
        {
            View = Wire.WishView.Unit,
            UnitId = $"{unit}",
            Status = Wire.WishStatus.Open,
        };
        change?.Invoke(request);
        return request;
    }

    private static async Task<List<string>> Ids(
        Actor caller, Guid unit, Action<Wire.ListWishesRequest>? change = null) =>
        [.. (await caller.Wishes.ListWishesAsync(Unit(unit, change))).Wishes.Select(w => w.Id)];

    private static async Task<List<string>> Ids(Actor caller, Wire.WishView view) =>
        [.. (await caller.Wishes.ListWishesAsync(new() { View = view })).Wishes.Select(w => w.Id)];

    private Task<string> Reason(Actor caller, Action<Wire.ListWishesRequest> change) =>
        Refusals.ReasonAsync(caller.Wishes.ListWishesAsync(Unit(_world.Community, change)));

    private async Task<string> OpenAsync(Actor staff, Action<Wire.MakeWishRequest> change)
    {
        var request = _world.Request();
        change(request);
        return await _cast.Maker.OpenAsync(request, staff);
    }
}
