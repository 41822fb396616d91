using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WuWei.Bench;

/// <summary>What a call costs before it does anything: the same framework and message, no interceptor, no database.</summary>
public static class BareServer
{
    /// <summary>Prints its address and runs until its input ends.</summary>
    public static async Task RunAsync(CancellationToken cancel)
    {
        await using var app = await StartAsync(cancel);
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadToEndAsync(cancel);
    }

    public static async Task<WebApplication> StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapGrpcService<BareWishes>();
        app.MapGrpcService<BareBoards>();
        await app.StartAsync(cancel);
        return app;
    }

    private sealed class BareWishes : Wire.WishService.WishServiceBase
    {
        private static readonly Wire.GetWishResponse Answer = new()
        {
            Wish = new Wire.Wish
            {
                Id = Guid.Empty.ToString(),
                UnitId = Guid.Empty.ToString(),
                CategoryId = Guid.Empty.ToString(),
                Status = Wire.WishStatus.Open,
                Title = "楼道灯坏了",
                Text = "三单元二楼的灯不亮，晚上上楼看不清台阶。",
            },
        };

        public override Task<Wire.GetWishResponse> GetWish(Wire.GetWishRequest request, ServerCallContext context) =>
            Task.FromResult(Answer);
    }

    private sealed class BareBoards : Wire.BoardService.BoardServiceBase
    {
        private static readonly Wire.GetBoardResponse Answer = new()
        {
            Board = new Wire.Board
            {
                UnitId = Guid.Empty.ToString(),
                Places =
                {
                    Enumerable.Range(1, 100).Select(rank => new Wire.Place { Rank = rank, Name = "居**", Points = 1_000 - rank }),
                },
            },
        };

        public override Task<Wire.GetBoardResponse> GetBoard(Wire.GetBoardRequest request, ServerCallContext context) =>
            Task.FromResult(Answer);
    }
}
