using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Tests.Harness;
using WuWei.Time;
using WuWei.WeChatStub;

namespace WuWei.Tests.ContentChecks;

/// <summary>What WeChat thinks of pictures, as it pushes it, and as others would like to.</summary>
public sealed class WeChatPushTests : IAsyncLifetime
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    private static readonly StubPicture Other = new("wx0", "o1", "11111111-22222222-33333333", "https://example.com/");
    private TestServer _server = null!;
    private World _world = null!;

    private string Mini => _server.WeChat.Mini;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: "ContentChecks:PublicAddress=https://wuwei.example.cn");
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_address_can_be_tried_by_weChat_only()
    {
        var tried = await Push().TryAsync("5838479218127813673");
        Assert.Equal("5838479218127813673", await tried.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.Forbidden, (await (Push() with { Token = "another" }).TryAsync("123")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Push().TryAsync("<script>")).StatusCode);
        Assert.Equal(1, await ForgedAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_picture_passes_by_a_push_and_the_same_push_again_changes_nothing(bool xml)
    {
        var (check, picture) = await AskedAsync();
        var push = Push(xml: xml);
        var (query, body) = push.Envelope(picture, "pass");

        for (var times = 0; times < 3; times++)
        {
            var answer = await push.SendAsync(HttpMethod.Post, query, body);
            Assert.Equal("success", await answer.Content.ReadAsStringAsync());
            Assert.Equal((ContentState.Passed, CheckStage.Settled), await StateAsync(check));
        }

        Assert.Equal(1, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'CONTENT_PASSED'"));
        Assert.Equal(0, await ForgedAsync());
    }

    [Theory]
    [InlineData("risky", 0, ContentFinding.Risky)]
    [InlineData("review", 0, ContentFinding.Review)]
    [InlineData("fine", 0, ContentFinding.Away)]
    [InlineData("pass", -1008, ContentFinding.Away)]
    public async Task Whatever_is_no_pass_is_for_staff(string suggest, int errcode, ContentFinding finding)
    {
        var (check, picture) = await AskedAsync();
        await Push().VerdictAsync(picture, suggest, errcode);

        Assert.Equal((ContentState.Waiting, CheckStage.Queued), await StateAsync(check));
        Assert.Equal(finding, (await FindAsync(check)).Finding);
    }

    [Fact]
    public async Task Without_a_push_it_is_for_staff_after_half_an_hour_and_a_late_one_changes_nothing()
    {
        var (check, picture) = await AskedAsync();
        _server.Clock.Advance(TimeSpan.FromMinutes(29));
        await _world.CheckContentAsync();
        Assert.Equal((ContentState.Waiting, CheckStage.Asked), await StateAsync(check));
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.CheckContentAsync();
        Assert.Equal(ContentFinding.Overdue, (await FindAsync(check)).Finding);

        Assert.Equal(HttpStatusCode.OK, (await Push().VerdictAsync(picture, "pass")).StatusCode);
        Assert.Equal((ContentState.Waiting, CheckStage.Queued), await StateAsync(check));
    }

    [Fact]
    public async Task A_push_that_overtakes_our_own_note_is_kept_and_counts_once_that_is_there()
    {
        var author = await _world.ResidentAsync();
        await author.WeChat.BindWeChatAsync(new() { AppId = Mini, Code = _server.WeChat.Code("early") });
        var request = _world.Request();
        request.PictureIds.Add(await author.UploadAsync());
        await author.MakeAsync(request);
        // WeChat pushes before we have stored that it was asked.
        _server.WeChat.Stub.WeChat.OnPicture = picture => Push().VerdictAsync(picture, "pass");

        await _world.CheckContentAsync();

        var check = await IdAsync(Guid.Parse(request.PictureIds[0]));
        Assert.Equal((ContentState.Passed, CheckStage.Settled), await StateAsync(check));
        _server.Clock.Advance(TimeSpan.FromHours(2));
        await _world.CheckContentAsync();
        Assert.Equal(0, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM content_early"));
    }

    [Fact]
    public async Task Only_so_many_pushes_are_kept_that_nobody_asked_for()
    {
        await _server.Db.HousekeepAsync(async db =>
        {
            for (var i = 0; i < 1_005; i++)
            {
                await db.KeepEarlyAsync(Mini, $"{i}", Opinion.Pass, _server.Clock.Now());
            }

            return true;
        }, CancellationToken.None);

        Assert.Equal(1_000, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM content_early"));
    }

    [Fact]
    public async Task Forged_pushes_are_refused_and_noted()
    {
        var (check, picture) = await AskedAsync();
        var push = Push();
        var (query, body) = push.Envelope(picture, "review");

        // Not signed; signed by somebody else; encrypted, which this app does not do.
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync("", body));
        await AssertForbiddenAsync((push with { Token = "another" }).VerdictAsync(picture, "pass"));
        await AssertForbiddenAsync((push with { Key = Key }).VerdictAsync(picture, "pass"));
        // A signature that was seen, under other words.
        Assert.Equal(HttpStatusCode.OK, await SendAsync(query, "{}"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(query, push.Envelope(picture, "pass").Body));
        // A good one, some minutes too late; and one that is still to come.
        var (late, lateBody) = push.Envelope(picture, "pass");
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(late, lateBody));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(
            "signature=0&timestamp=99999999999999999999&nonce=1", lateBody));

        Assert.Equal((ContentState.Waiting, CheckStage.Asked), await StateAsync(check));
        Assert.Equal(6, await ForgedAsync());

        async Task<HttpStatusCode> SendAsync(string words, string text) =>
            (await push.SendAsync(HttpMethod.Post, words, text)).StatusCode;
    }

    [Fact]
    public async Task What_is_signed_and_not_for_us_is_ignored()
    {
        var (check, picture) = await AskedAsync();
        var push = Push();

        await push.VerdictAsync(Other with { AppId = Mini }, "pass");
        await push.VerdictAsync(picture with { AppId = "wxanother00000001" }, "pass");
        string[] texts =
            ["", "{", "[]", "null", "{\"Event\":{}}", "<a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"];
        foreach (var text in texts)
        {
            var (query, _) = push.Envelope(picture, "pass");
            Assert.Equal(HttpStatusCode.OK, (await push.SendAsync(HttpMethod.Post, query, text)).StatusCode);
        }

        Assert.Equal((ContentState.Waiting, CheckStage.Asked), await StateAsync(check));
        var (signed, _) = push.Envelope(picture, "pass");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await push.SendAsync(
            HttpMethod.Post, signed, new string(' ', 70_000))).StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_app_with_a_key_takes_encrypted_pushes_only(bool xml)
    {
        await using var copy = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: [.. _server.WeChat.Settings, $"WeChat:Apps:0:PushKey={Key}"]);
        var (check, picture) = await AskedAsync();
        var push = new StubPush(
            new Uri($"{copy.PublicAddress}/wechat/callback"), _server.WeChat.PushToken, Key, xml, _server.Clock);

        await AssertForbiddenAsync((push with { Key = "" }).VerdictAsync(picture, "pass"));
        await AssertForbiddenAsync((push with { Key = Key[1..] + "x" }).VerdictAsync(picture, "pass"));
        await AssertForbiddenAsync(push.VerdictAsync(picture with { AppId = "wx1" }, "pass"));
        var (query, body) = push.Envelope(picture, "pass");
        Assert.Equal(HttpStatusCode.Forbidden, (await push.SendAsync(
            HttpMethod.Post, query, push.Envelope(picture, "pass").Body)).StatusCode);
        Assert.Equal((ContentState.Waiting, CheckStage.Asked), await StateAsync(check));

        Assert.Equal(HttpStatusCode.OK, (await push.SendAsync(HttpMethod.Post, query, body)).StatusCode);
        Assert.Equal((ContentState.Passed, CheckStage.Settled), await StateAsync(check));
    }

    [Fact]
    public async Task WeChat_is_asked_about_a_picture_by_a_link_at_the_public_door()
    {
        var person = await _world.ResidentAsync();
        var judge = _server.Services.GetRequiredService<IContentJudge>();
        var check = new ContentCheck { Kind = ContentKind.Picture, AuthorId = person.PersonId, MadeAt = _world.Now };
        Assert.Equal(
            Opinion.NotApplicable, (await judge.JudgePictureAsync(check, "/pictures/a?b=c", CancellationToken.None)).Opinion);

        await person.WeChat.BindWeChatAsync(new() { AppId = Mini, Code = _server.WeChat.Code("wang") });
        var judgement = await judge.JudgePictureAsync(check, "/pictures/a?b=c", CancellationToken.None);
        var asked = Assert.Single(_server.WeChat.Stub.WeChat.Pictures);
        Assert.Equal(
            (new Judgement(Opinion.Later, Mini, asked.Trace), "https://wuwei.example.cn/pictures/a?b=c"),
            (judgement, asked.Url));

        _server.WeChat.Stub.Mood = Mood.Nonsense;
        Assert.Equal(
            Opinion.Away, (await judge.JudgePictureAsync(check, "/pictures/a?b=c", CancellationToken.None)).Opinion);
    }

    private static async Task AssertForbiddenAsync(Task<HttpResponseMessage> answer) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await answer).StatusCode);

    private StubPush Push(bool xml = false) => new(
        new Uri($"{_server.PublicAddress}/wechat/callback"), _server.WeChat.PushToken, "", xml, _server.Clock);

    /// <summary>A picture that WeChat was asked about.</summary>
    private async Task<(Guid CheckId, StubPicture Picture)> AskedAsync()
    {
        var (author, now, id) = (await _world.ResidentAsync(), _server.Clock.Now(), _server.Clock.NewId());
        var trace = $"{Guid.NewGuid():n}";
        await _server.Db.HousekeepAsync(db =>
        {
            db.QueueContentCheck(new ContentPiece(
                ContentKind.Picture, id, _world.Community, author.PersonId, Channel.Weapp, now));
            return Task.FromResult(true);
        }, CancellationToken.None);
        var checkId = await IdAsync(id);
        await _server.Db.HousekeepAsync(async db =>
        {
            var check = (await db.FindCheckAsync(checkId))!;
            db.QueueTrace(check, Mini, trace, now);
            return await db.MoveCheckAsync(check, check.Asked(now));
        }, CancellationToken.None);
        return (checkId, new StubPicture(Mini, "o1", trace, "https://example.com/"));
    }

    private async Task<Guid> IdAsync(Guid contentId) => await _server.Db.ReadAsync(db => db.FindAsync<Guid>(
        "SELECT id FROM content_check WHERE content_id = @contentId", new { contentId }), CancellationToken.None);

    private async Task<ContentCheck> FindAsync(Guid id) =>
        (await _server.Db.ReadAsync(db => db.FindCheckAsync(id), CancellationToken.None))!;

    private async Task<(ContentState, CheckStage)> StateAsync(Guid id) =>
        await FindAsync(id) is var check ? (check.State, check.Stage) : default;

    private Task<long> ForgedAsync() => _server.Database.ScalarAsync<long>(
        "SELECT CAST(COALESCE(SUM(times), 0) AS SIGNED) FROM security_event WHERE kind = 'PUSH_FORGED'");
}
