using Grpc.Net.Client;

namespace WuWei.Bench;

/// <summary>Calls to <see cref="BareServer"/>.</summary>
public sealed class BareCalls(string address, int connections)
{
    private readonly Wire.WishService.WishServiceClient[] _clients =
    [
        .. Enumerable.Range(0, connections)
            .Select(_ => new Wire.WishService.WishServiceClient(GrpcChannel.ForAddress(address))),
    ];

    public async Task CallAsync(int caller) =>
        await _clients[caller % _clients.Length].GetWishAsync(new() { WishId = Guid.Empty.ToString() });
}
