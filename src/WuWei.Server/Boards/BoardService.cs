using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Boards;

/// <summary>The wire of boards.proto.</summary>
[BindServiceMethod(typeof(BoardBinding), nameof(BoardBinding.Bind))]
public sealed class BoardService(
    KeptBoards kept, BoardReader reader, BoardHeads heads, BoardWatchers watchers, Units units, TimeProvider clock)
    : Wire.BoardService.BoardServiceBase
{
    private const int TopDefault = 100;
    private const int TopMax = 200;
    private const int EachSideDefault = 5;
    private const int EachSideMax = 20;
    private const int ChoicesMax = 12;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookedAtEvery = TimeSpan.FromMilliseconds(500);

    public override async Task<Wire.GetBoardResponse> GetBoard(Wire.GetBoardRequest request, ServerCallContext context)
    {
        var (choice, top) = await TopOfAsync(request.Board, request.Top, context.CancellationToken);
        return (await kept.GetAsync(choice, top, KeptFor, context.CancellationToken)).Answer;
    }

    public override async Task<Wire.GetMyRankResponse> GetMyRank(
        Wire.GetMyRankRequest request, ServerCallContext context)
    {
        var faults = new Faults();
        if (request.Boards.Count is 0 or > ChoicesMax)
        {
            faults.Add("boards", $"1 到 {ChoicesMax} 个。");
        }

        ThrowIfAny(faults);
        var choices = new List<BoardChoice>();
        foreach (var board in request.Boards)
        {
            choices.Add(await ChoiceOfAsync(faults, board, ofPeople: true, context.CancellationToken));
        }

        return new Wire.GetMyRankResponse
        {
            Ranks = { await reader.RanksAsync(choices, context.Call().Caller.PersonId, context.CancellationToken) },
        };
    }

    public override async Task<Wire.ListAroundMeResponse> ListAroundMe(
        Wire.ListAroundMeRequest request, ServerCallContext context)
    {
        var faults = new Faults();
        var eachSide = faults.Range(
            "each_side", request.EachSide == 0 ? EachSideDefault : request.EachSide, 1, EachSideMax);
        var choice = await ChoiceOfAsync(faults, request.Board, ofPeople: true, context.CancellationToken);
        return new Wire.ListAroundMeResponse
        {
            Board = await reader.AroundAsync(
                choice, context.Call().Caller.PersonId, eachSide, context.CancellationToken),
        };
    }

    public override async Task WatchBoard(
        Wire.WatchBoardRequest request, IServerStreamWriter<Wire.WatchBoardResponse> responseStream,
        ServerCallContext context)
    {
        var call = context.Call();
        var (choice, top) = await TopOfAsync(request.Board, request.Top, call.Until);
        using var place = watchers.Enter(call.Caller.PersonId);
        for (var seen = request.ResumeToken; ;)
        {
            // All who watch a board share one look at it.
            var board = await kept.GetAsync(choice, top, LookedAtEvery, call.Until);
            if (board.Version != seen)
            {
                seen = board.Version;
                await responseStream.WriteAsync(new Wire.WatchBoardResponse
                {
                    Board = board.Answer.Board,
                    ResumeToken = seen,
                    At = Timestamp.FromDateTime(clock.Now()),
                }, call.Until);
            }

            await Task.Delay(LookedAtEvery, call.Until);
            choice = request.Board.Day.Length == 0 ? await NowOfAsync(choice, call.Until) : choice;
        }
    }

    private async Task<(BoardChoice Choice, int Top)> TopOfAsync(
        Wire.BoardChoice? board, int asked, CancellationToken cancel)
    {
        var faults = new Faults();
        var top = faults.Range("top", asked == 0 ? TopDefault : asked, 1, TopMax);
        return (await ChoiceOfAsync(faults, board, ofPeople: false, cancel), top);
    }

    private async Task<BoardChoice> ChoiceOfAsync(
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
    private async ValueTask<BoardChoice> NowOfAsync(BoardChoice choice, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        return choice with
        {
            UnitId = tree.OpenOf(choice.UnitId).Id,
            Span = BoardSpan.Of(choice.Span.Period, Clock.Day(clock.Now())),
        };
    }

    private static void ThrowIfAny(Faults faults) => faults.ThrowIfAny("BOARD_CHOICE", "没有这样的排行榜，请检查后重试。");
}
