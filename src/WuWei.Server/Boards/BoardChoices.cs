using WuWei.Errors;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Boards;

/// <summary>Reads which board somebody means.</summary>
public sealed class BoardChoices(Units units, BoardHeads heads, TimeProvider clock)
{
    private const int TopDefault = 100;
    private const int TopMax = 200;

    /// <summary>A board and how many of its places somebody asks for.</summary>
    public async Task<(BoardChoice Choice, int Top)> TopOfAsync(
        Wire.BoardChoice? board, int asked, CancellationToken cancel)
    {
        var faults = new Faults();
        var top = faults.Range("top", asked == 0 ? TopDefault : asked, 1, TopMax);
        return (await ChoiceOfAsync(faults, board, ofPeople: false, cancel), top);
    }

    /// <param name="ofPeople">No other board will do.</param>
    public async Task<BoardChoice> ChoiceOfAsync(
        Faults faults, Wire.BoardChoice? board, bool ofPeople, CancellationToken cancel)
    {
        board ??= new Wire.BoardChoice();
        var subject = faults.Enum<BoardSubject>("board.subject", (int)board.Subject);
        if (ofPeople && subject != BoardSubject.Person)
        {
            faults.Add("board.subject", "只能是个人。");
        }

        var period = faults.Enum<BoardPeriod>("board.period", (int)board.Period);
        var today = Clock.Day(clock.Now());
        var day = board.Day.Length == 0 ? today : Faults.DayOf("board.day", board.Day);
        if (day < BoardSpan.FirstDay || day > today)
        {
            faults.Add("board.day", "不早于 2000-01-01，不晚于今天。");
        }

        var tree = await units.TreeAsync(cancel);
        if (board.UnitKind.Length > 0
            && (subject != BoardSubject.Unit || tree.Kinds.All(k => k.Code != board.UnitKind)))
        {
            faults.Add("board.unit_kind", "没有这一级，或不是单位排行榜。");
        }

        var measure = board.Measure == Wire.BoardMeasure.Unspecified
            ? BoardMeasure.Points
            : faults.Enum<BoardMeasure>("board.measure", (int)board.Measure);
        if (measure == BoardMeasure.Rating && subject != BoardSubject.Unit)
        {
            faults.Add("board.measure", "只有单位排行榜可以按满意度排。");
        }

        ThrowIfAny(faults);
        var unit = tree.Get(Faults.IdOf("board.unit_id", board.UnitId));
        var span = BoardSpan.Of(period, day);
        // What was credited to a closed unit counts for its successor, except on boards that are settled.
        var settled = span.IsSettled((await heads.HeadAsync(cancel)).State.SettledOn);
        return new BoardChoice(subject, settled ? unit.Id : tree.OpenOf(unit).Id, span, board.UnitKind, measure);
    }

    /// <summary>Who watches today's board sees tomorrow's tomorrow.</summary>
    public async ValueTask<BoardChoice> NowOfAsync(BoardChoice choice, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        return choice with
        {
            UnitId = tree.OpenOf(choice.UnitId).Id,
            Span = BoardSpan.Of(choice.Span.Period, Clock.Day(clock.Now())),
        };
    }

    /// <summary>The unit of a board and its ancestors.</summary>
    public async ValueTask<IReadOnlyList<Guid>> PathOfAsync(BoardChoice choice, CancellationToken cancel) =>
        (await units.TreeAsync(cancel)).Get(choice.UnitId).Path;

    public static void ThrowIfAny(Faults faults) => faults.ThrowIfAny("BOARD_CHOICE", "没有这样的排行榜，请检查后重试。");
}
