using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Organization;

/// <summary>Figures of a period, by the tree of its last day.</summary>
public sealed class UnitReportTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.District);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_community_counts_for_its_old_street_before_the_day_and_for_the_new_one_from_it_on()
    {
        var start = _server.Clock.Day();
        var far = await _world.ResidentAsync(_world.FarCommunity);
        var near = await _world.ResidentAsync(_world.Community);
        List<string> wishes = [];
        for (var i = 0; i < 6; i++)
        {
            wishes.Add(await far.OpenAsync(_world.Request(_world.FarCommunity), _staff));
            await near.OpenAsync(_world.Request(i % 2 == 0 ? _world.Grid : _world.Community), _staff);
            _server.Clock.Advance(TimeSpan.FromHours(5));
        }

        var neighbour = await _world.ResidentAsync(_world.FarCommunity);
        await neighbour.ClaimAsync(wishes[0]);
        await KeepAsync(neighbour, far, wishes[1]);
        var eve = _server.Clock.Day();
        _server.Clock.Advance(TimeSpan.FromDays(1));
        var day = _server.Clock.Day();
        await _world.MergeAsync(_world.Community, day, _world.FarCommunity);
        var newNeighbour = await _world.ResidentAsync(_world.Community);
        await KeepAsync(newNeighbour, far, wishes[2]);
        await far.Wishes.WithdrawWishAsync(new() { WishId = wishes[3], Reason = "不需要了" });
        await near.MakeAsync(_world.Request(_world.NextCommunity));
        // Folded or not is all the same: some are, some come after.
        await _server.RunJobsAsync();
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await KeepAsync(newNeighbour, far, wishes[4]);
        var end = _server.Clock.Day();

        Guid[] west = [_world.FarCommunity];
        Guid[] east = [_world.Community, _world.Grid, _world.NextCommunity];
        // Before the merge each street had its own; from it on the whole of a period counts where it lies.
        await AssertAsync(_world.OtherStreet, start, eve, west);
        await AssertAsync(_world.Street, start, eve, east);
        await AssertAsync(_world.OtherStreet, start, end);
        await AssertAsync(_world.Street, start, end, [.. east, .. west]);
        await AssertAsync(_world.OtherStreet, day, end);
        await AssertAsync(_world.Street, day, end, [.. east, .. west]);
        await AssertAsync(_world.Community, day, end, [_world.Community, _world.Grid, .. west]);
        foreach (var (from, to) in new[] { (start, eve), (start, end), (day, end), (day, day) })
        {
            await AssertAsync(_world.District, from, to, [.. east, .. west]);
        }

        // A wish of a day that was in another street's hands is reported once.
        Assert.Equal((6, 6), (await MadeAsync(_world.OtherStreet, eve), await MadeAsync(_world.Street, eve)));
        Assert.Equal((0, 13), (await MadeAsync(_world.OtherStreet, end), await MadeAsync(_world.Street, end)));
        await _server.AssertSoundAsync();
        await AssertAsync(_world.Street, start, end, [.. east, .. west]);

        async Task<long> MadeAsync(Guid unit, string to) => (await ReportAsync(unit, start, to)).Made;
    }

    [Fact]
    public async Task A_period_is_a_year_of_days_until_today_at_most()
    {
        var today = _server.Clock.Day();

        Assert.Equal(0, (await ReportAsync(_world.District, _server.Clock.Day(-365), today)).Made);
        Assert.Equal("REPORT_PERIOD", await ReasonAsync(_server.Clock.Day(-366), today));
        Assert.Equal("REPORT_PERIOD", await ReasonAsync(today, _server.Clock.Day(-1)));
        Assert.Equal("REPORT_PERIOD", await ReasonAsync(today, _server.Clock.Day(1)));
        Assert.Equal("DAY_FORMAT", await ReasonAsync("", today));
        Assert.Equal("DAY_FORMAT", await ReasonAsync(today, "20260601"));

        Task<string> ReasonAsync(string from, string to) => Refusals.ReasonAsync(_staff.Wishes.ReportWishesAsync(
            new() { UnitId = $"{_world.District}", FromDay = from, ToDay = to }));
    }

    /// <summary>What is reported equals what the steps of these units' wishes say.</summary>
    private async Task AssertAsync(Guid unit, string from, string to, params Guid[] units)
    {
        var report = await ReportAsync(unit, from, to);
        var steps = (await _server.Db.ReadAsync(
            db => db.ListAsync<Step>(
                """
                SELECT w.unit_id, s.from_status, s.to_status, s.move FROM wish_step s JOIN wish w ON w.id = s.wish_id
                WHERE DATE(s.at + INTERVAL 8 HOUR) BETWEEN @from AND @to
                """, new { from, to }), CancellationToken.None))
            .Where(s => units.Contains(s.UnitId)).ToList();
        long Net(WishStatus status) =>
            steps.Count(s => s.ToStatus == (int)status) - steps.Count(s => s.FromStatus == (int)status);

        Assert.Equal(
            (steps.Count(s => s.Move == (int)WishMove.Make), Net(WishStatus.PendingReview), Net(WishStatus.Open),
                Net(WishStatus.Claimed), Net(WishStatus.Delivered), Net(WishStatus.Kept), Net(WishStatus.Withdrawn)),
            (report.Made, report.PendingReview, report.Open, report.Claimed, report.Delivered, report.Kept,
                report.Withdrawn));
    }

    private async Task<Wire.WishCounts> ReportAsync(Guid unit, string from, string to) =>
        (await _staff.Wishes.ReportWishesAsync(new() { UnitId = $"{unit}", FromDay = from, ToDay = to })).Counts;

    private static async Task KeepAsync(Actor claimer, Actor maker, string wish)
    {
        await claimer.ClaimAsync(wish);
        await claimer.DeliverAsync(wish);
        await maker.ConfirmAsync(wish);
    }

    private sealed record Step
    {
        public Guid UnitId { get; init; }
        public int FromStatus { get; init; }
        public int ToStatus { get; init; }
        public int Move { get; init; }
    }
}
