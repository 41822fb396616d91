using WuWei.Points;

namespace WuWei.Tests.Points;

/// <summary>One person served another.</summary>
/// <param name="Kind">What they are to each other, for the report.</param>
/// <param name="Ring">Whose doing it is: those who know each other act one after the other.</param>
/// <param name="Seen">What the claim showed.</param>
public sealed record Service(
    string Kind, bool Honest, Guid Ring, DateTime At, Guid Helper, Guid Served, Guid Maker, bool MadeForOther, TimeSpan Taken,
    Suspicion Seen = Suspicion.None);

/// <summary>
/// Eight weeks of a town made up by chance: honest pairs as they are, among them all who resemble a ring, and rings of five
/// kinds that serve each other for points.
/// </summary>
/// <param name="dice">The same seed makes the same town.</param>
public sealed class RingTown(Random dice, DateTime start)
{
    public const string SharedDevice = "ring with one device";
    public const string SameHousehold = "ring of one household";
    public const string SameBuilding = "neighbours of one building";

    private const int Weeks = 8;

    private readonly List<Service> _services = [];

    /// <param name="seen">What real claims between two of such a kind showed.</param>
    public List<Service> Live(int pairs, int rings, IReadOnlyDictionary<string, Suspicion> seen)
    {
        var volunteers = People(pairs / 4);
        var staff = People(Math.Max(2, pairs / 400));
        while (_services.CountBy(s => (s.Helper, s.Served)).Count() < pairs)
        {
            for (var i = 0; i < pairs / 10; i++)
            {
                LivePair(Pick(volunteers), volunteers, staff, seen);
            }
        }

        foreach (var ring in Enumerable.Range(0, rings))
        {
            Cheat(ring % 5, seen);
        }

        return [.. _services.OrderBy(s => s.At)];
    }

    private void LivePair(
        Guid volunteer, IReadOnlyList<Guid> volunteers, IReadOnlyList<Guid> staff, IReadOnlyDictionary<string, Suspicion> seen)
    {
        switch (dice.Next(1_000))
        {
            case < 3:
                // Like family: every week.
                var old = Person();
                for (var week = 0; week < Weeks; week++)
                {
                    Serve("a volunteer and the same old person weekly", Week(week), volunteer, old);
                }

                break;
            case < 120:
                // Twice or thrice; now and then it is returned.
                var neighbour = Pick(volunteers);
                for (var times = dice.Next(2, 4); neighbour != volunteer && times > 0; times--)
                {
                    Serve("neighbours", Any(), volunteer, neighbour);
                }

                if (neighbour != volunteer && dice.Next(50) == 0)
                {
                    Serve("neighbours", Any(), neighbour, volunteer);
                }

                break;
            case < 150:
                // Staff ask for many old people, and one volunteer takes several of them.
                var worker = Pick(staff);
                for (var many = dice.Next(3, 9); many > 0; many--)
                {
                    Serve("old people that staff ask for", Any(), volunteer, Person(), worker);
                }

                break;
            case < 165:
                // A daughter asks for both her parents.
                var daughter = Person();
                Serve("parents", Any(), volunteer, Person(), daughter, madeForOther: true);
                Serve("parents", Any(), volunteer, Person(), daughter, madeForOther: true);
                break;
            case < 265:
                Serve(SameBuilding, Any(), volunteer, Person(), seen: seen[SameBuilding]);
                break;
            case < 340:
                // Volunteers, too, need help.
                var other = Pick(volunteers);
                if (other != volunteer)
                {
                    Serve("a volunteer and another", Any(), volunteer, other);
                }

                break;
            default:
                Serve("strangers", Any(), volunteer, Person());
                break;
        }
    }

    private void Cheat(int kind, IReadOnlyDictionary<string, Suspicion> seen)
    {
        var ring = People(dice.Next(3, 7));
        switch (kind)
        {
            case 0:
                Rotate("ring that confirms at once", ring, Suspicion.None, () => TimeSpan.FromSeconds(dice.Next(5, 280)));
                break;
            case 1:
                Rotate(SharedDevice, ring, seen[SharedDevice], Hours);
                break;
            case 2:
                Rotate(SameHousehold, ring, seen[SameHousehold], Hours);
                break;
            case 3:
                Rotate("patient ring", ring, Suspicion.None, Hours);
                break;
            default:
                // One asks for people that do not exist, another "helps" them.
                for (var n = 0; n < 3 * Weeks; n++)
                {
                    Add("made-up people", false, ring[0], Week(n / 3), ring[0], Person(), ring[1], true, Hours(), Suspicion.None);
                }

                break;
        }
    }

    /// <summary>Each serves two to four others of the ring in a week.</summary>
    private void Rotate(string kind, IReadOnlyList<Guid> ring, Suspicion seen, Func<TimeSpan> taken)
    {
        for (var week = 0; week < Weeks; week++)
        {
            foreach (var member in ring)
            {
                for (var times = dice.Next(2, 5); times > 0; times--)
                {
                    var served = Pick([.. ring.Where(r => r != member)]);
                    Add(kind, false, ring[0], Week(week), member, served, served, false, taken(), seen);
                }
            }
        }
    }

    /// <summary>Honest people, too, confirm at once; very seldom.</summary>
    private void Serve(
        string kind, DateTime at, Guid helper, Guid served, Guid? maker = null, bool madeForOther = false,
        Suspicion seen = Suspicion.None) => Add(
        kind, true, helper, at, helper, served, maker ?? served, madeForOther,
        dice.Next(1_000) == 0 ? TimeSpan.FromSeconds(dice.Next(60, 600)) : Hours(), seen);

    private void Add(
        string kind, bool honest, Guid ring, DateTime at, Guid helper, Guid served, Guid maker, bool madeForOther,
        TimeSpan taken, Suspicion seen) =>
        _services.Add(new Service(kind, honest, ring, at, helper, served, maker, madeForOther, taken, seen));

    private TimeSpan Hours() => TimeSpan.FromHours(0.2 + (dice.NextDouble() * 100));

    private DateTime Any() => Week(dice.Next(Weeks));

    private DateTime Week(int week) => start.AddDays((week * 7) + (dice.NextDouble() * 7));

    private List<Guid> People(int count) => [.. Enumerable.Range(0, count).Select(_ => Person())];

    private Guid Person()
    {
        var bytes = new byte[16];
        dice.NextBytes(bytes);
        return new Guid(bytes);
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[dice.Next(from.Count)];
}
