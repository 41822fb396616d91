using WuWei.Tests.Harness;
using WuWei.WeChatStub;

namespace WuWei.Tests.ContentChecks;

/// <summary>What residents write: our list of words looks, then WeChat on good and bad days, otherwise staff.</summary>
public sealed class ContentCheckTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    private StubServer Stub => _server.WeChat.Stub;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: "WeChat:RequestTime=00:00:00.5");
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_wish_that_needs_no_review_opens_by_itself_once_weChat_passed_it()
    {
        var (maker, neighbour) = (await BoundAsync(), await _world.ResidentAsync());
        var made = (await maker.Wishes.MakeWishAsync(Errand())).Wish;
        Assert.Equal(
            (Wire.WishStatus.PendingReview, Wire.ContentState.Waiting), (made.Status, made.ContentState));
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(neighbour.Wishes.GetWishAsync(new() { WishId = made.Id })));

        await _world.CheckContentAsync();

        var seen = (await neighbour.Wishes.GetWishAsync(new() { WishId = made.Id })).Wish;
        Assert.Equal(
            (Wire.WishStatus.Open, Wire.ContentState.Passed, made.Title), (seen.Status, seen.ContentState, seen.Title));
        Assert.Equal(["CONTENT_PASSED"], await KindsAsync("wechat"));
        await _server.Database.AssertJournalTellsTheStepsAsync();
        Assert.Empty(await _world.WaitingAsync());
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_wish_that_needs_review_is_looked_at_by_whoever_approves_it()
    {
        var maker = await BoundAsync();
        var id = await maker.MakeAsync(_world.Request());
        await _world.CheckContentAsync();

        Assert.Empty(Stub.WeChat.Texts);
        await (await _world.StaffAsync(_world.Community)).Wishes.ApproveWishAsync(new() { WishId = id });
        Assert.Equal(
            Wire.ContentState.Passed, (await maker.Wishes.GetWishAsync(new() { WishId = id })).Wish.ContentState);
    }

    [Theory]
    [InlineData("可以加 微 信 聊")]
    [InlineData("可以加·微-信聊")]
    [InlineData("我有ＶＸ，加ｖＸ吧")]
    public async Task A_word_of_our_list_is_for_staff_and_weChat_is_not_asked(string words)
    {
        var (_, note) = await NotedAsync(await BoundAsync(), words);
        await _world.CheckContentAsync();

        var review = Assert.Single(await _world.WaitingAsync());
        Assert.Equal((Wire.ContentFinding.Words, words), (review.Finding, review.Text));
        Assert.NotEmpty(review.Word);
        Assert.Empty(Stub.WeChat.Texts);
        Assert.Equal("", await note());
    }

    [Theory]
    [InlineData(StubWeChat.ReviewWord, Wire.ContentFinding.Review)]
    [InlineData(StubWeChat.RiskyWord, Wire.ContentFinding.Risky)]
    public async Task What_weChat_does_not_pass_is_for_staff(string words, Wire.ContentFinding finding)
    {
        var (_, note) = await NotedAsync(await BoundAsync(), words);
        await _world.CheckContentAsync();

        Assert.Equal(finding, Assert.Single(await _world.WaitingAsync()).Finding);
        Assert.Equal("", await note());
        await _world.PassContentAsync();
        Assert.Equal(words, await note());
    }

    [Fact]
    public async Task What_belongs_to_a_private_wish_is_for_staff_and_weChat_hears_and_sees_nothing_of_it()
    {
        await using var server = await AskingAboutPicturesAsync();
        var (maker, claimer) = (await BoundAsync(), await BoundAsync());
        var request = Errand();
        request.Visibility = Wire.WishVisibility.Private;
        request.PictureIds.Add(await maker.UploadAsync());
        var wish = await maker.MakeAsync(request);
        await server.RunJobsAsync();
        await _world.PassContentAsync();
        await (await _world.StaffAsync(_world.Community)).Wishes.OfferWishAsync(
            new() { WishId = wish, PersonId = $"{claimer.PersonId}" });
        await claimer.ClaimAsync(wish);
        await claimer.SayToAsync(wish, "我明天上午来");
        await claimer.Wishes.DeliverWishAsync(new() { WishId = wish, Note = "办好了" });
        await server.RunJobsAsync();

        await AssertNotToldAsync(pieces: 4);
    }

    [Fact]
    public async Task What_belongs_to_a_wish_of_a_sensitive_category_is_for_staff_only_too()
    {
        await using var server = await AskingAboutPicturesAsync();
        var maker = await BoundAsync();
        var request = _world.Request(category: "rights");
        request.Answers.Add("matter", "租房");
        request.PictureIds.Add(await maker.UploadAsync());
        await maker.MakeAsync(request);
        await server.RunJobsAsync();

        await AssertNotToldAsync(pieces: 1);
    }

    [Fact]
    public async Task Who_is_not_in_the_mini_program_is_for_staff()
    {
        var (stranger, before) = (await _world.ResidentAsync(), await BoundAsync());
        _server.Clock.Advance(TimeSpan.FromHours(3));
        await NotedAsync(stranger, "没有绑定微信");
        await NotedAsync(before, "三小时前来过");
        await _world.CheckContentAsync();

        Assert.Equal(
            [Wire.ContentFinding.NotApplicable, Wire.ContentFinding.NotApplicable],
            (await _world.WaitingAsync()).Select(r => r.Finding));
        Assert.Empty(Stub.WeChat.Texts);
    }

    [Theory]
    [InlineData(Mood.Down)]
    [InlineData(Mood.Busy)]
    [InlineData(Mood.Silent)]
    [InlineData(Mood.Nonsense)]
    [InlineData(Mood.Empty)]
    [InlineData(Mood.TooOften)]
    [InlineData(Mood.DayOver)]
    public async Task On_bad_days_nothing_is_shown_and_nothing_is_lost_and_it_recovers_by_itself(Mood mood)
    {
        var (author, other) = (await BoundAsync(), await BoundAsync());
        Stub.Mood = mood;
        var (_, first) = await NotedAsync(author, "第一条");
        await _world.CheckContentAsync();
        Assert.Equal(("", 0), (await first(), (await _world.WaitingAsync()).Count));

        // WeChat is left alone for a minute, then for five; after that it is for staff.
        foreach (var minutes in new[] { 1, 5 })
        {
            await _world.CheckContentAsync();
            _server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        }

        var (_, second) = await NotedAsync(other, "第二条");
        await _world.CheckContentAsync();
        var review = Assert.Single(await _world.WaitingAsync());
        Assert.Equal((Wire.ContentFinding.Away, "第一条"), (review.Finding, review.Text));
        Assert.Equal(("", ""), (await first(), await second()));

        Stub.Mood = Mood.Well;
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.CheckContentAsync();
        Assert.Equal(("", "第二条"), (await first(), await second()));
        await _world.PassContentAsync();
        Assert.Equal("第一条", await first());
    }

    [Fact]
    public async Task What_is_over_weChats_quota_waits_and_passes_later()
    {
        var (author, other) = (await BoundAsync(), await BoundAsync());
        Stub.WeChat.ChecksPerMinuteMax = 1;
        var (_, first) = await NotedAsync(author, "第一条");
        var (_, second) = await NotedAsync(other, "第二条");
        await _world.CheckContentAsync();
        Assert.Equal(1, new[] { await first(), await second() }.Count(n => n.Length > 0));

        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.CheckContentAsync();
        Assert.Equal(("第一条", "第二条"), (await first(), await second()));
    }

    [Fact]
    public async Task What_was_tried_as_often_as_may_be_is_for_staff()
    {
        await NotedAsync(await BoundAsync(), "一条");
        // As a check leaves it that threw each time.
        await _server.Database.ExecuteAsync("UPDATE content_check SET tries = 3");
        await _world.CheckContentAsync();

        Assert.Equal(Wire.ContentFinding.Away, Assert.Single(await _world.WaitingAsync()).Finding);
        Assert.Empty(Stub.WeChat.Texts);
    }

    [Fact]
    public async Task Two_copies_ask_about_each_text_once()
    {
        await using var copy = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: _server.WeChat.Settings);
        for (var i = 0; i < 5; i++)
        {
            await NotedAsync(await BoundAsync(), $"第{i}条");
        }

        await Task.WhenAll(copy.RunJobsAsync(), _server.RunJobsAsync());

        Assert.Equal(5, Stub.WeChat.Texts.Count);
        Assert.Equal(5, (await KindsAsync("wechat")).Length);
    }

    [Fact]
    public async Task A_verdict_is_of_the_version_that_was_looked_at()
    {
        var (author, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        await author.Identity.UpdateMeAsync(new() { Name = "欧阳一" });
        await _world.CheckContentAsync();
        var old = Assert.Single(await _world.WaitingAsync());
        await author.Identity.UpdateMeAsync(new() { Name = "欧阳二" });

        Assert.Equal("CONTENT_DECIDED", await Refusals.ReasonAsync(
            staff.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(old) } })));
        Assert.Equal(Wire.ContentState.Waiting, (await author.Identity.GetMeAsync(new())).Me.NameState);

        await _world.CheckContentAsync();
        var now = Assert.Single(await _world.WaitingAsync());
        Assert.Equal((old.Id, old.Version + 1, "欧阳二"), (now.Id, now.Version, now.Text));
        Assert.Equal("CONTENT_DECIDED", await Refusals.ReasonAsync(
            staff.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(old) } })));
        await staff.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(now) } });
        Assert.Equal(Wire.ContentState.Passed, (await author.Identity.GetMeAsync(new())).Me.NameState);
    }

    /// <summary>As somebody passes what they looked at.</summary>
    private static Wire.ContentChoice Passing(Wire.ContentReview review) =>
        new() { Id = review.Id, Version = review.Version };

    /// <summary>Somebody who is in the mini program right now.</summary>
    private async Task<Actor> BoundAsync()
    {
        var person = await _world.ResidentAsync();
        await person.WeChat.BindWeChatAsync(
            new() { AppId = _server.WeChat.Mini, Code = _server.WeChat.Code($"{person.PersonId}") });
        return person;
    }

    /// <summary>A copy of the server that has WeChat look at pictures.</summary>
    private Task<TestServer> AskingAboutPicturesAsync() => TestServer.StartAsync(
        _server.Database, _server.Clock,
        settings: [.. _server.WeChat.Settings, "ContentChecks:PublicAddress=https://wuwei.example.cn"]);

    private async Task AssertNotToldAsync(int pieces)
    {
        Assert.Empty(Stub.WeChat.Texts);
        Assert.Empty(Stub.WeChat.Pictures);
        Assert.Equal(pieces, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM content_check WHERE finding = 4 AND staff_only = 1"));
    }

    private Wire.MakeWishRequest Errand()
    {
        var request = _world.Request(category: "errands");
        request.Answers.Add("items", "两袋米");
        return request;
    }

    /// <summary>They deliver a wish with this note; and how its maker reads the note.</summary>
    private async Task<(string WishId, Func<Task<string>> Note)> NotedAsync(Actor author, string note)
    {
        var (maker, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var wish = await maker.OpenAsync(_world.Request(), staff);
        await author.ClaimAsync(wish);
        await author.Wishes.DeliverWishAsync(new() { WishId = wish, Note = note });
        return (wish, async () => (await maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.DeliveryNote);
    }

    private async Task<string[]> KindsAsync(string actorRole) => (await _server.Database.ScalarAsync<string>(
        "SELECT GROUP_CONCAT(kind ORDER BY kind) FROM journal_entry WHERE actor_role = @actorRole",
        ("actorRole", actorRole)))?.Split(',') ?? [];
}
