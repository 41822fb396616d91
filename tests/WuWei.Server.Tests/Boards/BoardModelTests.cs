using WuWei.Tests.Harness;
using WuWei.Time;

namespace WuWei.Tests.Boards;

/// <summary>Random payments over a month, and every board of every unit and period beside a naive sum.</summary>
public sealed class BoardModelTests
{
    private const int Payments = 400;

    private readonly Random _random = new(20261125);
    private readonly List<(Guid Who, Guid Unit, DateTime At, int Points)> _book = [];

    [Fact]
    public async Task Every_board_is_the_naive_sum()
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var people = new List<Actor>();
        for (var i = 0; i < 12; i++)
        {
            people.Add(await world.ResidentAsync());
        }

        var leaves = new Dictionary<Guid, Guid[]>
        {
            [world.Grid] = [world.Grid, world.Community, world.Street, world.District],
            [world.Community] = [world.Community, world.Street, world.District],
            [world.NextCommunity] = [world.NextCommunity, world.Street, world.District],
            [world.FarCommunity] = [world.FarCommunity, world.OtherStreet, world.District],
        };
        for (var i = 0; i < Payments; i++)
        {
            var (who, unit) = (people[_random.Next(people.Count)], leaves.Keys.ElementAt(_random.Next(leaves.Count)));
            var points = _random.Next(4) == 0 ? -_random.Next(1, 8) : _random.Next(1, 6);
            await server.GiveAsync(who, unit, points);
            _book.Add((who.PersonId, unit, server.Clock.Now, points));
            server.Clock.Advance(TimeSpan.FromMinutes(_random.Next(10) == 0 ? _random.Next(1_800) : 0));
            if (_random.Next(10) == 0)
            {
                await server.RunJobsAsync();
            }
        }

        await server.RunJobsAsync();
        var compared = 0;
        foreach (var unit in leaves.Values.SelectMany(p => p).Distinct())
        {
            foreach (var (period, day, from, to) in Periods(_book[0].At, server.Clock.Now))
            {
                var choice = new Wire.BoardChoice
                {
                    Subject = Wire.BoardSubject.Person,
                    UnitId = $"{unit}",
                    Period = period,
                    Day = $"{day:yyyy-MM-dd}",
                };
                var expected = Ranked(unit, from, to, leaves);
                var board = (await people[0].Boards.GetBoardAsync(new() { Board = choice })).Board;
                Assert.Equal(expected.Select(e => e.Points), board.Places.Select(p => p.Points));
                foreach (var person in people)
                {
                    var rank = (await person.Boards.GetMyRankAsync(new() { Boards = { choice } })).Ranks[0];
                    Assert.Equal(expected.FindIndex(e => e.Who == person.PersonId) + 1, rank.Rank);
                }

                compared += expected.Count;
            }
        }

        Assert.True(compared > 500, $"{compared} places");
        await server.AssertSoundAsync();
    }

    private List<(Guid Who, long Points)> Ranked(
        Guid unit, DateTime from, DateTime to, Dictionary<Guid, Guid[]> leaves) => [
        .. _book.Where(b => leaves[b.Unit].Contains(unit) && Clock.Day(b.At) >= from && Clock.Day(b.At) < to)
            .GroupBy(b => b.Who)
            .Select(g => (Who: g.Key, Points: g.Sum(b => (long)b.Points), At: g.Max(b => b.At)))
            .Where(s => s.Points > 0)
            .OrderByDescending(s => s.Points).ThenBy(s => s.At).ThenBy(s => $"{s.Who}", StringComparer.Ordinal)
            .Select(s => (s.Who, s.Points)),
    ];

    /// <summary>Today's, and of each period the one before where there is one.</summary>
    private static IEnumerable<(Wire.BoardPeriod Period, DateTime Day, DateTime From, DateTime To)> Periods(
        DateTime first, DateTime now)
    {
        var (begin, today) = (Clock.Day(first), Clock.Day(now));
        foreach (var day in new[] { today, today.AddDays(-1), today.AddDays(-7), begin })
        {
            var month = new DateTime(day.Year, day.Month, 1);
            var monday = Enumerable.Range(0, 7).Select(i => day.AddDays(-i)).First(d => d.DayOfWeek == DayOfWeek.Monday);
            yield return (Wire.BoardPeriod.Day, day, day, day.AddDays(1));
            yield return (Wire.BoardPeriod.Week, day, monday, monday.AddDays(7));
            yield return (Wire.BoardPeriod.Month, day, month, month.AddMonths(1));
        }

        yield return (Wire.BoardPeriod.AllTime, today, DateTime.MinValue, DateTime.MaxValue);
    }
}
