using Microsoft.Extensions.DependencyInjection;
using WuWei.Feeds;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>At what pace a stream of the journal comes, and from where on.</summary>
public sealed class FollowTests : FeedDistrict
{
    [Fact]
    public async Task What_comes_is_told_within_about_a_second_of_its_number()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        await Server.SealAsync();
        await using var follower = Following(partner, after: null);
        Assert.Empty((await follower.MessageAsync()).Entries);

        await (await World.ResidentAsync()).MakeAsync(World.Request());
        await Server.SealAsync();

        Assert.Equal(Wire.EntryKind.WishMake, (await follower.NextAsync(1))[0].Kind);
    }

    [Fact]
    public async Task A_number_that_the_journal_has_not_reached_is_refused()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        var head = await Server.SealAsync();
        var journal = Server.Journal();

        await using var ahead = Following(partner, head + 1);
        Assert.Equal("JOURNAL_AHEAD", (await Assert.ThrowsAsync<RpcException>(() => ahead.MessageAsync())).Reason());
        await using var below = Following(partner, -1);
        Assert.Equal("JOURNAL_RANGE", (await Assert.ThrowsAsync<RpcException>(() => below.MessageAsync())).Reason());
        Assert.Equal("JOURNAL_AHEAD", await Refusals.ReasonAsync(
            journal.GetAsync(new() { After = head + 1 }, partner.Headers)));
        Assert.Equal("JOURNAL_RANGE", await Refusals.ReasonAsync(
            journal.GetAsync(new() { After = 2, Until = 1 }, partner.Headers)));
        await using var at = Following(partner, head);
        Assert.Equal(head, (await at.MessageAsync()).SeenUntil);
        Assert.Equal(head, (await journal.HeadAsync(new(), partner.Headers)).Number);
    }

    [Fact]
    public async Task A_single_entry_can_be_asked_for_by_its_number()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        await KeptAsync();
        await Server.SealAsync();
        var journal = Server.Journal();
        var one = (await journal.ReadAllAsync(partner.Headers, pageSize: 3))[2];

        var again = await journal.GetAsync(new() { After = one.Number - 1, Until = one.Number }, partner.Headers);

        Assert.Equal(one, Assert.Single(again.Entries));
        Assert.Equal(one.Number, again.SeenUntil);
    }

    [Fact]
    public async Task What_is_not_for_a_follower_is_told_by_how_far_they_are()
    {
        const int foreign = 9_000;
        var partner = await Server.PartnerAsync([World.Street], "journal/wishes");
        await Server.SealAsync();
        await Server.FillAsync(World.OtherStreet, foreign);
        var head = await Server.SealAsync();
        await using var follower = Following(partner, after: 0);

        var seen = new List<long>();
        while (seen.Count == 0 || seen[^1] < head)
        {
            var message = await follower.MessageAsync();
            Assert.Empty(message.Entries);
            seen.Add(message.SeenUntil);
        }

        Assert.InRange(seen.Count, foreign / 2_500, foreign / 500);
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 5_000));
    }

    [Fact]
    public async Task A_follower_hears_every_fifteen_seconds_that_there_is_nothing()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        await using var follower = Following(partner, after: null);
        var first = await follower.MessageAsync();

        Server.Clock.Advance(TimeSpan.FromSeconds(16));

        var beat = await follower.MessageAsync();
        Assert.Equal((first.SeenUntil, 0), (beat.SeenUntil, beat.Entries.Count));
    }

    [Fact]
    public async Task Whoever_was_away_for_long_catches_up_in_bounded_pieces()
    {
        const int many = 12_000;
        var partner = await Server.PartnerAsync([World.Street]);
        await Server.SealAsync();
        await Server.FillAsync(World.Community, many);
        var head = await Server.SealAsync();
        await using var follower = Following(partner, after: 0);

        var numbers = new List<long>();
        for (var seen = 0L; seen < head;)
        {
            var message = await follower.MessageAsync();
            Assert.InRange(message.Entries.Count, 0, 100);
            numbers.AddRange(message.Entries.Select(e => e.Number));
            seen = message.SeenUntil;
        }

        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), numbers);
        Assert.True(numbers.Count >= many);
    }

    [Fact]
    public async Task Nothing_is_read_ahead_of_a_reader_who_takes_nothing()
    {
        const int many = 30_000;
        var partner = await Server.PartnerAsync([World.Street]);
        var before = await Server.SealAsync();
        await Server.FillAsync(World.Community, many);
        await using var follower = Following(partner, before);
        await follower.MessageAsync();

        // By now the connection's buffers are full. What is changed behind them was not read yet.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var changed = before + (many / 2);
        await Server.Database.ExecuteAsync(
            """
            UPDATE journal_entry e JOIN journal_seal s ON s.entry_id = e.id SET e.actor_role = 'late' WHERE s.number = @changed
            """, ("changed", changed));

        for (var seen = before; seen < changed;)
        {
            var message = await follower.MessageAsync();
            seen = message.SeenUntil;
            if (message.Entries.FirstOrDefault(e => e.Number == changed) is { } entry)
            {
                Assert.Equal("late", entry.ActorRole);
            }
        }
    }

    [Fact]
    public async Task All_followers_share_one_look_at_the_end()
    {
        var feed = Server.Services.GetRequiredService<Feed>();

        var tails = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ =>
            Task.Run(() => feed.TailAsync(CancellationToken.None).AsTask())));

        // A moment passes while they ask.
        Assert.InRange(tails.Distinct(ReferenceEqualityComparer.Instance).Count(), 1, 5);
    }

    [Fact]
    public async Task Five_streams_of_one_partner_and_no_more()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        var streams = new List<Following>();
        for (var i = 0; i < 5; i++)
        {
            streams.Add(Following(partner, after: 0));
            await streams[i].MessageAsync();
        }

        await using var sixth = Following(partner, after: 0);

        Assert.Equal("STREAMS_TOO_MANY", (await Assert.ThrowsAsync<RpcException>(() => sixth.MessageAsync())).Reason());
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }
}
