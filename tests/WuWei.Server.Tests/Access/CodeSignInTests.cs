using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public sealed class CodeSignInTests : IAsyncLifetime
{
    private const string Phone = "13800000001";
    private TestServer _server = null!;

    private Wire.AccessService.AccessServiceClient Nobody => new(_server.Channel);

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_first_sign_in_makes_an_account_and_the_second_finds_it()
    {
        var first = await SignInAsync();
        var second = await SignInAsync();

        Assert.Equal(first.Me.PersonId, second.Me.PersonId);
        Assert.NotEqual(first.Token, second.Token);
        Assert.Equal("138****0001", first.Me.MaskedPhone);
        Assert.Equal("", first.Me.Name);
        Assert.Equal(_server.Clock.Now.AddDays(30), first.ExpiresAt.ToDateTime());
        Assert.Equal(1, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM person"));
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        var asked = await Nobody.AskCodeAsync(new() { Phone = Phone });
        var code = _server.Sms.Codes[Phone];
        await Nobody.SignInAsync(new() { ChallengeId = asked.ChallengeId, Code = code });

        Assert.Equal("CODE_WRONG", await ReasonAsync(asked.ChallengeId, code));
    }

    [Fact]
    public async Task A_code_is_good_for_five_minutes()
    {
        var asked = await Nobody.AskCodeAsync(new() { Phone = Phone });
        Assert.Equal(_server.Clock.Now.AddMinutes(5), asked.ExpiresAt.ToDateTime());

        _server.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("CODE_WRONG", await ReasonAsync(asked.ChallengeId, _server.Sms.Codes[Phone]));
    }

    [Fact]
    public async Task After_five_wrong_tries_the_right_code_is_wrong_too()
    {
        var asked = await Nobody.AskCodeAsync(new() { Phone = Phone });
        var right = _server.Sms.Codes[Phone];
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("CODE_WRONG", await ReasonAsync(asked.ChallengeId, Other(right)));
        }

        Assert.Equal("CODE_WRONG", await ReasonAsync(asked.ChallengeId, right));
        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM session"));
    }

    [Fact]
    public async Task A_right_code_still_works_after_four_wrong_tries()
    {
        var asked = await Nobody.AskCodeAsync(new() { Phone = Phone });
        var right = _server.Sms.Codes[Phone];
        for (var i = 0; i < 4; i++)
        {
            await ReasonAsync(asked.ChallengeId, Other(right));
        }

        Assert.NotEmpty((await Nobody.SignInAsync(new() { ChallengeId = asked.ChallengeId, Code = right })).Token);
    }

    [Fact]
    public async Task Many_tries_at_once_are_no_more_than_five()
    {
        var asked = await Nobody.AskCodeAsync(new() { Phone = Phone });
        var wrong = Other(_server.Sms.Codes[Phone]);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReasonAsync(asked.ChallengeId, wrong)));

        Assert.Equal(5, await _server.Database.ScalarAsync<int>("SELECT tries FROM sign_in_code"));
    }

    [Fact]
    public async Task A_code_belongs_to_the_challenge_it_was_asked_with()
    {
        var mine = await Nobody.AskCodeAsync(new() { Phone = Phone });
        await Nobody.AskCodeAsync(new() { Phone = "13800000002" });
        var theirs = _server.Sms.Codes["13800000002"];
        Assert.SkipWhen(theirs == _server.Sms.Codes[Phone], "Once in a million, two codes are the same.");

        Assert.Equal("CODE_WRONG", await ReasonAsync(mine.ChallengeId, theirs));
        Assert.Equal("CODE_WRONG", await ReasonAsync(Guid.NewGuid().ToString(), theirs));
        Assert.Equal("CODE_WRONG", await ReasonAsync("not an id", theirs));
        Assert.Equal("CODE_WRONG", await ReasonAsync("", ""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1380000000")]
    [InlineData("138000000011")]
    [InlineData("23800000001")]
    [InlineData("1380000000a")]
    [InlineData("１３８００００００１１")]
    [InlineData("+8613800000001")]
    [InlineData(" 13800000001")]
    public async Task A_code_goes_to_a_mobile_number_only(string phone)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await Nobody.AskCodeAsync(new() { Phone = phone }));

        Assert.Equal("PHONE_FORMAT", refusal.Reason());
        Assert.Equal(["phone"], refusal.Fields());
        Assert.Empty(_server.Sms.Codes);
    }

    [Fact]
    public async Task Asking_tells_nothing_about_whether_an_account_exists()
    {
        await SignInAsync();

        var known = await Nobody.AskCodeAsync(new() { Phone = Phone });
        var unknown = await Nobody.AskCodeAsync(new() { Phone = "13800000009" });

        Assert.Equal(known.ExpiresAt, unknown.ExpiresAt);
        Assert.Equal(known.CalculateSize(), unknown.CalculateSize());
        Assert.Contains("13800000009", _server.Sms.Codes.Keys);
    }

    [Fact]
    public async Task One_source_asks_five_codes_an_hour_for_a_phone_and_others_still_may()
    {
        for (var i = 0; i < 5; i++)
        {
            await Nobody.AskCodeAsync(new() { Phone = Phone });
        }

        Assert.Equal("CODE_TOO_OFTEN", await Refusals.ReasonAsync(Nobody.AskCodeAsync(new() { Phone = Phone })));

        await Nobody.AskCodeAsync(new() { Phone = "13800000002" });
        using var elsewhere = _server.From("127.0.0.2");
        var there = new Wire.AccessService.AccessServiceClient(elsewhere);
        var asked = await there.AskCodeAsync(new() { Phone = Phone });
        Assert.NotEmpty((await there.SignInAsync(
            new() { ChallengeId = asked.ChallengeId, Code = _server.Sms.Codes[Phone] })).Token);

        _server.Clock.Advance(TimeSpan.FromHours(1));
        await Nobody.AskCodeAsync(new() { Phone = Phone });
    }

    [Fact]
    public async Task One_source_asks_no_more_than_three_hundred_codes_an_hour()
    {
        for (var i = 0; i < 300; i++)
        {
            await Nobody.AskCodeAsync(new() { Phone = $"139{i:D8}" });
        }

        Assert.Equal("CODE_TOO_OFTEN", await Refusals.ReasonAsync(Nobody.AskCodeAsync(new() { Phone = Phone })));
        using var elsewhere = _server.From("127.0.0.3");
        await new Wire.AccessService.AccessServiceClient(elsewhere).AskCodeAsync(new() { Phone = Phone });
    }

    [Fact]
    public async Task Refused_sign_ins_are_security_events_and_no_journal_entries()
    {
        using var elsewhere = _server.From("127.0.0.4");
        await Refusals.ReasonAsync(new Wire.AccessService.AccessServiceClient(elsewhere).SignInAsync(
            new() { ChallengeId = Guid.NewGuid().ToString(), Code = "000000" }));

        Assert.Equal("127.0.0.4", await _server.Database.ScalarAsync<string>(
            "SELECT source FROM security_event WHERE kind = 'SIGN_IN_REFUSED'"));
        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM journal_entry"));
    }

    private async Task<Wire.SignInResponse> SignInAsync()
    {
        var asked = await Nobody.AskCodeAsync(new() { Phone = Phone });
        return await Nobody.SignInAsync(new() { ChallengeId = asked.ChallengeId, Code = _server.Sms.Codes[Phone] });
    }

    private Task<string> ReasonAsync(string challenge, string code) =>
        Refusals.ReasonAsync(Nobody.SignInAsync(new() { ChallengeId = challenge, Code = code }));

    private static string Other(string code) => code == "000000" ? "000001" : "000000";
}
