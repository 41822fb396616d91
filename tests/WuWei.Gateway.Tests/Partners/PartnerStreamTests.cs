using Grpc.Reflection.V1Alpha;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>Streams of partners that may have less than when these began. Each test has a tree of its own to change.</summary>
public sealed class PartnerStreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PartnerDoor _door = new();

    public ValueTask InitializeAsync() => _door.InitializeAsync();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_board_is_watched_no_longer_than_its_unit_is_the_partners()
    {
        var partner = await PartnerAsync(_door.World.Street);
        using var stream = await WatchAsync(partner);

        var terms = await _door.People.Partners().GetAsync(partner.Code, CancellationToken.None);
        await _door.People.Partners().ChangeAsync(
            partner.Code, terms with { Units = [_door.World.OtherStreet] }, CancellationToken.None);
        _door.Forget();

        Assert.Equal("UNIT_OUT_OF_REACH", await EndAsync(stream));
    }

    [Fact]
    public async Task A_board_is_watched_no_longer_than_its_unit_lies_in_the_partners()
    {
        var partner = await PartnerAsync(_door.World.Street);
        using var stream = await WatchAsync(partner);

        await MergeAsync(into: _door.World.FarCommunity);

        Assert.Equal("UNIT_OUT_OF_REACH", await EndAsync(stream));
    }

    [Fact]
    public async Task A_board_that_is_a_successors_now_is_not_watched_by_whom_the_successor_does_not_concern()
    {
        var partner = await PartnerAsync(_door.World.Community);
        using var stream = await WatchAsync(partner);

        await MergeAsync(into: _door.World.NextCommunity);

        Assert.Equal("UNIT_OUT_OF_REACH", await EndAsync(stream));
    }

    [Fact]
    public async Task A_board_that_is_a_successors_now_goes_on_where_both_are_the_partners()
    {
        var partner = await PartnerAsync(_door.World.Street);
        using var stream = await WatchAsync(partner);

        await MergeAsync(into: _door.World.NextCommunity);

        using var soon = new CancellationTokenSource(Patience);
        do
        {
            Assert.True(await stream.ResponseStream.MoveNext(soon.Token));
        }
        while (stream.ResponseStream.Current.Board.UnitId != $"{_door.World.NextCommunity}");
    }

    [Fact]
    public async Task Reflection_ends_with_the_partner_that_asks_for_it()
    {
        var partner = await PartnerAsync(_door.World.Street);
        using var asked = new ServerReflection.ServerReflectionClient(partner.Channel).ServerReflectionInfo();
        await asked.RequestStream.WriteAsync(new() { ListServices = "" });
        Assert.True(await asked.ResponseStream.MoveNext(CancellationToken.None));

        await _door.People.Partners().RevokeAsync(partner.Code, "密钥丢失", CancellationToken.None);
        _door.Forget();

        using var soon = new CancellationTokenSource(Patience);
        var ended = await Assert.ThrowsAsync<RpcException>(() => asked.ResponseStream.MoveNext(soon.Token));
        Assert.Equal("PARTNER_REVOKED", ended.Reason());
    }

    private Task<TestPartner> PartnerAsync(Guid unit) => _door.PartnerAsync(["BoardService/WatchBoard"], [unit]);

    /// <summary>What is merged was there yesterday.</summary>
    private async Task MergeAsync(Guid into)
    {
        _door.Clock.Advance(TimeSpan.FromDays(1));
        await _door.World.MergeAsync(into, _door.Clock.Day(), _door.World.Community);
        _door.Forget();
    }

    /// <summary>The board of the community, and its first answer was read.</summary>
    private async Task<AsyncServerStreamingCall<Wire.WatchBoardResponse>> WatchAsync(TestPartner partner)
    {
        var stream = partner.Boards.WatchBoard(new()
        {
            Board = new()
            {
                Subject = Wire.BoardSubject.Person,
                UnitId = $"{_door.World.Community}",
                Period = Wire.BoardPeriod.Year,
            },
        });
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        return stream;
    }

    private static async Task<string> EndAsync(AsyncServerStreamingCall<Wire.WatchBoardResponse> stream)
    {
        using var soon = new CancellationTokenSource(Patience);
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.ResponseStream.MoveNext(soon.Token))
            {
                // What was said before.
            }
        });
        return ended.Reason();
    }
}
