using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WuWei.Tests.Harness;
using WuWei.WeChat;
using WuWei.WeChatStub;

namespace WuWei.Tests.WeChat;

/// <summary>WeChat as it is on bad days, the token that all copies share, and what must not be said of it.</summary>
public sealed class WeChatAwayTests : IAsyncLifetime
{
    private const string Phone = "13800000001";
    private const string StableToken = "/cgi-bin/stable_token";
    private TestServer _server = null!;

    private TestWeChat WeChat => _server.WeChat;
    private StubServer Stub => WeChat.Stub;

    /// <summary>Every line at every level is kept, and nobody waits long.</summary>
    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(settings:
    [
        "WeChat:RequestTime=00:00:00.5", "Logging:LogLevel:Default=Trace", "Logging:LogLevel:Microsoft=Trace",
        "Logging:LogLevel:Grpc=Trace",
    ]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(Mood.Down, "WECHAT_AWAY", StatusCode.Unavailable)]
    [InlineData(Mood.Busy, "WECHAT_AWAY", StatusCode.Unavailable)]
    [InlineData(Mood.Silent, "WECHAT_AWAY", StatusCode.Unavailable)]
    [InlineData(Mood.Nonsense, "WECHAT_AWAY", StatusCode.Unavailable)]
    [InlineData(Mood.Empty, "WECHAT_AWAY", StatusCode.Unavailable)]
    [InlineData(Mood.TooOften, "WECHAT_TOO_OFTEN", StatusCode.ResourceExhausted)]
    [InlineData(Mood.Blocking, "WECHAT_REFUSED", StatusCode.PermissionDenied)]
    public async Task On_bad_days_a_sign_in_is_refused_asked_once_and_may_be_tried_again(
        Mood mood, string reason, StatusCode status)
    {
        var code = WeChat.Code("wang");
        Stub.Mood = mood;
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await SignInAsync(_server, code));

        Assert.Equal((status, reason), (refusal.StatusCode, refusal.Reason()));
        Assert.Equal(1, Stub.CallsOf("/sns/jscode2session"));

        Stub.Mood = Mood.Well;
        Assert.NotNull((await SignInAsync(_server, code)).PhoneNeeded);
    }

    [Fact]
    public async Task Wechat_that_is_not_there_is_away_and_not_asked_for_a_while()
    {
        await Stub.DisposeAsync();

        for (var i = 0; i < 12; i++)
        {
            Assert.Equal("WECHAT_AWAY", await ReasonAsync($"code-{i}"));
        }

        Assert.Contains(_server.Log.Lines, line => line.Contains("BrokenCircuitException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_made_up_account_of_a_snapshot_page_is_nobodys() => Assert.Equal(
        "WECHAT_REFUSED", await Refusals.ReasonAsync(Client(_server).SignInWeChatAsync(
            new() { AppId = WeChat.Site, Code = WeChat.SiteCode($"wang{StubWeChat.Snapshot}") })));

    [Fact]
    public async Task Somebody_who_signs_in_too_often_is_slowed_down_by_weChat()
    {
        for (var i = 0; i < 100; i++)
        {
            await SignInAsync(_server, WeChat.Code("wang"));
        }

        Assert.Equal("WECHAT_TOO_OFTEN", await ReasonAsync(WeChat.Code("wang")));
    }

    [Fact]
    public async Task Copies_share_one_token_and_fetch_it_once()
    {
        await using var copy = await CopyAsync();
        var app = App();

        var tokens = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            Tokens(i % 2 == 0 ? _server : copy).GetAsync(app, CancellationToken.None)));

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, Stub.CallsOf(StableToken));
        // In Redis it is sealed.
        Assert.Empty(await Canaries.FindInRedisAsync([tokens[0]]));
    }

    [Fact]
    public async Task Without_redis_each_copy_gets_the_same_token_from_weChat()
    {
        await using var copy = await CopyAsync("WUWEI_REDIS=127.0.0.1:1,password=x");
        var first = await Tokens(_server).GetAsync(App(), CancellationToken.None);

        Assert.Equal(first, await Tokens(copy).GetAsync(App(), CancellationToken.None));
        Assert.Equal(2, Stub.CallsOf(StableToken));
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends()
    {
        var first = await Tokens(_server).GetAsync(App(), CancellationToken.None);
        _server.Clock.Advance(TimeSpan.FromMinutes(115));
        Assert.Equal(first, await Tokens(_server).GetAsync(App(), CancellationToken.None));
        _server.Clock.Advance(TimeSpan.FromMinutes(1.5));

        Assert.NotEqual(first, await Tokens(_server).GetAsync(App(), CancellationToken.None));
        // Both are good for the last minutes.
        Assert.Equal(2, Stub.WeChat.Tokens.Count);
    }

    [Fact]
    public async Task A_token_that_weChat_has_forgotten_is_fetched_anew_by_whoever_sees_it()
    {
        await using var copy = await CopyAsync();
        await Tokens(_server).GetAsync(App(), CancellationToken.None);
        await Tokens(copy).GetAsync(App(), CancellationToken.None);
        Stub.WeChat.ForgetTokens();

        await BindAsync(_server, "wang", Phone);
        await BindAsync(copy, "li", "13800000002");

        Assert.Equal(2, Stub.CallsOf(StableToken));
    }

    [Fact]
    public async Task When_weChat_is_away_a_phone_code_stays_good()
    {
        var ticket = (await SignInAsync(_server, WeChat.Code("wang"))).PhoneNeeded.Ticket;
        var request = new Wire.SignInWeChatPhoneRequest
        {
            Ticket = ticket,
            PhoneCode = Stub.WeChat.NewPhoneCode(WeChat.Mini, "wang", Phone),
        };
        Stub.Mood = Mood.Busy;
        Assert.Equal("WECHAT_AWAY", await Refusals.ReasonAsync(Client(_server).SignInWeChatPhoneAsync(request)));

        Stub.Mood = Mood.Well;
        await Client(_server).SignInWeChatPhoneAsync(request);
    }

    [Fact]
    public async Task No_secret_code_token_or_account_is_ever_logged()
    {
        var codes = new List<string>();
        foreach (var mood in Enum.GetValues<Mood>())
        {
            Stub.Mood = mood;
            codes.Add(WeChat.Code("wang"));
            try
            {
                await SignInAsync(_server, codes[^1]);
            }
            catch (RpcException refusal)
            {
                Assert.DoesNotContain(codes[^1], refusal.Everything(), StringComparison.Ordinal);
            }
        }

        Stub.Mood = Mood.Well;
        await BindAsync(_server, "wang", Phone);
        var token = Stub.WeChat.Tokens.Single();

        Assert.Contains(_server.Log.Lines, line => line.StartsWith("Trace", StringComparison.Ordinal)
            || line.StartsWith("Debug", StringComparison.Ordinal));
        Assert.Contains(_server.Log.Lines, line => line.Contains("WeChat did not answer", StringComparison.Ordinal));
        string[] secrets =
        [
            .. codes, .. WeChat.Apps.Select(a => a.Secret), token, Phone, StubWeChat.OpenId(WeChat.Mini, "wang"),
            StubWeChat.UnionId("wang"), .. Stub.WeChat.SessionKeys,
        ];
        Assert.DoesNotContain(
            _server.Log.Lines, line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("WeChat:BaseAddress=http://api.weixin.qq.com")]
    [InlineData("WeChat:Apps:0:Secret=")]
    [InlineData("WeChat:Apps:0:Kind=0")]
    [InlineData("WeChat:Apps:0:Id=wx one")]
    public async Task With_wrong_settings_the_server_does_not_start(string setting) =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(_server.Database, settings: setting));

    private Task<TestServer> CopyAsync(params string[] settings) =>
        TestServer.StartAsync(_server.Database, _server.Clock, settings: [.. WeChat.Settings, .. settings]);

    private WeChatApp App() => _server.Services.GetRequiredService<WeChatOptions>().Get(WeChat.Mini);

    private static AccessTokens Tokens(TestServer server) => server.Services.GetRequiredService<AccessTokens>();

    private static Wire.WeChatService.WeChatServiceClient Client(TestServer server) => new(server.Channel);

    private async Task<Wire.SignInWeChatResponse> SignInAsync(TestServer server, string code) =>
        await Client(server).SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = code });

    private Task<string> ReasonAsync(string code) => Refusals.ReasonAsync(
        Client(_server).SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = code }));

    private async Task BindAsync(TestServer server, string user, string phone) => await Client(server)
        .SignInWeChatPhoneAsync(new()
        {
            Ticket = (await SignInAsync(server, WeChat.Code(user))).PhoneNeeded.Ticket,
            PhoneCode = Stub.WeChat.NewPhoneCode(WeChat.Mini, user, phone),
        });
}
