using Grpc.Net.Client;

namespace WuWei.Bench;

/// <summary>Calls to <see cref="BareServer"/>.</summary>
public sealed class BareCalls(string address, int connections)
{
    private readonly GrpcChannel[] _channels =
        [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(address))];

    public Task CallAsync(int caller) => BenchClient.CallAsync(
        _channels[caller % _channels.Length], "GetWish", new Wire.GetWishRequest { WishId = $"{Guid.Empty}" });

    /// <summary>With an answer as large as a board of a hundred.</summary>
    public Task CallForBoardAsync(int caller) => BenchClient.CallAsync(
        _channels[caller % _channels.Length], "GetBoard", new Wire.GetBoardRequest());
}
