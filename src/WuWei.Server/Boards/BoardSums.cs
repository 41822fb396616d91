using WuWei.Organization;
using WuWei.Points;

namespace WuWei.Boards;

/// <summary>Points that somebody was credited for a unit on a day, or that were taken back.</summary>
public sealed record Credit
{
    public AccountKind Kind { get; init; }
    public Guid AccountId { get; init; }
    public Guid UnitId { get; init; }
    public DateTime Day { get; init; }
    public long Points { get; init; }
    public DateTime At { get; init; }
}

/// <summary>Whose score, in which unit and period.</summary>
public readonly record struct ScoreKey(
    BoardSubject Kind, Guid SubjectId, Guid UnitId, BoardPeriod Period, DateTime StartsOn);

/// <param name="ReachedAt">When the score last changed, to the second.</param>
public readonly record struct Score(long Points, DateTime ReachedAt)
{
    public Score Plus(Score other) =>
        new(Points + other.Points, ReachedAt > other.ReachedAt ? ReachedAt : other.ReachedAt);
}

/// <summary>What credits add to which scores. Pure.</summary>
/// <param name="settledOn">Periods that are settled get nothing any more.</param>
/// <param name="today">Nor do those that are forgotten by then.</param>
public sealed class BoardSums(UnitTree tree, DateTime settledOn, DateTime today)
{
    private readonly Dictionary<ScoreKey, Score> _scores = [];
    private readonly Dictionary<Guid, Guid[]> _units = [];
    private readonly Dictionary<DateTime, BoardSpan[]> _spans = [];

    public IReadOnlyDictionary<ScoreKey, Score> Scores => _scores;

    /// <summary>To the scores of whose account it is.</summary>
    public void AddToAccount(Credit credit) =>
        Add(credit, unit => ((BoardSubject)credit.Kind, credit.AccountId, unit));

    /// <summary>To those of the units. What an organisation is credited its members were already.</summary>
    public void AddToUnits(Credit credit)
    {
        if (credit.Kind == AccountKind.Person)
        {
            Add(credit, unit => (BoardSubject.Unit, unit, unit));
        }
    }

    /// <summary>Whether a period gets anything at all.</summary>
    public bool Covers(BoardSpan span) => !span.IsSettled(settledOn) && span.IsKept(today);

    private void Add(Credit credit, Func<Guid, (BoardSubject Kind, Guid SubjectId, Guid UnitId)> whose)
    {
        var score = new Score(
            credit.Points, new DateTime(credit.At.Ticks - (credit.At.Ticks % TimeSpan.TicksPerSecond), credit.At.Kind));
        foreach (var unit in UnitsAt(credit.UnitId))
        {
            var (kind, subjectId, unitId) = whose(unit);
            foreach (var span in SpansAt(credit.Day))
            {
                var key = new ScoreKey(kind, subjectId, unitId, span.Period, span.StartsOn);
                _scores[key] = _scores.TryGetValue(key, out var before) ? before.Plus(score) : score;
            }
        }
    }

    /// <summary>The unit and all above it. What was credited to a closed one counts for its open successors.</summary>
    private Guid[] UnitsAt(Guid unitId)
    {
        if (!_units.TryGetValue(unitId, out var found))
        {
            found = [.. tree.Get(unitId).Path.Where(id => !tree.Get(id).Closed)];
            _units.Add(unitId, found);
        }

        return found;
    }

    private BoardSpan[] SpansAt(DateTime day)
    {
        if (!_spans.TryGetValue(day, out var found))
        {
            found = [.. BoardSpan.All(day).Where(Covers)];
            _spans.Add(day, found);
        }

        return found;
    }
}
