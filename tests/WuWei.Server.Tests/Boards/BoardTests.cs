using WuWei.Points;
using WuWei.Tests.Harness;
using WuWei.Time;

namespace WuWei.Tests.Boards;

/// <summary>What boards show, over the wire.</summary>
public sealed class BoardTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _first = null!;
    private Actor _second = null!;
    private Actor _third = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        (_first, _second, _third) = (
            await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_kept_wish_shows_on_every_board_above_its_unit()
    {
        var staff = await _world.StaffAsync(_world.District);
        var wish = await _first.OpenAsync(_world.Request(), staff);
        await _second.ClaimAsync(wish);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _second.DeliverAsync(wish);
        await _first.ConfirmAsync(wish, rating: 5);

        foreach (var unit in new[] { _world.Community, _world.Street, _world.District })
        {
            foreach (var period in Enum.GetValues<Wire.BoardPeriod>().Skip(1))
            {
                Assert.Equal([(1, Masked(_second), 12)], await BoardAsync(unit, period));
            }
        }

        Assert.Empty(await BoardAsync(_world.Grid));
        Assert.Empty(await BoardAsync(_world.OtherStreet));
        Assert.Equal([(1, "东街道", 12)], await BoardAsync(_world.District, subject: Wire.BoardSubject.Unit));
        Assert.Equal([(1, "甲社区", 12)], await BoardAsync(
            _world.District, subject: Wire.BoardSubject.Unit, unitKind: "community"));
        Assert.Equal([(1, 12)], await RanksAsync(_second, _world.District));
        Assert.Equal([(0, 0)], await RanksAsync(_first, _world.District));
    }

    [Fact]
    public async Task Of_two_with_as_many_points_the_one_who_had_them_first_comes_first()
    {
        await _server.GiveAsync(_second, _world.Community, 10);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _server.GiveAsync(_first, _world.Community, 10);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _server.GiveAsync(_third, _world.Community, 11);

        Assert.Equal(
            [(1, Masked(_third), 11), (2, Masked(_second), 10), (3, Masked(_first), 10)], await BoardAsync(_world.Community));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _server.GiveAsync(_second, _world.Community, 1);
        Assert.Equal([(2, 11)], await RanksAsync(_second, _world.Community));
    }

    [Fact]
    public async Task Of_two_at_the_same_second_the_lower_id_comes_first()
    {
        await _server.GiveAsync(_second, _world.Community, 10);
        await _server.GiveAsync(_first, _world.Community, 10);

        var order = new[] { _first, _second }.OrderBy(a => $"{a.PersonId}", StringComparer.Ordinal).ToList();
        Assert.Equal(order.Select((a, i) => (i + 1, Masked(a), 10L)), await BoardAsync(_world.Community));
        Assert.Equal([(1, 10)], await RanksAsync(order[0], _world.Community));
        Assert.Equal([(2, 10)], await RanksAsync(order[1], _world.Community));
    }

    [Fact]
    public async Task Units_are_ranked_by_ratings_only_where_enough_people_rated()
    {
        var staff = await _world.StaffAsync(_world.District);
        await RateAsync(staff, _world.Community, 5, 5, 4, 4, 4);
        await RateAsync(staff, _world.NextCommunity, 5, 5, 5, 5);
        await RateAsync(staff, _world.FarCommunity, 5, 5, 4, 4, 4, 4, 4, 5, 5, 4);

        foreach (var folded in new[] { false, true })
        {
            if (folded)
            {
                await _server.RunJobsAsync();
                await RateAsync(staff, _world.NextCommunity, 5);
                await Task.Delay(KeptFor);
            }

            (string, double, long)[] next = folded ? [("乙社区", 5.0, 5L)] : [];
            Assert.Equal(
                [.. next, ("丙社区", 4.4, 10L), ("甲社区", 4.4, 5L)],
                (await RatedAsync(Wire.BoardPeriod.Day)).Select(p => (p.Name, p.Rating, p.Ratings)));
        }

        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await RatedAsync(Wire.BoardPeriod.Day));
        Assert.Equal(3, (await RatedAsync(Wire.BoardPeriod.AllTime)).Count);
        var choice = Choice(_world.District);
        choice.Measure = Wire.BoardMeasure.Rating;
        Assert.Equal("BOARD_CHOICE", await Refusals.ReasonAsync(_first.Boards.GetBoardAsync(new() { Board = choice })));
    }

    [Fact]
    public async Task What_is_taken_back_counts_on_its_own_day_and_below_zero_nobody_is_ranked()
    {
        await _server.GiveAsync(_first, _world.Community, 10);
        await _server.GiveAsync(_second, _world.Community, 8);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.GiveAsync(_first, _world.Community, -5);
        var yesterday = _server.Clock.Day(-1);

        Assert.Equal([(1, Masked(_second), 8), (2, Masked(_first), 5)], await BoardAsync(_world.Community));
        Assert.Empty(await BoardAsync(_world.Community, Wire.BoardPeriod.Day));
        Assert.Equal(
            [(1, Masked(_first), 10), (2, Masked(_second), 8)],
            await BoardAsync(_world.Community, Wire.BoardPeriod.Day, yesterday));
        Assert.Equal([(0, -5)], await RanksAsync(_first, _world.Community, Wire.BoardPeriod.Day));
    }

    [Fact]
    public async Task A_settled_board_stays_as_it_was()
    {
        await _server.GiveAsync(_first, _world.Community, 10);
        await _server.RunJobsAsync();
        Assert.False((await AskAsync(_world.Community, Wire.BoardPeriod.Day)).Settled);
        var day = _server.Clock.Day();
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.RunJobsAsync();
        await Task.Delay(KeptFor);
        var settled = await AskAsync(_world.Community, Wire.BoardPeriod.Day, day);
        Assert.True(settled.Settled);

        // Somebody enters a payment of that day behind everybody's back, and the boards are rebuilt.
        await _server.GiveAsync(_second, _world.Community, 20);
        await _server.Database.ExecuteAsync("UPDATE points_transfer SET day = @day WHERE amount = 20", ("day", day));
        await _server.RunJobsAsync();
        await _server.RebuildBoardsAsync();
        await Task.Delay(KeptFor);

        Assert.Equal(settled, await AskAsync(_world.Community, Wire.BoardPeriod.Day, day));
        Assert.Equal(
            [(1, Masked(_second), 20), (2, Masked(_first), 10)], await BoardAsync(_world.Community, Wire.BoardPeriod.Month));
    }

    [Fact]
    public async Task Nothing_is_settled_before_what_is_older_is_fed()
    {
        await _server.GiveAsync(_first, _world.Community, 10);
        var day = _server.Clock.Day();
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.RunJobsAsync();

        Assert.Equal([(1, Masked(_first), 10)], await BoardAsync(_world.Community, Wire.BoardPeriod.Day, day));
    }

    [Fact]
    public async Task Names_are_as_their_owners_want_them()
    {
        await _server.GiveAsync(_first, _world.Community, 10);
        Assert.Equal(Wire.NameChoice.Masked, (await _first.Identity.GetMeAsync(new())).Me.NameOnBoards);

        await ChooseAsync(Wire.NameChoice.Full);
        Assert.Equal([(1, _first.Name, 10)], await BoardAsync(_world.Community));
        await ChooseAsync(Wire.NameChoice.Hidden);
        Assert.Equal([(1, "匿名", 10)], await BoardAsync(_world.Community));
        await ChooseAsync(Wire.NameChoice.Masked);
        Assert.Equal([(1, Masked(_first), 10)], await BoardAsync(_world.Community));
        Assert.Equal("NAME_CHOICE", await Refusals.ReasonAsync(_first.Identity.UpdateMeAsync(
            new() { NameOnBoards = Wire.NameChoice.Unspecified })));

        async Task ChooseAsync(Wire.NameChoice choice)
        {
            var me = (await _first.Identity.UpdateMeAsync(new() { NameOnBoards = choice })).Me;
            Assert.Equal(choice, me.NameOnBoards);
            await Task.Delay(KeptFor);
        }
    }

    [Fact]
    public async Task Around_me_ends_where_the_board_ends()
    {
        var people = new List<Actor>();
        for (var points = 7; points > 0; points--)
        {
            people.Add(await _world.ResidentAsync());
            await _server.GiveAsync(people[^1], _world.Community, points);
        }

        Assert.Equal("1* 2 3", await AroundAsync(people[0]));
        Assert.Equal("1 2* 3 4", await AroundAsync(people[1]));
        Assert.Equal("2 3 4* 5 6", await AroundAsync(people[3]));
        Assert.Equal("5 6 7*", await AroundAsync(people[6]));
        Assert.Equal("", await AroundAsync(_first));

        async Task<string> AroundAsync(Actor actor)
        {
            await _server.RunJobsAsync();
            var board = (await actor.Boards.ListAroundMeAsync(
                new() { Board = Choice(_world.Community), EachSide = 2 })).Board;
            Assert.All(board.Places, p => Assert.Equal(8 - p.Rank, p.Points));
            return string.Join(' ', board.Places.Select(p => $"{p.Rank}{(p.Me ? "*" : "")}"));
        }
    }

    [Fact]
    public async Task An_organisation_has_a_board_of_its_own_and_adds_nothing_to_units()
    {
        await _server.GiveAsync(_server.Clock.NewId(), _world.Community, 30, AccountKind.Organisation);
        await _server.GiveAsync(_first, _world.Community, 10);

        Assert.Equal([(1, "单位", 30)], await BoardAsync(_world.Street, subject: Wire.BoardSubject.Organisation));
        Assert.Equal([(1, Masked(_first), 10)], await BoardAsync(_world.Street));
        Assert.Equal([(1, "甲社区", 10)], await BoardAsync(_world.Street, subject: Wire.BoardSubject.Unit));
    }

    [Fact]
    public async Task Nobody_is_named_by_an_id()
    {
        await _server.GiveAsync(_first, _world.Community, 10);

        await _server.RunJobsAsync();

        Assert.Equal("", Assert.Single((await AskAsync(_world.Community, Wire.BoardPeriod.AllTime)).Places).UnitId);
    }

    [Theory]
    [InlineData(0, 1, "", "", 0, "BOARD_CHOICE")]
    [InlineData(1, 0, "", "", 0, "BOARD_CHOICE")]
    [InlineData(1, 1, "2026-06-02", "", 0, "BOARD_CHOICE")]
    [InlineData(1, 1, "1999-12-31", "", 0, "BOARD_CHOICE")]
    [InlineData(1, 1, "June", "", 0, "DAY_FORMAT")]
    [InlineData(1, 1, "", "street", 0, "BOARD_CHOICE")]
    [InlineData(3, 1, "", "galaxy", 0, "BOARD_CHOICE")]
    [InlineData(1, 1, "", "", 201, "BOARD_CHOICE")]
    [InlineData(1, 1, "", "", -1, "BOARD_CHOICE")]
    public async Task A_board_that_does_not_exist_is_refused(
        int subject, int period, string day, string unitKind, int top, string reason) =>
        Assert.Equal(reason, await Refusals.ReasonAsync(_first.Boards.GetBoardAsync(new()
        {
            Board = Choice(_world.Community, (Wire.BoardPeriod)period, day, (Wire.BoardSubject)subject, unitKind),
            Top = top,
        })));

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1.1);

    private static string Masked(Actor actor) => $"{actor.Name[0]}**";

    private async Task RateAsync(Actor staff, Guid unit, params int[] ratings)
    {
        foreach (var rating in ratings)
        {
            var (maker, helper) = (await _world.ResidentAsync(unit), await _world.ResidentAsync(unit));
            var wish = await maker.OpenAsync(_world.Request(unit), staff);
            await helper.ClaimAsync(wish);
            await helper.DeliverAsync(wish);
            await maker.ConfirmAsync(wish, rating);
        }
    }

    private async Task<IReadOnlyList<Wire.Place>> RatedAsync(Wire.BoardPeriod period)
    {
        var choice = Choice(_world.District, period, subject: Wire.BoardSubject.Unit, unitKind: "community");
        choice.Measure = Wire.BoardMeasure.Rating;
        return (await _first.Boards.GetBoardAsync(new() { Board = choice })).Board.Places;
    }

    private async Task<List<(int Rank, string Name, long Points)>> BoardAsync(
        Guid unit, Wire.BoardPeriod period = Wire.BoardPeriod.AllTime, string day = "",
        Wire.BoardSubject subject = Wire.BoardSubject.Person, string unitKind = "")
    {
        await _server.RunJobsAsync();
        return [.. (await AskAsync(unit, period, day, subject, unitKind)).Places.Select(p => (p.Rank, p.Name, p.Points))];
    }

    private async Task<Wire.Board> AskAsync(
        Guid unit, Wire.BoardPeriod period, string day = "", Wire.BoardSubject subject = Wire.BoardSubject.Person,
        string unitKind = "") => (await _first.Boards.GetBoardAsync(
            new() { Board = Choice(unit, period, day, subject, unitKind) })).Board;

    private async Task<List<(int Rank, long Points)>> RanksAsync(
        Actor actor, Guid unit, Wire.BoardPeriod period = Wire.BoardPeriod.AllTime)
    {
        await _server.RunJobsAsync();
        var answer = await actor.Boards.GetMyRankAsync(new() { Boards = { Choice(unit, period) } });
        return [.. answer.Ranks.Select(r => (r.Rank, r.Points))];
    }

    private static Wire.BoardChoice Choice(
        Guid unit, Wire.BoardPeriod period = Wire.BoardPeriod.AllTime, string day = "",
        Wire.BoardSubject subject = Wire.BoardSubject.Person, string unitKind = "") => new()
        {
            Subject = subject,
            UnitId = $"{unit}",
            Period = period,
            Day = day,
            UnitKind = unitKind,
        };
}
