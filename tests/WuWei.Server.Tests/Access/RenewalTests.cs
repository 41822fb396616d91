using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

/// <summary>A session gets one token after another; an old one that turns up later ends it.</summary>
public sealed class RenewalTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_new_token_is_the_same_session_and_the_old_one_is_good_for_a_minute()
    {
        var first = await _world.ResidentAsync();
        var second = await RenewAsync(first);

        Assert.NotEqual(first.Token, second.Token);
        Assert.Equal($"{first.PersonId}", await WhoAsync(second));
        _server.Clock.Advance(Grace - TimeSpan.FromSeconds(1));
        Assert.Equal($"{first.PersonId}", await WhoAsync(first));
        Assert.Equal(1, (await second.Access.EndMySessionsAsync(new())).Ended);
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(second));
    }

    [Fact]
    public async Task An_old_token_that_is_shown_later_ends_the_session_and_leaves_an_event()
    {
        var first = await _world.ResidentAsync();
        var other = await _world.ResidentAsync();
        var second = await RenewAsync(first);
        _server.Clock.Advance(Grace);
        Assert.Equal($"{first.PersonId}", await WhoAsync(second));

        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(first));

        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(second));
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(first));
        Assert.Equal($"{other.PersonId}", await WhoAsync(other));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT SUM(times) FROM security_event WHERE kind = 'TOKEN_REUSED' AND person_id = @id", ("id", first.PersonId)));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'SESSION_ENDED' AND subject_id = @id", ("id", first.PersonId)));
        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM session_token"));
    }

    [Fact]
    public async Task After_a_lost_answer_the_old_token_renews_again_and_whichever_arrived_goes_on()
    {
        var first = await _world.ResidentAsync();
        var lost = await RenewAsync(first);
        var second = await RenewAsync(first);
        _server.Clock.Advance(Grace * 2);

        // Nobody knows which of the two was lost; neither is stolen.
        Assert.Equal($"{first.PersonId}", await WhoAsync(second));
        Assert.Equal($"{first.PersonId}", await WhoAsync(lost));

        // As soon as one goes on, the other is old.
        var third = await RenewAsync(second);
        _server.Clock.Advance(Grace);
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(lost));
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(third));
    }

    [Fact]
    public async Task Renewed_many_times_at_once_every_answer_is_good()
    {
        var first = await _world.ResidentAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RenewAsync(first)));

        _server.Clock.Advance(Grace * 2);
        foreach (var one in all)
        {
            Assert.Equal($"{first.PersonId}", await WhoAsync(one));
        }
    }

    [Fact]
    public async Task Staff_stay_staff()
    {
        var staff = await RenewAsync(await RenewAsync(await _world.StaffAsync(_world.District)));

        await staff.Access.ListRolesAsync(new() { UnitId = $"{_world.Community}" });
    }

    [Fact]
    public async Task Signing_out_with_the_newest_token_ends_the_older_ones()
    {
        var first = await _world.ResidentAsync();
        var second = await RenewAsync(first);
        Assert.Equal($"{first.PersonId}", await WhoAsync(first));

        await second.Access.SignOutAsync(new());

        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(first));
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(second));
    }

    [Fact]
    public async Task A_renewed_session_lasts_thirty_days_more()
    {
        var first = await _world.ResidentAsync();
        _server.Clock.Advance(TimeSpan.FromDays(20));
        var second = await RenewAsync(first);
        _server.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal($"{first.PersonId}", await WhoAsync(second));
        _server.Clock.Advance(TimeSpan.FromDays(30));

        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(second));
    }

    [Fact]
    public async Task A_session_is_renewed_thirty_times_a_day()
    {
        var actor = await _world.ResidentAsync();
        for (var i = 0; i < 30; i++)
        {
            actor = await RenewAsync(actor);
        }

        Assert.Equal("RENEWED_TOO_OFTEN", await Refusals.ReasonAsync(actor.Access.RenewSessionAsync(new())));
        Assert.Equal($"{actor.PersonId}", await WhoAsync(actor));
    }

    [Fact]
    public async Task The_first_token_stays_old_as_long_as_its_session_lasts()
    {
        var first = await _world.ResidentAsync();
        var second = await RenewAsync(first);
        for (var days = 0; days < 60; days += 20)
        {
            _server.Clock.Advance(TimeSpan.FromDays(20));
            second = await RenewAsync(second);
        }

        await _server.RunJobsAsync();

        // Older than a month: those between are forgotten, the first is not.
        Assert.Equal(4, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM session_token"));
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(first));
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(second));
    }

    [Fact]
    public async Task Through_another_copy_an_old_token_is_old_as_well()
    {
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        var first = await _world.ResidentAsync();
        var second = await RenewAsync(first);
        _server.Clock.Advance(Grace);

        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(first.At(copy)));
        Assert.Equal("SIGN_IN_REQUIRED", await RefusedAsync(second.At(copy)));
    }

    private async Task<Actor> RenewAsync(Actor actor) => new(
        _server.Channel, actor.PersonId, actor.Name, actor.Phone,
        (await actor.Access.RenewSessionAsync(new())).Token);

    private static async Task<string> WhoAsync(Actor actor) =>
        (await actor.Identity.GetMeAsync(new())).Me.PersonId;

    private static Task<string> RefusedAsync(Actor actor) => Refusals.ReasonAsync(actor.Identity.GetMeAsync(new()));
}
