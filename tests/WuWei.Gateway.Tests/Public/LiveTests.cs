using System.Net;
using System.Text.Json.Nodes;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Gateway.Tests.Public;

/// <summary>What a screen sees, as it sees it: lines over HTTP.</summary>
public sealed class LiveTests : IAsyncLifetime
{
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
    public async Task A_screen_sees_what_happens_in_its_unit_and_nobody_in_it()
    {
        var (token, far) = (await TokenAsync(_world.Community), await TokenAsync(_world.FarCommunity));
        var kept = await _cast.WishAsync(WishStatus.Kept);
        await _server.RunJobsAsync();

        await using var screen = await Listener.OpenAsync(_server, "/live/events", token);
        await using var other = await Listener.OpenAsync(_server, "/live/events", far);
        var seen = await screen.TakeAsync("happened", 3);

        // All at one moment of the test's clock, so in no order.
        Assert.Equal(
            ["LIVE_EVENT_KIND_WISH_CLAIMED", "LIVE_EVENT_KIND_WISH_KEPT", "LIVE_EVENT_KIND_WISH_OPENED"],
            seen.Select(e => (string?)e.Data["kind"]).Order());
        Assert.All(seen, e => Assert.Equal(
            ["about", "at", "kind", "unitId", "unitName"], e.Data.AsObject().Select(f => f.Key).Order()));
        Assert.All(seen, e => Assert.DoesNotContain(kept, e.Data.ToJsonString()));
        Assert.Equal(_world.Category("misc").Name, (string?)seen[0].Data["about"]);
        Assert.Equal("1", (string?)(await screen.TakeAsync("totals", 1)).Single().Data["wishesKept"]);
        Assert.Equal("0", (string?)(await other.TakeAsync("totals", 1)).Single().Data["wishesKept"]);
        Assert.Empty(other.Seen("happened"));
    }

    [Fact]
    public async Task Of_private_and_sensitive_wishes_it_sees_that_they_are_and_no_more()
    {
        var token = await TokenAsync(_world.Community);
        await (_cast with { Visibility = Wire.WishVisibility.Private }).WishAsync(WishStatus.Open);
        await (_cast with { Category = "rights" }).WishAsync(WishStatus.Open);
        await _server.RunJobsAsync();

        await using var screen = await Listener.OpenAsync(_server, "/live/events", token);

        Assert.All(await screen.TakeAsync("happened", 2), e => Assert.Equal("", (string?)e.Data["about"]));
    }

    [Fact]
    public async Task Whoever_comes_back_misses_nothing_and_sees_nothing_twice()
    {
        var token = await TokenAsync(_world.Community);
        await _cast.WishAsync(WishStatus.Open);
        await _server.RunJobsAsync();
        string last;
        await using (var first = await Listener.OpenAsync(_server, "/live/events", token))
        {
            last = (await first.TakeAsync("happened", 1)).Single().Id;
        }

        await _cast.WishAsync(WishStatus.Claimed);
        await _server.RunJobsAsync();
        // Another copy of the server, which has kept nothing: as after a restart.
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock, TestKeys.Path);
        await using var again = await Listener.OpenAsync(copy, "/live/events", token, last);
        var missed = await again.TakeAsync("happened", 2);
        await _cast.WishAsync(WishStatus.Open);
        await _server.RunJobsAsync();
        var next = (await again.TakeAsync("happened", 3)).Skip(2);

        Assert.Equal(
            ["LIVE_EVENT_KIND_WISH_CLAIMED", "LIVE_EVENT_KIND_WISH_OPENED", "LIVE_EVENT_KIND_WISH_OPENED"],
            missed.Concat(next).Select(e => (string?)e.Data["kind"]).Order());
        var numbers = missed.Concat(next).Select(e => long.Parse(e.Id)).ToList();
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.All(numbers, number => Assert.True(number > long.Parse(last)));
    }

    [Fact]
    public async Task A_board_comes_at_once_and_again_when_it_changed()
    {
        var token = await TokenAsync(_world.Street);
        var path = $"/live/boards?subject=BOARD_SUBJECT_PERSON&period=BOARD_PERIOD_ALL_TIME&unitId={_world.Community}";
        await using var screen = await Listener.OpenAsync(_server, path, token);
        Assert.Empty((await screen.TakeAsync("board", 1)).Single().Data["board"]!["places"]!.AsArray());

        await _server.GiveAsync(_cast.Claimer, _world.Community, 5);
        await _server.RunJobsAsync();
        var changed = (await screen.TakeAsync("board", 2))[1];
        await using var again = await Listener.OpenAsync(_server, path, token, changed.Id);
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);

        Assert.Single(changed.Data["board"]!["places"]!.AsArray());
        Assert.Equal(changed.Id, (string?)changed.Data["resumeToken"]);
        Assert.Empty(again.Seen("board"));
    }

    [Fact]
    public async Task An_ended_screen_sees_nothing_more_and_cannot_come_back()
    {
        var added = await _cast.Staff.AddScreenAsync(_world.Community);
        await using var screen = await Listener.OpenAsync(_server, "/live/events", added.Token);
        await screen.TakeAsync("totals", 1);

        await _cast.Staff.Screens.EndScreenAsync(new() { ScreenId = added.Screen.Id });

        await screen.EndedAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, "SCREEN_UNKNOWN"), await RefusedAsync("/live/events", added.Token));
        var twice = _cast.Staff.Screens.EndScreenAsync(new() { ScreenId = added.Screen.Id });
        Assert.Equal("SCREEN_ENDED", await Refusals.ReasonAsync(twice));
    }

    [Fact]
    public async Task A_unit_that_went_elsewhere_is_no_longer_the_screens_to_follow()
    {
        var token = await TokenAsync(_world.Street);
        var path = $"/live/events?unitId={_world.Community}";
        await using var screen = await Listener.OpenAsync(_server, path, token);
        await screen.TakeAsync("totals", 1);
        // What is merged was there yesterday.
        _server.Clock.Advance(TimeSpan.FromDays(1));

        await _world.MergeAsync(_world.FarCommunity, _server.Clock.Day(), _world.Community);

        await screen.EndedAsync();
        Assert.Equal((HttpStatusCode.NotFound, "UNIT_UNKNOWN"), await RefusedAsync(path, token));
    }

    [Fact]
    public async Task A_screen_whose_unit_was_merged_comes_back_to_what_it_was_merged_into()
    {
        var token = await TokenAsync(_world.Community);
        await _cast.WishAsync(WishStatus.Kept);
        await _server.RunJobsAsync();
        await using var screen = await Listener.OpenAsync(_server, "/live/events", token);
        await screen.TakeAsync("totals", 1);
        // What is merged was there yesterday.
        _server.Clock.Advance(TimeSpan.FromDays(1));

        await _world.MergeAsync(_world.FarCommunity, _server.Clock.Day(), _world.Community);

        await screen.EndedAsync();
        Assert.Equal((HttpStatusCode.OK, ""), await RefusedAsync("/live/events", token));
    }

    [Fact]
    public async Task What_is_no_stream_is_refused()
    {
        var token = await TokenAsync(_world.Community);
        var board = "/live/boards?subject=BOARD_SUBJECT_PERSON&period=BOARD_PERIOD_WEEK";

        Assert.Equal((HttpStatusCode.Unauthorized, "SCREEN_UNKNOWN"), await RefusedAsync("/live/events", ""));
        Assert.Equal((HttpStatusCode.Unauthorized, "SCREEN_UNKNOWN"), await RefusedAsync("/live/events", _cast.Staff.Token));
        Assert.Equal((HttpStatusCode.BadRequest, "PAGE_TOKEN"), await RefusedAsync("/live/events", token, "-1"));
        Assert.Equal((HttpStatusCode.BadRequest, "BOARD_CHOICE"), await RefusedAsync("/live/boards?subject=X", token));
        Assert.Equal((HttpStatusCode.BadRequest, "BOARD_CHOICE"), await RefusedAsync($"{board}&top=1e9", token));
        Assert.Equal((HttpStatusCode.BadRequest, "ID_FORMAT"), await RefusedAsync($"{board}&unitId=x", token));
        Assert.Equal(
            (HttpStatusCode.NotFound, "UNIT_UNKNOWN"), await RefusedAsync($"{board}&unitId={_world.FarCommunity}", token));
    }

    [Fact]
    public async Task One_screen_has_no_more_streams_than_it_needs()
    {
        var token = await TokenAsync(_world.Community);
        var open = new List<Listener>();
        for (var i = 0; i < 20; i++)
        {
            open.Add(await Listener.OpenAsync(_server, $"/live/events?token={token}", null));
        }

        Assert.Equal((HttpStatusCode.TooManyRequests, "STREAMS_TOO_MANY"), await RefusedAsync("/live/events", token));
        foreach (var listener in open)
        {
            await listener.DisposeAsync();
        }

        // The server learns in its own time that they are gone.
        for (var i = 0; i < 50 && (await RefusedAsync("/live/events", token)).Status != HttpStatusCode.OK; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal(HttpStatusCode.OK, (await RefusedAsync("/live/events", token)).Status);
    }

    [Fact]
    public async Task A_unit_has_no_more_screens_than_it_may()
    {
        for (var i = 0; i < 50; i++)
        {
            await TokenAsync(_world.Community);
        }

        var more = _cast.Staff.Screens.AddScreenAsync(new() { UnitId = $"{_world.Community}", Name = "大厅" });
        Assert.Equal("SCREENS_TOO_MANY", await Refusals.ReasonAsync(more));
        var noName = _cast.Staff.Screens.AddScreenAsync(new() { UnitId = $"{_world.Community}", Name = "厅" });
        Assert.Equal("SCREEN_NAME", await Refusals.ReasonAsync(noName));

        var listed = new List<Wire.Screen>();
        for (var token = ""; listed.Count == 0 || token.Length > 0;)
        {
            var page = await _cast.Staff.Screens.ListScreensAsync(
                new() { UnitId = $"{_world.Community}", PageSize = 20, PageToken = token });
            listed.AddRange(page.Screens);
            token = page.NextPageToken;
        }

        Assert.Equal(50, listed.DistinctBy(s => s.Id).Count());
    }

    private async Task<string> TokenAsync(Guid unitId) =>
        (await (await _world.StaffAsync(unitId)).AddScreenAsync(unitId)).Token;

    private async Task<(HttpStatusCode Status, string Reason)> RefusedAsync(string path, string token, string? last = null)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_server.PublicAddress) };
        using var request = Listener.Request(path, token, last);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.IsSuccessStatusCode
            ? (response.StatusCode, "")
            : (response.StatusCode,
                (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["reason"] ?? "");
    }
}
