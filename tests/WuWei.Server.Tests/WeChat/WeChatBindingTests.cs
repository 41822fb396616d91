using WuWei.Tests.Harness;
using WuWei.WeChatStub;

namespace WuWei.Tests.WeChat;

public sealed class WeChatBindingTests : IAsyncLifetime
{
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
    public async Task A_bound_account_signs_in_until_it_is_unbound()
    {
        var resident = await _world.ResidentAsync();
        var bound = await BindAsync(resident, "wang");

        Assert.Equal((WeChat.Mini, _server.Clock.Now), (bound.Binding.AppId, bound.Binding.BoundAt.ToDateTime()));
        Assert.Equal([bound.Binding], (await resident.WeChat.ListMyWeChatAsync(new())).Bindings);
        Assert.Equal($"{resident.PersonId}", (await SignInAsync("wang")).Session.Me.PersonId);

        await resident.WeChat.UnbindWeChatAsync(new() { AppId = WeChat.Mini });

        Assert.Empty((await resident.WeChat.ListMyWeChatAsync(new())).Bindings);
        Assert.NotNull((await SignInAsync("wang")).PhoneNeeded);
        Assert.Equal(0, await CountAsync("wechat_union"));
        Assert.Equal("WECHAT_NOT_BOUND", await Refusals.ReasonAsync(
            resident.WeChat.UnbindWeChatAsync(new() { AppId = WeChat.Mini })));
    }

    [Fact]
    public async Task Unbound_in_one_app_the_account_is_still_known_from_another()
    {
        var resident = await _world.ResidentAsync();
        await BindAsync(resident, "wang");
        await resident.WeChat.BindWeChatAsync(new() { AppId = WeChat.Site, Code = WeChat.SiteCode("wang") });
        await resident.WeChat.UnbindWeChatAsync(new() { AppId = WeChat.Mini });

        Assert.Equal($"{resident.PersonId}", (await SignInAsync("wang")).Session.Me.PersonId);
    }

    [Fact]
    public async Task An_account_has_one_owner_and_a_person_one_account_per_app()
    {
        var (first, second) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        await BindAsync(first, "wang");

        Assert.Equal("WECHAT_BOUND", await ReasonAsync(second, "wang"));
        Assert.Equal("WECHAT_BOUND", await ReasonAsync(first, "li"));
        // The same account in another app: its owner is known.
        Assert.Equal("WECHAT_BOUND", await Refusals.ReasonAsync(second.WeChat.BindWeChatAsync(
            new() { AppId = WeChat.Site, Code = WeChat.SiteCode("wang") })));
        await BindAsync(first, "wang");
        Assert.Equal(1, await CountAsync("wechat_binding"));
    }

    [Fact]
    public async Task Whose_person_has_another_account_for_the_app_is_not_bound_by_phone()
    {
        var resident = await _world.ResidentAsync();
        await BindAsync(resident, "wang");
        var ticket = (await SignInAsync("li")).PhoneNeeded.Ticket;
        var request = new Wire.SignInWeChatPhoneRequest
        {
            Ticket = ticket,
            PhoneCode = WeChat.Stub.WeChat.NewPhoneCode(WeChat.Mini, "li", resident.Phone),
        };

        Assert.Equal("WECHAT_BOUND", await Refusals.ReasonAsync(_world.Nobody.WeChat.SignInWeChatPhoneAsync(request)));

        await resident.WeChat.UnbindWeChatAsync(new() { AppId = WeChat.Mini });
        request.PhoneCode = WeChat.Stub.WeChat.NewPhoneCode(WeChat.Mini, "li", resident.Phone);
        await _world.Nobody.WeChat.SignInWeChatPhoneAsync(request);
    }

    [Fact]
    public async Task A_wrong_code_binds_nothing_and_ends_no_session()
    {
        var resident = await _world.ResidentAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await resident.WeChat.BindWeChatAsync(new() { AppId = WeChat.Mini, Code = "wrong" }));

        Assert.Equal((StatusCode.InvalidArgument, "WECHAT_CODE_WRONG"), (refusal.StatusCode, refusal.Reason()));
        Assert.Equal(0, await CountAsync("wechat_binding"));
    }

    [Fact]
    public async Task Sent_again_with_its_key_a_binding_answers_what_it_answered()
    {
        var resident = (await _world.ResidentAsync()).WithKey($"{Guid.NewGuid()}");
        var request = new Wire.BindWeChatRequest { AppId = WeChat.Mini, Code = WeChat.Code("wang") };

        var first = await resident.WeChat.BindWeChatAsync(request);
        _server.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(first, await resident.WeChat.BindWeChatAsync(request));
    }

    [Theory]
    [InlineData("wang")]
    [InlineData($"wang{StubWeChat.Alone}")]
    public async Task Of_many_who_bind_one_account_at_once_exactly_one_gets_it(string user)
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _world.ResidentAsync()));

        var bound = await Task.WhenAll(people.Select((person, i) => DoneAsync(person.WeChat.BindWeChatAsync(
            i % 2 == 0 || user.EndsWith(StubWeChat.Alone, StringComparison.Ordinal)
                ? new() { AppId = WeChat.Mini, Code = WeChat.Code(user) }
                : new() { AppId = WeChat.Site, Code = WeChat.SiteCode(user) }))));

        Assert.Equal(1, bound.Count(done => done));
        Assert.Equal(1, await CountAsync("wechat_binding"));
    }

    [Fact]
    public async Task Who_binds_many_accounts_at_once_gets_one()
    {
        var person = await _world.ResidentAsync();

        var bound = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => DoneAsync(person.WeChat.BindWeChatAsync(
            new() { AppId = WeChat.Mini, Code = WeChat.Code($"wang{i}") }))));

        Assert.Equal(1, bound.Count(done => done));
        Assert.Equal((1, 1), (await CountAsync("wechat_binding"), await CountAsync("wechat_union")));
    }

    [Fact]
    public async Task What_is_known_of_accounts_is_sealed_and_no_session_key_is_kept()
    {
        var resident = await _world.ResidentAsync();
        await BindAsync(resident, "wang");
        await SignInAsync("li");

        Assert.Empty(await _server.FindAnywhereAsync(
        [
            StubWeChat.OpenId(WeChat.Mini, "wang"), StubWeChat.UnionId("wang"), StubWeChat.OpenId(WeChat.Mini, "li"),
            StubWeChat.UnionId("li"), .. WeChat.Stub.WeChat.SessionKeys,
        ]));
        Assert.Equal(2, WeChat.Stub.WeChat.SessionKeys.Count);
    }

    private async Task<Wire.BindWeChatResponse> BindAsync(Actor actor, string user) =>
        await actor.WeChat.BindWeChatAsync(new() { AppId = WeChat.Mini, Code = WeChat.Code(user) });

    private Task<string> ReasonAsync(Actor actor, string user) => Refusals.ReasonAsync(
        actor.WeChat.BindWeChatAsync(new() { AppId = WeChat.Mini, Code = WeChat.Code(user) }));

    private async Task<Wire.SignInWeChatResponse> SignInAsync(string user) =>
        await _world.Nobody.WeChat.SignInWeChatAsync(new() { AppId = WeChat.Mini, Code = WeChat.Code(user) });

    private static async Task<bool> DoneAsync(AsyncUnaryCall<Wire.BindWeChatResponse> call)
    {
        try
        {
            await call;
            return true;
        }
        catch (RpcException refusal)
        {
            Assert.Equal("WECHAT_BOUND", refusal.Reason());
            return false;
        }
    }

    private Task<int> CountAsync(string table) => _server.Database.ScalarAsync<int>($"SELECT COUNT(*) FROM {table}");
}
