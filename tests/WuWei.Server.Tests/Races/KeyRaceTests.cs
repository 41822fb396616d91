using WuWei.Tests.Harness;

namespace WuWei.Tests.Races;

/// <summary>One request sent several times at the same moment, with one key, through two copies of the server.</summary>
public class KeyRaceTests(TwoCopies copies) : IClassFixture<TwoCopies>
{
    private const int Sent = 12;

    [Fact]
    public async Task A_wish_made_twelve_times_with_one_key_is_made_once()
    {
        var maker = await copies.World.ResidentAsync();
        var request = copies.World.Request();

        var replies = await SendAsync(maker, calls => calls.MakeWishAsync(request).ResponseAsync);

        Assert.Single(replies.Distinct());
        Assert.Equal(1, await copies.First.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM wish WHERE maker_id = @maker", ("maker", maker.PersonId)));
        await copies.AssertSoundAsync();
    }

    [Fact]
    public async Task A_claim_sent_twelve_times_with_one_key_is_won_once_and_every_answer_says_so()
    {
        var maker = await copies.World.ResidentAsync();
        var neighbour = await copies.World.ResidentAsync();
        var id = await maker.OpenAsync(copies.World.Request(), await copies.World.StaffAsync(copies.World.Community));

        var replies = await SendAsync(neighbour, calls => calls.ClaimWishAsync(
            new() { WishId = id, Kind = Wire.ClaimerKind.Neighbour }).ResponseAsync);

        Assert.True(Assert.Single(replies.Distinct()).Wish.Claim.Mine);
        Assert.Equal(
            [Wire.WishMove.Make, Wire.WishMove.Approve, Wire.WishMove.Claim], await Race.AssertOnePathAsync(maker, id));
        await copies.AssertSoundAsync();
    }

    [Fact]
    public async Task A_contact_revealed_twelve_times_with_one_key_counts_once()
    {
        var maker = await copies.World.ResidentAsync();
        var neighbour = await copies.World.ResidentAsync();
        var id = await maker.OpenAsync(copies.World.Request(), await copies.World.StaffAsync(copies.World.Community));
        await neighbour.ClaimAsync(id);

        var replies = await SendAsync(
            neighbour, calls => calls.RevealContactAsync(new() { WishId = id }).ResponseAsync);

        Assert.All(replies, r => Assert.Equal("13912345678", r.Contact.Phone));
        Assert.Single(await Race.AssertOnePathAsync(maker, id), m => m == Wire.WishMove.Reveal);
        Assert.Equal(1, await copies.First.Database.ScalarAsync<int>(
            "SELECT times FROM limit_count WHERE rule = 'reveal-claimer' AND subject = @subject",
            ("subject", copies.First.PersonalData.Index("reveal", $"{neighbour.PersonId}"))));
        await copies.AssertSoundAsync();
    }

    [Fact]
    public async Task Of_different_requests_with_one_key_at_once_one_is_done()
    {
        var maker = await copies.World.ResidentAsync();
        var key = Guid.NewGuid().ToString();

        var outcomes = await Race.RunAsync(Enumerable.Range(0, Sent).Select(i => (Func<Task>)(() =>
        {
            var request = copies.World.Request();
            request.EffortMinutes += i;
            return Copy(maker, i).WishesWithKey(key).MakeWishAsync(request).ResponseAsync;
        })));

        Assert.Equal($"{Sent - 1} × IDEMPOTENCY_KEY_REUSED, 1 × won", Race.Show(outcomes));
        Assert.Equal(1, await copies.First.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM wish WHERE maker_id = @maker", ("maker", maker.PersonId)));
    }

    private async Task<List<T>> SendAsync<T>(Actor actor, Func<Wire.WishService.WishServiceClient, Task<T>> call)
    {
        var key = Guid.NewGuid().ToString();
        var replies = new List<T>();
        var outcomes = await Race.RunAsync(Enumerable.Range(0, Sent).Select(i => (Func<Task>)(async () =>
        {
            var reply = await call(Copy(actor, i).WishesWithKey(key));
            lock (replies)
            {
                replies.Add(reply);
            }
        })));
        Assert.Equal($"{Sent} × won", Race.Show(outcomes));
        return replies;
    }

    private Actor Copy(Actor actor, int number) => number % 2 == 0 ? actor : actor.At(copies.Second);
}
