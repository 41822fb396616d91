using System.Text;
using Grpc.Net.Client;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Wishes;

public class WishKeyTests(SharedServer shared)
{
    public static TheoryData<string> Rpcs => [.. WishCalls.All];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_move_sent_five_times_with_one_key_happens_once_and_answers_the_same(string rpc)
    {
        var cast = await WishCast.CreateAsync(shared.World);
        foreach (var atOnce in new[] { false, true })
        {
            var id = await cast.WishForAsync(rpc);
            var steps = (await cast.AllOfAsync(id)).Journey.Steps.Count;
            var made = await MadeAsync(cast);
            var wishes = cast.WhoMay(rpc).WishesWithKey($"{Guid.NewGuid()}");

            var answers = await FiveTimes(atOnce, () => wishes.CallAsync(rpc, id, cast.Other));

            Assert.All(answers, a => Assert.Equal(answers[0], a));
            var again = rpc == "RemakeWish";
            Assert.Equal(steps + (again ? 0 : 1), (await cast.AllOfAsync(id)).Journey.Steps.Count);
            Assert.Equal(made + (again ? 1 : 0), await MadeAsync(cast));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wish_made_five_times_with_one_key_is_made_once(bool atOnce)
    {
        var cast = await WishCast.CreateAsync(shared.World);
        var wishes = cast.Maker.WishesWithKey($"{Guid.NewGuid()}");
        var answers = await FiveTimes(atOnce, async () => await wishes.MakeWishAsync(cast.Request()));

        Assert.All(answers, a => Assert.Equal(answers[0], a));
        Assert.Equal(1, await MadeAsync(cast));
    }

    [Fact]
    public async Task A_key_is_for_one_request_of_one_caller()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        var (id, another) = (await cast.WishForAsync("ClaimWish"), await cast.WishForAsync("ClaimWish"));
        var key = $"{Guid.NewGuid()}";
        await cast.Claimer.WishesWithKey(key).CallAsync("ClaimWish", id, cast.Other);

        foreach (var (rpc, wish) in new[] { ("ClaimWish", another), ("DeliverWish", id), ("ReleaseWish", id) })
        {
            Assert.Equal("IDEMPOTENCY_KEY_REUSED",
                await cast.Claimer.WishesWithKey(key).CallAsync(rpc, wish, cast.Other).TryAsync());
        }

        Assert.Equal(Wire.WishStatus.Claimed, (await cast.AllOfAsync(id)).Wish.Status);
        Assert.Null(await cast.Other.WishesWithKey(key).CallAsync("ClaimWish", another, cast.Other).TryAsync());
    }

    [Fact]
    public async Task A_refusal_may_be_tried_again_with_its_key()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        var id = await cast.WishForAsync("ReleaseWish");
        var wishes = cast.Other.WishesWithKey($"{Guid.NewGuid()}");

        Assert.Equal("WISH_ALREADY_CLAIMED", await wishes.CallAsync("ClaimWish", id, cast.Other).TryAsync());
        await cast.Claimer.Wishes.CallAsync("ReleaseWish", id, cast.Other);
        Assert.Null(await wishes.CallAsync("ClaimWish", id, cast.Other).TryAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1234567")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    [InlineData("心愿心愿心愿心愿心愿")]
    [InlineData("with a space")]
    public async Task A_write_without_a_good_key_is_refused(string? key)
    {
        var maker = await shared.World.ResidentAsync();
        using var channel = GrpcChannel.ForAddress(shared.Server.Address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 },
            DisposeHttpClient = true,
        });
        var headers = new Metadata { { "authorization", $"Bearer {maker.Token}" } };
        if (key is not null)
        {
            headers.Add("idempotency-key", key);
        }

        var wishes = new Wire.WishService.WishServiceClient(channel);

        Assert.Equal(
            "IDEMPOTENCY_KEY_REQUIRED",
            await Refusals.ReasonAsync(wishes.MakeWishAsync(shared.World.Request(), headers)));
    }

    private static async Task<int> MadeAsync(WishCast cast) =>
        (await cast.Maker.Wishes.ListWishesAsync(new() { View = Wire.WishView.Mine, PageSize = 50 })).Wishes.Count;

    private static async Task<Google.Protobuf.IMessage[]> FiveTimes(
        bool atOnce, Func<Task<Google.Protobuf.IMessage>> call)
    {
        if (atOnce)
        {
            return await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(call)));
        }

        var answers = new Google.Protobuf.IMessage[5];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = await call();
        }

        return answers;
    }
}
