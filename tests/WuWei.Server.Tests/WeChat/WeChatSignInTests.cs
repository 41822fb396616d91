using WuWei.Tests.Harness;
using WuWei.WeChatStub;

namespace WuWei.Tests.WeChat;

public sealed class WeChatSignInTests : IAsyncLifetime
{
    private const string Phone = "13800000001";
    private TestServer _server = null!;
    private World _world = null!;

    private TestWeChat WeChat => _server.WeChat;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_first_sign_in_asks_for_a_phone_and_the_second_does_not()
    {
        var ticket = await TicketAsync("wang");
        Assert.Equal(_server.Clock.Now.AddMinutes(10), ticket.ExpiresAt.ToDateTime());
        var first = await ByButtonAsync(ticket.Ticket, "wang");
        var second = await SignInAsync("wang");

        Assert.Equal("138****0001", first.Me.MaskedPhone);
        Assert.Equal(_server.Clock.Now.AddDays(30), first.ExpiresAt.ToDateTime());
        Assert.Equal(first.Me.PersonId, second.Session.Me.PersonId);
        Assert.NotEqual(first.Token, second.Session.Token);
        await _server.Channel.Send("wuwei.v1.IdentityService/GetMe", [], second.Session.Token);
        Assert.Equal(
            ["PERSON_REGISTERED", "SIGNED_IN", "SIGNED_IN", "WECHAT_BOUND"], await KindsAsync(first.Me.PersonId));
    }

    [Fact]
    public async Task The_same_account_is_the_same_person_in_another_app()
    {
        var mini = await ByButtonAsync((await TicketAsync("wang")).Ticket, "wang");
        var site = await Nobody.SignInWeChatAsync(new() { AppId = WeChat.Site, Code = WeChat.SiteCode("wang") });

        Assert.Equal(mini.Me.PersonId, site.Session.Me.PersonId);
        Assert.Equal(2, await CountAsync("wechat_binding"));
        Assert.Equal(1, await CountAsync("person"));
    }

    [Fact]
    public async Task Without_a_union_another_app_asks_for_the_phone_and_finds_the_person()
    {
        var user = $"wang{StubWeChat.Alone}";
        var mini = await ByButtonAsync((await TicketAsync(user)).Ticket, user);
        var site = await Nobody.SignInWeChatAsync(new() { AppId = WeChat.Site, Code = WeChat.SiteCode(user) });

        var found = await BySmsAsync(site.PhoneNeeded.Ticket, Phone);

        Assert.Equal(mini.Me.PersonId, found.Me.PersonId);
    }

    [Fact]
    public async Task A_phone_may_be_proven_by_sms_and_finds_its_resident()
    {
        var resident = await _world.ResidentAsync();

        var session = await BySmsAsync((await TicketAsync("wang")).Ticket, resident.Phone);

        Assert.Equal($"{resident.PersonId}", session.Me.PersonId);
        Assert.Equal(resident.Name, session.Me.Name);
        Assert.Equal(session.Me.PersonId, (await SignInAsync("wang")).Session.Me.PersonId);
    }

    [Fact]
    public async Task A_code_is_good_once_even_if_weChat_lets_it_pass()
    {
        var code = WeChat.Code("wang");
        await Nobody.SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = code });
        var asked = WeChat.Stub.CallsOf("/sns/jscode2session");

        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, code));
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock, settings: WeChat.Settings);
        Assert.Equal("WECHAT_CODE_WRONG", await Refusals.ReasonAsync(
            _world.Nobody.At(copy).WeChat.SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = code })));
        Assert.Equal(asked, WeChat.Stub.CallsOf("/sns/jscode2session"));
    }

    [Fact]
    public async Task A_code_that_is_shown_many_times_at_once_signs_in_once()
    {
        await ByButtonAsync((await TicketAsync("wang")).Ticket, "wang");
        var before = await CountAsync("session");
        var code = WeChat.Code("wang");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OutcomeAsync(
            Nobody.SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = code }))));

        Assert.Equal(["", .. Enumerable.Repeat("WECHAT_CODE_WRONG", 7)], outcomes.Order());
        Assert.Equal(before + 1, await CountAsync("session"));
    }

    [Fact]
    public async Task A_code_is_good_for_five_minutes_and_for_its_app()
    {
        var old = WeChat.Code("wang");
        _server.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, old));
        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, WeChat.SiteCode("wang")));
        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Site, WeChat.Code("wang")));
        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, ""));
        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, "a code\n"));
        Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, new string('x', 513)));
        Assert.Equal(6, await _server.Database.ScalarAsync<int>(
            "SELECT SUM(times) FROM security_event WHERE kind = 'SIGN_IN_REFUSED'"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("wx0000000000000000")]
    [InlineData("金丝雀")]
    public async Task An_app_that_is_not_ours_is_unknown(string appId) =>
        Assert.Equal("WECHAT_APP_UNKNOWN", await ReasonAsync(appId, WeChat.Code("wang")));

    [Fact]
    public async Task Where_no_app_is_configured_everything_else_works()
    {
        await using var without = await TestServer.StartAsync(
            _server.Database, _server.Clock, settings: TestWeChat.NoApps);

        Assert.Equal("WECHAT_APP_UNKNOWN", await Refusals.ReasonAsync(_world.Nobody.At(without).WeChat
            .SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = WeChat.Code("wang") })));
        await _world.Nobody.At(without).Access.SignInAsync(await _world.CodeSignInAsync(Phone));
    }

    [Fact]
    public async Task A_ticket_is_good_once_and_for_ten_minutes()
    {
        var used = (await TicketAsync("wang")).Ticket;
        await ByButtonAsync(used, "wang");
        var old = (await TicketAsync("li")).Ticket;
        _server.Clock.Advance(TimeSpan.FromMinutes(10));

        foreach (var ticket in new[] { used, old, "", "x", new string('A', 43) })
        {
            Assert.Equal("WECHAT_TICKET_WRONG", await Refusals.ReasonAsync(Nobody.SignInWeChatPhoneAsync(
                new() { Ticket = ticket, PhoneCode = WeChat.Stub.WeChat.NewPhoneCode(WeChat.Mini, "li", Phone) })));
        }
    }

    [Fact]
    public async Task A_ticket_that_is_shown_many_times_at_once_signs_in_once()
    {
        var ticket = (await TicketAsync("wang")).Ticket;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => OutcomeAsync(
            Nobody.SignInWeChatPhoneAsync(new()
            {
                Ticket = ticket,
                PhoneCode = WeChat.Stub.WeChat.NewPhoneCode(WeChat.Mini, "wang", $"1380000010{i}"),
            }))));

        Assert.Equal(["", .. Enumerable.Repeat("WECHAT_TICKET_WRONG", 5)], outcomes.Order());
        Assert.Equal((1, 1), (await CountAsync("session"), await CountAsync("wechat_binding")));
        Assert.Equal(1, await CountAsync("person"));
    }

    [Fact]
    public async Task A_stolen_ticket_is_worth_nothing_on_another_device()
    {
        var mine = new Metadata { { "x-wuwei-device", "device-of-wang" } };
        var theirs = new Metadata { { "x-wuwei-device", "device-of-thief" } };
        var shown = await Client.SignInWeChatAsync(
            new() { AppId = WeChat.Mini, Code = WeChat.Code("wang") }, mine);
        var ticket = shown.PhoneNeeded.Ticket;
        var code = WeChat.Stub.WeChat.NewPhoneCode(WeChat.Mini, "wang", Phone);
        var thief = await _world.CodeSignInAsync("13800000009");
        var stolen = new Wire.SignInWeChatPhoneRequest
        {
            Ticket = ticket,
            Sms = new() { ChallengeId = thief.ChallengeId, Code = thief.Code },
        };

        Assert.Equal("WECHAT_TICKET_WRONG", await Refusals.ReasonAsync(Client.SignInWeChatPhoneAsync(stolen, theirs)));
        Assert.Equal("WECHAT_TICKET_WRONG", await Refusals.ReasonAsync(Client.SignInWeChatPhoneAsync(stolen)));

        await Client.SignInWeChatPhoneAsync(new() { Ticket = ticket, PhoneCode = code }, mine);
    }

    [Fact]
    public async Task The_phone_must_be_of_the_account_of_the_ticket()
    {
        var ticket = (await TicketAsync("wang")).Ticket;
        var stub = WeChat.Stub.WeChat;
        foreach (var code in new[]
        {
            stub.NewPhoneCode(WeChat.Mini, "li", Phone), stub.NewPhoneCode(WeChat.Site, "wang", Phone),
            WeChat.Code("wang"), "no-code", "",
        })
        {
            Assert.Equal("WECHAT_CODE_WRONG", await Refusals.ReasonAsync(
                Nobody.SignInWeChatPhoneAsync(new() { Ticket = ticket, PhoneCode = code })));
        }

        Assert.Equal("PHONE_FORMAT", await Refusals.ReasonAsync(Nobody.SignInWeChatPhoneAsync(
            new() { Ticket = ticket, PhoneCode = stub.NewPhoneCode(WeChat.Mini, "wang", "91234567", "852") })));
        Assert.Equal("PHONE_PROOF_REQUIRED", await Refusals.ReasonAsync(
            Nobody.SignInWeChatPhoneAsync(new() { Ticket = ticket })));
        Assert.Equal("CODE_WRONG", await Refusals.ReasonAsync(Nobody.SignInWeChatPhoneAsync(
            new() { Ticket = ticket, Sms = new() { ChallengeId = "x", Code = "000000" } })));
        // None of these spent the ticket.
        await ByButtonAsync(ticket, "wang");
    }

    [Fact]
    public async Task Who_brings_a_hundred_wrong_codes_waits_a_quarter_of_an_hour()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("WECHAT_CODE_WRONG", await ReasonAsync(WeChat.Mini, $"wrong-{i}"));
        }

        Assert.Equal("WECHAT_TOO_OFTEN", await ReasonAsync(WeChat.Mini, WeChat.Code("wang")));
        Assert.Equal("WECHAT_TOO_OFTEN", await Refusals.ReasonAsync(
            Nobody.SignInWeChatPhoneAsync(new() { Ticket = "x", PhoneCode = "x" })));

        _server.Clock.Advance(TimeSpan.FromMinutes(15));
        await SignInAsync("wang");
    }

    [Fact]
    public async Task What_has_served_its_time_is_forgotten()
    {
        await TicketAsync("wang");
        _server.Clock.Advance(TimeSpan.FromMinutes(11));
        await _server.RunJobsAsync();

        Assert.Equal((0, 0), (await CountAsync("wechat_ticket"), await CountAsync("wechat_code")));
    }

    private Wire.WeChatService.WeChatServiceClient Nobody => _world.Nobody.WeChat;

    /// <summary>For calls with metadata of their own.</summary>
    private Wire.WeChatService.WeChatServiceClient Client => new(_server.Channel);

    private async Task<Wire.SignInWeChatResponse> SignInAsync(string user) =>
        await Nobody.SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = WeChat.Code(user) });

    private async Task<Wire.PhoneNeeded> TicketAsync(string user) => (await SignInAsync(user)).PhoneNeeded;

    private async Task<Wire.Session> ByButtonAsync(string ticket, string user) => (await Nobody.SignInWeChatPhoneAsync(
        new() { Ticket = ticket, PhoneCode = WeChat.Stub.WeChat.NewPhoneCode(WeChat.Mini, user, Phone) })).Session;

    private async Task<Wire.Session> BySmsAsync(string ticket, string phone)
    {
        var sms = await _world.CodeSignInAsync(phone);
        return (await Nobody.SignInWeChatPhoneAsync(
            new() { Ticket = ticket, Sms = new() { ChallengeId = sms.ChallengeId, Code = sms.Code } })).Session;
    }

    private Task<string> ReasonAsync(string appId, string code) =>
        Refusals.ReasonAsync(Nobody.SignInWeChatAsync(new() { AppId = appId, Code = code }));

    /// <summary>The reason of a refusal; empty for a success.</summary>
    private static async Task<string> OutcomeAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return "";
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }

    private async Task<string[]> KindsAsync(string personId) => (await _server.Database.ScalarAsync<string>(
        "SELECT GROUP_CONCAT(kind ORDER BY kind) FROM journal_entry WHERE subject_id = @id",
        ("id", Guid.Parse(personId))))!.Split(',');

    private Task<int> CountAsync(string table) => _server.Database.ScalarAsync<int>($"SELECT COUNT(*) FROM {table}");
}
