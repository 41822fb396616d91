using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using WuWei.Notices;
using WuWei.Tests.Harness;
using WuWei.Tests.Inbox;

namespace WuWei.Tests.Notices;

/// <summary>A notice to a whole district, while other people go on. The numbers it saw are in its output.</summary>
[Collection(typeof(AloneTests))]
public sealed class NoticeToEverybodyTests : IAsyncLifetime
{
    private const int People = 170_000;

    /// <summary>Who may be told by WeChat: each of them is a message.</summary>
    private const int Reachable = 20_000;
    private const int Looking = 100;

    private readonly ConcurrentBag<(string Phase, double Milliseconds)> _calls = [];
    private TestServer _server = null!;
    private World _world = null!;
    private volatile string _phase = "before";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_notice_to_170_000_people_is_in_every_inbox_at_once_and_nobody_else_waits()
    {
        await FillAsync();
        Guid[] homes = [_world.Community, _world.NextCommunity, _world.FarCommunity, _world.Grid];
        var looking = new List<Actor>();
        for (var i = 0; i < Looking; i++)
        {
            looking.Add(await _world.ResidentAsync(homes[i % homes.Length]));
        }

        var staff = await _world.StaffAsync(_world.District);
        using var end = new CancellationTokenSource();
        var others = Enumerable.Range(0, 4).Select(i => OthersAsync(looking[i], end.Token)).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);

        _phase = "while it is published";
        var published = Stopwatch.GetTimestamp();
        var request = NoticeScenes.Request(_world.District, "台风来了，请关好门窗");
        request.Important = true;
        var notice = await staff.PublishAsync(request);
        var answered = Stopwatch.GetElapsedTime(published);
        // Everybody looks at once.
        await Parallel.ForEachAsync(looking, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (actor, _) =>
            Assert.Equal(notice.Id, Assert.Single(await actor.InboxAsync(unreadOnly: true)).Id));
        var found = Stopwatch.GetElapsedTime(published);
        var counts = await staff.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id });
        var counted = Stopwatch.GetElapsedTime(published);
        var people = await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM person WHERE home_unit_id IS NOT NULL");
        Assert.InRange(people, People, int.MaxValue);
        Assert.Equal((people, 0), (counts.People, counts.Read));

        _phase = "while messages are queued";
        var queueing = Stopwatch.GetTimestamp();
        var push = counts.Push;
        for (var runs = 0; !push.Done && runs < 1_000; runs++)
        {
            await _server.Services.RunAsync<NoticePushJob>();
            push = (await staff.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id })).Push;
        }

        var queued = Stopwatch.GetElapsedTime(queueing);
        Assert.Equal((people, true), (push.LookedAt, push.Done));
        // Those without WeChat and with a phone get an SMS: whoever was made by the test's own hands.
        Assert.InRange(push.Waiting, Reachable, Reachable + Looking + 10);

        await Parallel.ForEachAsync(looking, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (actor, cancel) =>
            await actor.Notices.GetNoticeAsync(new() { NoticeId = notice.Id }, cancellationToken: cancel));
        Assert.Equal(Looking, (await staff.Notices.CountNoticeReadsAsync(new() { NoticeId = notice.Id })).Read);
        await end.CancelAsync();
        await Task.WhenAll(others);
        Say(
            $"answered after {answered.TotalMilliseconds:F0} ms, in all of {Looking} inboxes looked at by "
            + $"{found.TotalMilliseconds:F0} ms, counted for {people:N0} people by {counted.TotalMilliseconds:F0} ms; "
            + $"{push.Waiting:N0} messages queued out of {people:N0} people in {queued.TotalSeconds:F1} s");
    }

    /// <summary>Somebody who lists wishes, looks at their inbox and makes a wish, over and over.</summary>
    private async Task OthersAsync(Actor actor, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await TimedAsync(async () => await actor.Wishes.ListWishesAsync(
                new() { View = Wire.WishView.Unit, UnitId = $"{_world.Community}", Status = Wire.WishStatus.Open }));
            await TimedAsync(async () => await actor.Inbox.CountUnreadAsync(new()));
            await TimedAsync(() => actor.MakeAsync(_world.Request()));
        }
    }

    private async Task TimedAsync(Func<Task> call)
    {
        var (phase, began) = (_phase, Stopwatch.GetTimestamp());
        await call();
        _calls.Add((phase, Stopwatch.GetElapsedTime(began).TotalMilliseconds));
    }

    private void Say(string numbers)
    {
        var lines = _calls.GroupBy(c => c.Phase).Select(phase =>
        {
            var sorted = phase.Select(c => c.Milliseconds).Order().ToList();
            return string.Create(CultureInfo.InvariantCulture,
                $"other calls {phase.Key}: {sorted.Count}, median {sorted[sorted.Count / 2]:F1} ms, "
                + $"99 % within {sorted[sorted.Count * 99 / 100]:F1} ms");
        });
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', lines.Prepend(numbers)));
    }

    /// <summary>People by the thousand, some of them with WeChat, straight into the database.</summary>
    private async Task FillAsync()
    {
        const int step = 10_000;
        const string digit = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
            + "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
        const string numbers = "(SELECT @first + a.d + 10 * b.d + 100 * c.d + 1000 * d.d AS n "
            + $"FROM {digit} a, {digit} b, {digit} c, {digit} d) numbers";
        for (var first = 0; first < People; first += step)
        {
            await _world.ExecuteAsync(
                $"""
                INSERT INTO person (id, shown_name, home_unit_id, show_party_badge, open_claims, made_at)
                SELECT UNHEX(MD5(n)), '王**', ELT(1 + n MOD 4, @a, @b, @c, @d), 0, 0, @now FROM {numbers}
                """,
                ("a", _world.Community), ("b", _world.NextCommunity), ("c", _world.FarCommunity), ("d", _world.Grid),
                ("now", _server.Clock.Now), ("first", first));
            if (first < Reachable)
            {
                await _world.ExecuteAsync(
                    $"""
                    INSERT INTO wechat_binding (id, person_id, app_id, openid, openid_index, bound_at)
                    SELECT UNHEX(MD5(n)), UNHEX(MD5(n)), @app, '', UNHEX(SHA2(n, 256)), @now FROM {numbers};
                    INSERT INTO message_allowance (person_id, app_id, template_id, remaining, changed_at)
                    SELECT UNHEX(MD5(n)), @app, @template, 1, @now FROM {numbers}
                    """,
                    ("app", _world.WeChat.Mini), ("template", _world.WeChat.Template), ("now", _server.Clock.Now),
                    ("first", first));
            }
        }

        await _world.ExecuteAsync("ANALYZE TABLE person, wechat_binding, message_allowance");
    }
}
