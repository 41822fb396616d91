using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on boards.</summary>
public static class BoardScenes
{
    public static IEnumerable<Scene> All() =>
    [
        Plain("GetBoard", choice => new Wire.GetBoardRequest { Board = choice }),
        Plain("GetMyRank", choice => new Wire.GetMyRankRequest { Boards = { choice } }),
        Plain("ListAroundMe", choice => new Wire.ListAroundMeRequest { Board = choice }),
        Plain("WatchBoard", choice => new Wire.WatchBoardRequest { Board = choice }),
    ];

    private static Scene Plain(string rpc, Func<Wire.BoardChoice, IMessage> request) =>
        new($"BoardService/{rpc}", "", cast => Task.FromResult(request(new Wire.BoardChoice
        {
            Subject = Wire.BoardSubject.Person,
            Period = Wire.BoardPeriod.Month,
            UnitId = $"{cast.World.Community}",
        })));
}
