using WuWei.Tests.Harness;

namespace WuWei.Tests.Races;

/// <summary>A wish is merged at the moment when something else happens to it or to the other, through two copies.</summary>
public sealed class MergeRaceTests(TwoCopies copies, ITestOutputHelper output) : IClassFixture<TwoCopies>, IAsyncLifetime
{
    private const int Rounds = 10;

    private Actor _maker = null!;
    private Actor _neighbour = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _maker = await copies.World.ResidentAsync();
        _neighbour = await copies.World.ResidentAsync();
        _staff = await copies.World.StaffAsync(copies.World.Community);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public Task A_wish_is_either_merged_or_claimed() => DuelAsync(
        async (id, into) => await MergeAsync(_staff, id, into),
        async (id, _) => await _neighbour.At(copies.Second).ClaimAsync(id),
        "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task Of_two_wishes_that_are_merged_into_each_other_one_goes_on() => DuelAsync(
        async (id, into) => await MergeAsync(_staff, id, into),
        async (id, into) => await MergeAsync(_staff.At(copies.Second), into, id),
        "won/MERGE_TARGET_ENDED", "MERGE_TARGET_ENDED/won", "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task Nothing_is_merged_into_a_wish_that_was_withdrawn_before() => DuelAsync(
        async (id, into) => await MergeAsync(_staff, id, into),
        async (_, into) => await _maker.At(copies.Second).Wishes.WithdrawWishAsync(new() { WishId = into, Reason = "不要了" }),
        "won/won", "MERGE_TARGET_ENDED/won");

    [Fact]
    public async Task Whoever_begins_to_follow_a_wish_while_it_is_merged_follows_the_other_or_is_told()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (id, into) = (await OpenAsync(), await OpenAsync());
            var follower = await copies.World.ResidentAsync();

            var outcomes = await Race.RunAsync(
            [
                async () => await MergeAsync(_staff, id, into),
                async () => await follower.At(copies.Second).Watches.WatchWishAsync(new() { WishId = id }),
            ]);

            var followed = (await follower.Watches.ListWatchedAsync(new())).Wishes.Select(w => w.Id);
            Assert.Equal(Race.Won, outcomes[0]);
            Assert.Equal(outcomes[1] == Race.Won ? [into] : [], followed);
            Assert.Contains(outcomes[1], new[] { Race.Won, "WISH_ENDED" });
        }

        await copies.AssertSoundAsync();
    }

    private Task<string> OpenAsync() => _maker.OpenAsync(copies.World.Request(), _staff);

    private static async Task MergeAsync(Actor staff, string id, string into) =>
        await staff.Watches.MergeWishAsync(new() { WishId = id, IntoWishId = into, Reason = "同一件事" });

    private async Task DuelAsync(
        Func<string, string, Task> one, Func<string, string, Task> other, params string[] stories)
    {
        var seen = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var (id, into) = (await OpenAsync(), await OpenAsync());
            var outcomes = await Race.RunAsync([() => one(id, into), () => other(id, into)]);
            seen.Add(string.Join('/', outcomes));
            Assert.Contains(seen[^1], stories);
            foreach (var wish in new[] { id, into })
            {
                await Race.AssertOnePathAsync(_staff, wish);
                if ((await _staff.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Status == Wire.WishStatus.Claimed)
                {
                    await _staff.Wishes.RevokeClaimAsync(new() { WishId = wish, Reason = "下一轮" });
                }
            }
        }

        output.WriteLine(Race.Show(seen));
        await copies.AssertSoundAsync();
    }
}
