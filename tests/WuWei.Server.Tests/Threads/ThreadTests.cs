using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Threads;

/// <summary>A thread from the claim until it is closed, on a server whose clock is moved.</summary>
public sealed class ThreadTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: "Threads:MessagesMax=20");
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task It_is_there_with_the_claim_and_lives_as_long()
    {
        var id = await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed);
        var thread = await id.ThreadAsync(_cast.Claimer);
        Assert.Equal(
            (Wire.ThreadSide.Claimer, true, null, 0, "楼道灯坏了"),
            (thread.Side, thread.Open, thread.ClosesAt, thread.Unread, thread.WishTitle));
        // Whoever the wish was made for is written to.
        Assert.Equal($"{_cast.Beneficiary.Name[0]}", thread.OtherName[..1]);

        await _cast.Claimer.SayAsync(_server, _world, thread.Id, "明天上午九点来，可以吗？");
        await _cast.Beneficiary.SayAsync(_server, _world, thread.Id, "可以，谢谢。");
        foreach (var reader in new[] { _cast.Maker, _cast.Beneficiary, _cast.Claimer })
        {
            Assert.Equal(["可以，谢谢。", "明天上午九点来，可以吗？"], (await reader.MessagesAsync(thread.Id)).Select(m => m.Text));
        }

        Assert.Equal([thread.Id], (await ListAsync(_cast.Maker)).Select(t => t.Id));
        Assert.Equal(2, (await ListAsync(_cast.Maker))[0].Unread);
        Assert.Equal(1, (await ListAsync(_cast.Claimer))[0].Unread);
        Assert.Equal(1, (await _cast.Maker.Threads.MarkThreadReadAsync(new() { ThreadId = thread.Id, Number = 1 })).Unread);
        Assert.Equal(0, (await _cast.Maker.Threads.MarkThreadReadAsync(new() { ThreadId = thread.Id, Number = 2 })).Unread);
        Assert.Equal(0, (await _cast.Maker.Threads.MarkThreadReadAsync(new() { ThreadId = thread.Id, Number = 1 })).Unread);
        Assert.Equal("MESSAGE_NUMBER", await Refusals.ReasonAsync(
            _cast.Maker.Threads.MarkThreadReadAsync(new() { ThreadId = thread.Id, Number = 3 })));

        await _cast.Claimer.DeliverAsync(id);
        await _cast.Maker.ConfirmAsync(id);
        Assert.NotNull((await id.ThreadAsync(_cast.Maker)).ClosesAt);
        _server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        await _cast.Maker.SayAsync(_server, _world, thread.Id, "灯一直亮着，谢谢你。");
        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        foreach (var author in new[] { _cast.Maker, _cast.Claimer })
        {
            Assert.Equal("THREAD_CLOSED", await Refusals.ReasonAsync(
                author.Threads.SendMessageAsync(new() { ThreadId = thread.Id, Text = "还在吗？" })));
            Assert.Equal("THREAD_CLOSED", await Refusals.ReasonAsync(
                author.Threads.AgreeToShowContactsAsync(new() { ThreadId = thread.Id })));
            // Who kept the wish may still read what was written about it.
            Assert.Equal(3, (await author.MessagesAsync(thread.Id)).Count);
        }

        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_message_is_shown_once_it_passed_and_its_author_knows_how_it_stands()
    {
        var thread = (await (await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed)).ThreadAsync(_cast.Claimer)).Id;
        var sent = (await _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread, Text = "先看看再说。" })).Message;
        Assert.Equal((Wire.ContentState.Waiting, 0, true), (sent.State, sent.Number, sent.Mine));
        Assert.Empty(await _cast.Maker.MessagesAsync(thread));
        Assert.Empty(await ListAsync(_cast.Maker));
        Assert.Equal(Wire.ContentState.Waiting, Assert.Single(await _cast.Claimer.MessagesAsync(thread)).State);

        await _world.JudgeAsync(sent.Id, ContentState.Refused);
        Assert.Empty(await _cast.Maker.MessagesAsync(thread));
        Assert.Equal(Wire.ContentState.Refused, Assert.Single(await _cast.Claimer.MessagesAsync(thread)).State);
        Assert.Equal("MESSAGE_UNKNOWN", await Refusals.ReasonAsync(_cast.Maker.Threads.ReportMessageAsync(
            new() { ThreadId = thread, MessageId = sent.Id, Reason = "猜到的编号" })));

        // An appeal turned it.
        await _world.JudgeAsync(sent.Id);
        await _world.JudgeAsync(sent.Id);
        var shown = Assert.Single(await _cast.Maker.MessagesAsync(thread));
        Assert.Equal(("先看看再说。", 1, false), (shown.Text, shown.Number, shown.Mine));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM content_check WHERE kind = 8 AND content_id = @id", ("@id", Guid.Parse(sent.Id))));
        Assert.Equal(0, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE detail LIKE '%先看看%'"));
    }

    [Fact]
    public async Task Numbers_and_doors_are_hidden_until_both_sides_agree()
    {
        const string text = "我住3幢2单元502，电话139 1234 5678，下午3点在家。";
        var id = await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed);
        var thread = (await id.ThreadAsync(_cast.Claimer)).Id;
        await _cast.Maker.SayAsync(_server, _world, thread, text);

        await AssertMaskedAsync();
        var agreed = await _cast.Maker.Threads.AgreeToShowContactsAsync(new() { ThreadId = thread });
        Assert.Equal((true, false), (agreed.Thread.Agreed, agreed.Thread.OtherAgreed));
        Assert.Equal("CONTACTS_AGREED", await Refusals.ReasonAsync(
            _cast.Beneficiary.Threads.AgreeToShowContactsAsync(new() { ThreadId = thread })));
        await AssertMaskedAsync();

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _cast.Claimer.Threads.AgreeToShowContactsAsync(new() { ThreadId = thread });
        Assert.Equal((text, false), Shown(await _cast.Claimer.MessagesAsync(thread)));
        Assert.Equal(["maker", "claimer"], await RolesAsync(thread, "THREAD_CONTACTS_AGREED"));

        // The next claimer's thread starts anew, and its parties have agreed to nothing.
        await _cast.Claimer.Wishes.ReleaseWishAsync(new() { WishId = id, Reason = "临时有事" });
        await _cast.Other.ClaimAsync(id);
        var next = await id.ThreadAsync(_cast.Other);
        Assert.NotEqual(thread, next.Id);
        Assert.Equal((false, false), (next.Agreed, next.OtherAgreed));

        async Task AssertMaskedAsync()
        {
            Assert.Equal(
                ("我住［门牌已隐藏］，电话［电话已隐藏］，下午3点在家。", true),
                Shown(await _cast.Claimer.MessagesAsync(thread)));
            foreach (var own in new[] { _cast.Maker, _cast.Beneficiary })
            {
                Assert.Equal((text, false), Shown(await own.MessagesAsync(thread)));
            }
        }

        static (string, bool) Shown(IReadOnlyList<Wire.Message> messages) => (messages[0].Text, messages[0].Masked);
    }

    [Fact]
    public async Task Whoever_checks_a_message_reads_no_numbers_and_auditors_read_none_of_it()
    {
        var thread = (await (await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed)).ThreadAsync(_cast.Claimer)).Id;
        await _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread, Text = "打我13912345678。" });
        await _world.CheckContentAsync();

        Assert.Equal(["打我［电话已隐藏］。"], await QueueAsync(_cast.Staff));
        Assert.Empty(await QueueAsync(await _world.WithRoleAsync(Role.Auditor, _world.Community)));

        async Task<IEnumerable<string>> QueueAsync(Actor reader) =>
            (await reader.ContentChecks.ListContentReviewsAsync(
                new() { UnitId = $"{_world.Community}", Kind = Wire.ContentKind.Message })).Reviews.Select(r => r.Text);
    }

    [Fact]
    public async Task A_former_claimer_keeps_their_thread_a_week_and_never_sees_the_next_one()
    {
        var id = await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed);
        var first = (await id.ThreadAsync(_cast.Claimer)).Id;
        await _cast.Claimer.SayAsync(_server, _world, first, "我明天来。");
        await _cast.Claimer.Wishes.ReleaseWishAsync(new() { WishId = id, Reason = "临时有事" });
        await _cast.Other.ClaimAsync(id);
        var second = (await id.ThreadAsync(_cast.Other)).Id;
        await _cast.Maker.SayAsync(_server, _world, second, "换人了，请多关照。");

        Assert.Equal("THREAD_UNKNOWN", await ReadAsync(_cast.Claimer, second));
        Assert.Equal("THREAD_UNKNOWN", await ReadAsync(_cast.Other, first));
        Assert.Null(await ReadAsync(_cast.Claimer, first));
        await _cast.Claimer.SayAsync(_server, _world, first, "不好意思，来不了了。");
        Assert.Equal([first], (await ListAsync(_cast.Claimer)).Select(t => t.Id));

        _server.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        Assert.Equal("THREAD_UNKNOWN", await ReadAsync(_cast.Claimer, first));
        Assert.Empty(await ListAsync(_cast.Claimer));
        Assert.Equal(2, (await _cast.Maker.MessagesAsync(first)).Count);
        // The latest word was in the first.
        Assert.Equal([first, second], (await ListAsync(_cast.Maker)).Select(t => t.Id));
    }

    [Fact]
    public async Task Nobody_else_finds_it_not_even_staff()
    {
        var id = await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed);
        var thread = (await id.ThreadAsync(_cast.Claimer)).Id;
        await _cast.Claimer.SayAsync(_server, _world, thread, "明天来。");
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.District);
        foreach (var stranger in new[] { _cast.Other, _cast.Offered, _cast.Staff, auditor })
        {
            Assert.Equal("THREAD_UNKNOWN", await ReadAsync(stranger, thread));
            Assert.Equal("THREAD_UNKNOWN", await Refusals.ReasonAsync(
                stranger.Threads.GetThreadAsync(new() { ThreadId = thread })));
            Assert.Equal("THREAD_UNKNOWN", await Refusals.ReasonAsync(
                stranger.Threads.SendMessageAsync(new() { ThreadId = thread, Text = "你好" })));
            Assert.Equal("THREAD_UNKNOWN", await Refusals.ReasonAsync(
                stranger.Threads.ReportMessageAsync(new() { ThreadId = thread, Reason = "想看看" })));
        }

        Assert.Equal("THREAD_UNKNOWN", await ReadAsync(_cast.Maker, $"{Guid.NewGuid()}"));
        Assert.Equal("THREAD_UNKNOWN", await ReadAsync(_cast.Maker, id));
    }

    [Fact]
    public async Task Staff_who_made_a_wish_for_somebody_without_an_account_write_to_nobody()
    {
        var request = _world.Request();
        request.Origin = Wire.WishOrigin.Staff;
        var id = await _cast.Staff.MakeAsync(request);
        await _cast.Claimer.ClaimAsync(id);
        var thread = await id.ThreadAsync(_cast.Claimer);

        Assert.Equal("", thread.OtherName);
        Assert.Equal("THREAD_UNKNOWN", await ReadAsync(_cast.Staff, thread.Id));
        Assert.Equal("THREAD_UNREACHABLE", await Refusals.ReasonAsync(
            _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread.Id, Text = "你好" })));
    }

    [Fact]
    public async Task Pages_hold_everything_once_and_a_day_has_so_many_messages()
    {
        var thread = (await (await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed)).ThreadAsync(_cast.Claimer)).Id;
        var key = $"{Guid.NewGuid()}";
        var first = await _cast.Claimer.WithKey(key).Threads.SendMessageAsync(new() { ThreadId = thread, Text = "第0条" });
        Assert.Equal(first, await _cast.Claimer.WithKey(key).Threads.SendMessageAsync(
            new() { ThreadId = thread, Text = "第0条" }));
        await _world.JudgeAsync(first.Message.Id);
        for (var i = 1; i < 20; i++)
        {
            await _cast.Claimer.SayAsync(_server, _world, thread, $"第{i}条");
        }

        Assert.Equal("MESSAGES_TOO_MANY", await Refusals.ReasonAsync(
            _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread, Text = "再来一条" })));
        var seen = new List<string>();
        for (var token = ""; ;)
        {
            var page = await _cast.Maker.Threads.ListMessagesAsync(
                new() { ThreadId = thread, PageSize = 7, PageToken = token });
            seen.AddRange(page.Messages.Select(m => m.Text));
            if ((token = page.NextPageToken).Length == 0)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(i => $"第{i}条"), seen);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _cast.Claimer.SayAsync(_server, _world, thread, "新的一天");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \u200B ")]
    [InlineData("反过来\u202E写")]
    [InlineData("看不见\0的")]
    public async Task What_nobody_could_read_is_refused(string text)
    {
        var thread = (await (await _cast.WishAsync(WuWei.Wishes.WishStatus.Claimed)).ThreadAsync(_cast.Claimer)).Id;

        Assert.Equal("TEXT_LENGTH", await Refusals.ReasonAsync(
            _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread, Text = text })));
        Assert.Equal("TEXT_LENGTH", await Refusals.ReasonAsync(
            _cast.Claimer.Threads.SendMessageAsync(new() { ThreadId = thread, Text = new string('长', 501) })));
        await _cast.Claimer.Threads.SendMessageAsync(
            new() { ThreadId = thread, Text = string.Concat(Enumerable.Repeat("😀", 500)) });
    }

    private async Task<IReadOnlyList<string>> RolesAsync(string thread, string kind) =>
        (await _server.Database.ScalarAsync<string>(
            """
            SELECT GROUP_CONCAT(actor_role ORDER BY at, id) FROM journal_entry WHERE subject_id = @id AND kind = @kind
            """, ("@id", Guid.Parse(thread)), ("@kind", kind)))!.Split(',');

    private static async Task<IReadOnlyList<Wire.Thread>> ListAsync(Actor person) =>
        (await person.Threads.ListMyThreadsAsync(new())).Threads;

    private static async Task<string?> ReadAsync(Actor reader, string thread)
    {
        try
        {
            await reader.Threads.ListMessagesAsync(new() { ThreadId = thread });
            return null;
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }
}
