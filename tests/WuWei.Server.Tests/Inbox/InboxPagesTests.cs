using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Inbox;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Inbox;

/// <summary>What very many follow is told to them page by page.</summary>
public sealed class InboxPagesTests : IAsyncLifetime
{
    private const int Many = (2 * InboxPart.FollowersMax) + 137;

    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Many_followers_are_told_a_page_in_a_transaction_and_each_of_them_once()
    {
        var wish = await FollowedAsync();
        // Whose wish it is hears that it is claimed, and follows it, too.
        await WatchAsync(wish, _cast.Maker.PersonId, _cast.Beneficiary.PersonId);
        var claim = await ClaimedAsync(wish);

        var pages = new List<long>();
        while (await RunOnceAsync())
        {
            pages.Add(await ToldAsync(claim));
        }

        Assert.All(pages.Prepend(0).Zip(pages), p => Assert.InRange(p.Second - p.First, 0, InboxPart.FollowersMax + 10));
        Assert.Equal(Many + 2, await ToldAsync(claim));
        Assert.Equal(Many, await ToldAsync(claim, Audience.Followers));
        Assert.Equal(1, (await _cast.Maker.InboxAsync()).Count(i => i.Event == "WISH_CLAIM"));
        Assert.Equal(0, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM inbox_item WHERE kind = 'WISH_CLAIM' AND times > 1 AND audience = @to",
            ("to", (int)Audience.Followers)));
    }

    [Fact]
    public async Task Killed_between_and_within_pages_nobody_is_missed_or_told_twice()
    {
        await using var other = await TestServer.StartAsync(_server.Database, _server.Clock);
        var claim = await ClaimedAsync(await FollowedAsync());
        var random = new Random(20_260_602);

        for (var i = 0; i < 12; i++)
        {
            using var kill = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(5, 120)));
            await Task.WhenAll(TryAsync(_server, kill.Token), TryAsync(other, kill.Token));
        }

        await _server.Services.RunAsync<InboxJob>();

        Assert.Equal(Many, await ToldAsync(claim, Audience.Followers));
        Assert.Equal(Many, await _server.Database.ScalarAsync<long>(
            "SELECT CAST(SUM(times) AS SIGNED) FROM inbox_item WHERE number = @claim AND audience = @to",
            ("claim", claim), ("to", (int)Audience.Followers)));
        Assert.Equal(
            await _server.Database.ScalarAsync<long>("SELECT number FROM journal_head"),
            await _server.Database.ScalarAsync<long>("SELECT number FROM inbox_head WHERE told_to IS NULL"));
    }

    [Fact]
    public async Task Whoever_has_read_it_or_stopped_following_between_two_pages_holds_up_nothing()
    {
        var wish = await FollowedAsync();
        await WatchAsync(wish, _cast.Maker.PersonId);
        var claim = await ClaimedAsync(wish);
        while (await ToldAsync(claim) == 0)
        {
            await RunOnceAsync();
        }

        // Her item is not open any more; and of those who are left many stop.
        await _server.Database.ExecuteAsync("UPDATE inbox_item SET unread = 0");
        await _server.Database.ExecuteAsync(
            "DELETE FROM wish_watch WHERE person_id > (SELECT told_to FROM inbox_head) AND person_id <> @maker",
            ("maker", _cast.Maker.PersonId));
        await _server.Services.RunAsync<InboxJob>();

        Assert.Equal(1, (await _cast.Maker.InboxAsync()).Count(i => i.Event == "WISH_CLAIM"));
        Assert.Equal(
            await _server.Database.ScalarAsync<long>("SELECT number FROM journal_head"),
            await _server.Database.ScalarAsync<long>("SELECT number FROM inbox_head WHERE told_to IS NULL"));
    }

    /// <summary>An open wish that many follow, and of which everybody was told until now.</summary>
    private async Task<Guid> FollowedAsync()
    {
        var wish = Guid.Parse(await _cast.WishAsync(WishStatus.Open));
        const string digit = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
            + "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
        // Their ids are smaller than anybody's who signed up, so that those come with the last page.
        await _server.Database.ExecuteAsync(
            $"""
            INSERT INTO person (id, shown_name, home_unit_id, show_party_badge, open_claims, made_at)
            SELECT UNHEX(CONCAT('00', LEFT(MD5(n), 30))), '王**', @home, 0, 0, '2026-05-01'
            FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n
              FROM {digit} a CROSS JOIN {digit} b CROSS JOIN {digit} c CROSS JOIN {digit} e) numbers WHERE n < {Many};
            INSERT INTO wish_watch (wish_id, person_id, watched_at)
            SELECT @wish, id, '2026-05-02' FROM person WHERE id < X'01'
            """, ("home", _world.Community), ("wish", wish));
        await _server.RunJobsAsync();
        return wish;
    }

    private async Task WatchAsync(Guid wish, params Guid[] people)
    {
        foreach (var person in people)
        {
            await _server.Database.ExecuteAsync(
                "INSERT INTO wish_watch (wish_id, person_id, watched_at) VALUES (@wish, @person, '2026-05-02')",
                ("wish", wish), ("person", person));
        }
    }

    /// <returns>The number of the entry.</returns>
    private async Task<long> ClaimedAsync(Guid wish)
    {
        await _cast.Claimer.ClaimAsync($"{wish}");
        await _server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);
        return await _server.Database.ScalarAsync<long>(
            """
            SELECT s.number FROM journal_seal s JOIN journal_entry e ON e.id = s.entry_id
            WHERE e.kind = 'WISH_CLAIM' AND e.subject_id = @wish
            """, ("wish", wish));
    }

    /// <summary>One transaction of the job.</summary>
    private async Task<bool> RunOnceAsync() => await _server.Db.HousekeepAsync(
        _server.Services.GetServices<IJob>().OfType<InboxJob>().Single().FollowAsync, CancellationToken.None) > 0;

    private static async Task TryAsync(TestServer server, CancellationToken kill)
    {
        try
        {
            await server.Services.GetServices<IJob>().OfType<InboxJob>().Single().RunAsync(kill);
        }
        catch (Exception e) when (e is OperationCanceledException or RefusedException or MySqlException)
        {
            // Killed.
        }
    }

    private Task<long> ToldAsync(long number, Audience? to = null) => _server.Database.ScalarAsync<long>(
        "SELECT COUNT(*) FROM inbox_item WHERE number = @number AND (@any OR audience = @to)",
        ("number", number), ("any", to is null), ("to", (int)(to ?? Audience.Maker)));
}
