using WuWei.Calls;
using WuWei.Errors;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Boards;

/// <summary>The wire of boards.proto.</summary>
[BindServiceMethod(typeof(BoardBinding), nameof(BoardBinding.Bind))]
public sealed class BoardService(
    KeptBoards kept, KeptRanks ranks, BoardReader reader, BoardChoices choices, BoardFollowing following, Streams streams,
    TimeProvider clock)
    : Wire.BoardService.BoardServiceBase
{
    private const int EachSideDefault = 5;
    private const int EachSideMax = 20;
    private const int ChoicesMax = 12;
    private const int StreamsMax = 5;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    public override async Task<Wire.GetBoardResponse> GetBoard(Wire.GetBoardRequest request, ServerCallContext context)
    {
        var (choice, top) = await choices.TopOfAsync(request.Board, request.Top, context.CancellationToken);
        context.Call().DemandReach(await choices.PathOfAsync(choice, context.CancellationToken));
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

        BoardChoices.ThrowIfAny(faults);
        var asked = new List<BoardChoice>();
        foreach (var board in request.Boards)
        {
            asked.Add(await choices.ChoiceOfAsync(faults, board, ofPeople: true, context.CancellationToken));
        }

        return new Wire.GetMyRankResponse
        {
            Ranks = { await ranks.GetAsync(asked, context.Call().Caller.PersonId, context.CancellationToken) },
        };
    }

    public override async Task<Wire.ListAroundMeResponse> ListAroundMe(
        Wire.ListAroundMeRequest request, ServerCallContext context)
    {
        var faults = new Faults();
        var eachSide = faults.Range(
            "each_side", request.EachSide == 0 ? EachSideDefault : request.EachSide, 1, EachSideMax);
        var choice = await choices.ChoiceOfAsync(faults, request.Board, ofPeople: true, context.CancellationToken);
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
        var (choice, _) = await choices.TopOfAsync(request.Board, request.Top, call.Until);
        call.DemandReach(await choices.PathOfAsync(choice, call.Until));
        using var place = streams.Enter(call.Caller.PersonId, StreamsMax);
        await foreach (var board in following.FollowAsync(request.Board, request.Top, request.ResumeToken, call.Until))
        {
            // Since its unit was merged it is another unit's.
            call.DemandReach(await choices.PathOfAsync(board.Choice, call.Until));
            await responseStream.WriteAsync(new Wire.WatchBoardResponse
            {
                Board = board.Answer.Board,
                ResumeToken = board.Version,
                At = Timestamp.FromDateTime(clock.Now()),
            }, call.Until);
        }
    }
}
