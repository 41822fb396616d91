using System.Text.Json;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Boards;

/// <summary>One board, as a request names it.</summary>
/// <param name="UnitKind">Of units: those of this kind; empty for those directly below.</param>
public sealed record BoardChoice(
    BoardSubject Subject, Guid UnitId, BoardSpan Span, string UnitKind, BoardMeasure Measure)
{
    public BoardKey Key => new(Subject, UnitId, Span.Period, Span.StartsOn);
}

/// <summary>Reads boards and places from SQL, and ranks from Redis where it has them.</summary>
public sealed class BoardReader(
    Database database, PersonalData personalData, Units units, IOrganisationNames organisations, IUnitRatings ratings,
    BoardHeads heads)
{
    private const string Nameless = "单位";

    public async Task<Wire.Board> TopAsync(BoardChoice choice, int countMax, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var settled = choice.Span.IsSettled((await heads.HeadAsync(cancel)).State.SettledOn);
        if (choice.Measure == BoardMeasure.Rating)
        {
            return await database.ReadAsync(db => BestRatedAsync(db, choice, tree, settled, countMax), cancel);
        }

        return await database.ReadAsync(async db =>
        {
            var rows = choice.Subject == BoardSubject.Unit
                ? await db.ListTopUnitsAsync(
                    JsonSerializer.Serialize(UnitsOf(choice, tree, settled).Select(id => id.ToString("n"))), choice.Span.Period, choice.Span.StartsOn, countMax)
                : await db.ListTopAsync(choice.Key, countMax);
            return await ToWireAsync(db, choice, tree, settled, rows, firstRank: 1);
        }, cancel);
    }

    /// <summary>Somebody's places on boards of people, in this order.</summary>
    public async Task<List<Wire.MyRank>> RanksAsync(
        IReadOnlyList<BoardChoice> choices, Guid personId, CancellationToken cancel)
    {
        var known = await KnownRanksAsync(choices, personId, cancel);
        return known.TrueForAll(k => k is not null)
            ? known!
            : await database.ReadAsync(async db =>
            {
                var ranks = new List<Wire.MyRank>();
                foreach (var (choice, rank) in choices.Zip(known))
                {
                    ranks.Add(rank ?? await RankAsync(db, choice.Key, personId));
                }

                return ranks;
            }, cancel);
    }

    /// <summary>Somebody's place and its neighbours on a board of people; empty when they are not on it.</summary>
    public async Task<Wire.Board> AroundAsync(BoardChoice choice, Guid personId, int eachSide, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var settled = choice.Span.IsSettled((await heads.HeadAsync(cancel)).State.SettledOn);
        var known = (await KnownRanksAsync([choice], personId, cancel))[0];
        return await database.ReadAsync(async db =>
        {
            if (await db.FindPlaceAsync(choice.Key, personId) is not { Points: > 0 } own)
            {
                return await ToWireAsync(db, choice, tree, settled, [], firstRank: 1);
            }

            // The rank that Redis knows is of this very score, or else SQL counts.
            var rank = known is { } mine && mine.Points == own.Points
                ? mine.Rank
                : (int)await db.CountAheadAsync(choice.Key, own) + 1;
            var places = await db.ListNeighboursAsync(choice.Key, own, eachSide);
            var ahead = places.FindIndex(p => PlaceRow.BestFirst.Compare(p, own) > 0);
            ahead = ahead < 0 ? places.Count : ahead;
            places.Insert(ahead, own);
            var board = await ToWireAsync(db, choice, tree, settled, places, Math.Max(rank - ahead, 1));
            board.Places[ahead].Me = true;
            return board;
        }, cancel);
    }

    private static async Task<Wire.MyRank> RankAsync(DbSession db, BoardKey key, Guid personId) =>
        await db.FindPlaceAsync(key, personId) switch
        {
            null => new Wire.MyRank(),
            { Points: <= 0 } unranked => new Wire.MyRank { Points = unranked.Points },
            { } place => new Wire.MyRank
            {
                Points = place.Points,
                Rank = (int)await db.CountAheadAsync(key, place) + 1,
            },
        };

    /// <summary>As far as Redis has them: what is missing there may still be in SQL.</summary>
    private async Task<List<Wire.MyRank?>> KnownRanksAsync(
        IReadOnlyList<BoardChoice> choices, Guid personId, CancellationToken cancel)
    {
        var run = (await heads.HeadAsync(cancel)).Run;
        var member = BoardRank.Member(personId);
        var asked = await heads.AskAsync(async redis => await Task.WhenAll(choices.Select(async choice =>
        {
            if (run is null || BoardSpan.Of(choice.Span.Period, run.Day) != choice.Span)
            {
                return null;
            }

            var key = run.Key(choice.Subject, choice.UnitId, choice.Span.Period);
            var rank = redis.SortedSetRankAsync(key, member);
            var score = redis.SortedSetScoreAsync(key, member);
            return await rank is { } ahead && await score is { } number
                ? new Wire.MyRank { Rank = (int)ahead + 1, Points = BoardRank.Points(number) }
                : null;
        })), cancel);
        return asked is null ? [.. choices.Select(_ => (Wire.MyRank?)null)] : [.. asked];
    }

    private async Task<Wire.Board> ToWireAsync(
        DbSession db, BoardChoice choice, UnitTree tree, bool settled, IReadOnlyList<PlaceRow> rows, int firstRank)
    {
        Guid[] ids = [.. rows.Select(r => r.SubjectId)];
        Func<Guid, string> nameOf = choice.Subject switch
        {
            BoardSubject.Unit => id => tree.Get(id).Name,
            BoardSubject.Person => Named(await db.NamesOnBoardsAsync(personalData, ids), Person.Hidden),
            _ => Named(await organisations.NamesAsync(db, ids), Nameless),
        };
        return Board(choice, settled, rows.Select((row, i) => new Wire.Place
        {
            Rank = firstRank + i,
            Name = nameOf(row.SubjectId),
            Points = row.Points,
            UnitId = choice.Subject == BoardSubject.Unit ? $"{row.SubjectId}" : "",
        }));
    }

    private async Task<Wire.Board> BestRatedAsync(
        DbSession db, BoardChoice choice, UnitTree tree, bool settled, int countMax) => Board(
        choice, settled,
        (await ratings.RatingsAsync(db, UnitsOf(choice, tree, settled), choice.Span.StartsOn, choice.Span.EndsOn))
            .OrderByDescending(r => r.Average).ThenByDescending(r => r.Ratings).ThenBy(r => r.UnitId).Take(countMax)
            .Select((rated, i) => new Wire.Place
            {
                Rank = i + 1,
                Name = tree.Get(rated.UnitId).Name,
                UnitId = $"{rated.UnitId}",
                Rating = rated.Average,
                Ratings = rated.Ratings,
            }));

    private static Wire.Board Board(BoardChoice choice, bool settled, IEnumerable<Wire.Place> places)
    {
        var allTime = choice.Span.Period == BoardPeriod.AllTime;
        return new Wire.Board
        {
            UnitId = $"{choice.UnitId}",
            StartsOn = allTime ? "" : $"{choice.Span.StartsOn:yyyy-MM-dd}",
            EndsOn = allTime ? "" : $"{choice.Span.EndsOn.AddDays(-1):yyyy-MM-dd}",
            Settled = settled,
            Places = { places },
        };
    }

    private static Func<Guid, string> Named(IReadOnlyDictionary<Guid, string> names, string otherwise) =>
        id => names.GetValueOrDefault(id, otherwise);

    /// <summary>Settled boards have the units that were closed since.</summary>
    private static List<Guid> UnitsOf(BoardChoice choice, UnitTree tree, bool settled) =>
    [
        .. tree.All
            .Where(u => (settled || !u.Closed) && (choice.UnitKind.Length == 0
                ? u.ParentId == choice.UnitId
                : u.Kind.Code == choice.UnitKind && u.IsWithin(choice.UnitId)))
            .Select(u => u.Id),
    ];
}
