using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Campaigns;

/// <summary>The board of a festival, over the wire.</summary>
public sealed class CampaignTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Wire.Activity _festival = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        _festival = await _staff.EnrollingAsync(_world.Festival(_world.Now.AddHours(1), _world.Now.AddDays(5)));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertPointsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task People_are_ranked_by_what_was_confirmed_below_it_and_who_had_as_much_first_comes_first()
    {
        var (first, second, third, fourth) = (
            await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync(),
            await _world.ResidentAsync());
        await third.Identity.UpdateMeAsync(new() { NameOnBoards = Wire.NameChoice.Full });
        await fourth.Identity.UpdateMeAsync(new() { NameOnBoards = Wire.NameChoice.Hidden });

        await ServeAsync(60, [second], below: true);
        await ServeAsync(90, [first], below: true);
        await ServeAsync(60, [third], below: true);
        await ServeAsync(60, [second, first], below: false);
        await ServeAsync(30, [first, fourth], below: true);
        var open = await AttendedAsync(120, [second], below: true);

        Assert.Equal(
            [(1, Masked(first), 120), (2, Masked(second), 60), (3, third.Name, 60), (4, "匿名", 30)], await BoardAsync());
        await ConfirmAsync(open);
        Assert.Equal((1, Masked(second), 180), (await BoardAsync())[0]);
        Assert.Equal(
            [(2, Masked(first), 120)], (await BoardAsync(top: 2)).Skip(1));

        var around = (await third.Campaigns.ListAroundMeInCampaignAsync(
            new() { ActivityId = _festival.Id, EachSide = 1 })).Board;
        Assert.Equal([(2, false), (3, true), (4, false)], around.Places.Select(p => (p.Rank, p.Me)));
        Assert.Empty((await _staff.Campaigns.ListAroundMeInCampaignAsync(
            new() { ActivityId = _festival.Id })).Board.Places);
    }

    [Fact]
    public async Task A_day_after_its_end_the_board_stays_as_it_is()
    {
        var (early, inTime, late) = (
            await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        await ServeAsync(60, [early], below: true);
        _server.Clock.Advance(_festival.EndsAt.ToDateTime() - _world.Now - TimeSpan.FromHours(4));
        var last = await AttendedAsync(90, [inTime, late], below: true);
        _server.Clock.Advance(_festival.EndsAt.ToDateTime().AddDays(1).AddMinutes(-1) - _world.Now);
        await _server.RunJobsAsync();
        await ConfirmAsync((last.ShiftId, last.SignUpIds[..1]));
        var live = await BoardAsync();
        Assert.Equal([(1, Masked(inTime), 90), (2, Masked(early), 60)], live);
        Assert.Null((await GetAsync()).FrozenAt);

        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();
        var frozenAt = _world.Now;
        await ConfirmAsync(last);
        await _world.ExecuteAsync("UPDATE attendance SET minutes = minutes + 500");
        _server.Clock.Advance(TimeSpan.FromMinutes(10));
        await _server.RunJobsAsync();

        Assert.Equal(live, await BoardAsync());
        Assert.Equal(frozenAt, (await GetAsync()).FrozenAt.ToDateTime());
        Assert.Equal(
            [(1, false), (2, true)],
            (await early.Campaigns.ListAroundMeInCampaignAsync(new() { ActivityId = _festival.Id })).Board.Places
                .Select(p => (p.Rank, p.Me)));
        Assert.Empty((await late.Campaigns.ListAroundMeInCampaignAsync(
            new() { ActivityId = _festival.Id })).Board.Places);
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'CAMPAIGN_FROZEN'"));
        await _world.ExecuteAsync("UPDATE attendance SET minutes = minutes - 500");
    }

    [Fact]
    public async Task A_board_on_which_nobody_is_freezes_too_and_one_of_two_copies_does_it()
    {
        _server.Clock.Advance(TimeSpan.FromDays(7));
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);

        await Task.WhenAll(_server.RunJobsAsync(), copy.RunJobsAsync());

        Assert.Empty((await GetAsync()).Places);
        Assert.NotNull((await GetAsync()).FrozenAt);
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'CAMPAIGN_FROZEN'"));
    }

    [Fact]
    public async Task Only_festivals_and_campaigns_that_one_may_see_have_a_board()
    {
        var resident = await _world.ResidentAsync();
        var draft = await _staff.DraftAsync(_world.Festival(_world.Now.AddHours(1), _world.Now.AddDays(2)));
        var service = await _staff.EnrollingAsync(_world.Activity());

        Assert.Equal("ACTIVITY_UNKNOWN", await ReasonAsync(new() { ActivityId = draft.Id }));
        Assert.Equal("ACTIVITY_UNKNOWN", await ReasonAsync(new() { ActivityId = $"{Guid.NewGuid()}" }));
        Assert.Equal("CAMPAIGN_NONE", await ReasonAsync(new() { ActivityId = service.Id }));
        Assert.Equal("CAMPAIGN_RANGE", await ReasonAsync(new() { ActivityId = _festival.Id, Top = 101 }));
        Assert.Equal("CAMPAIGN_RANGE", await Refusals.ReasonAsync(resident.Campaigns.ListAroundMeInCampaignAsync(
            new() { ActivityId = _festival.Id, EachSide = -1 })));
        Assert.Equal("ID_FORMAT", await ReasonAsync(new() { ActivityId = "x" }));

        Task<string> ReasonAsync(Wire.GetCampaignBoardRequest request) =>
            Refusals.ReasonAsync(resident.Campaigns.GetCampaignBoardAsync(request));
    }

    private async Task ServeAsync(int minutes, Actor[] people, bool below) =>
        await ConfirmAsync(await AttendedAsync(minutes, people, below));

    /// <summary>A shift that begins in two hours, and in which these people were all the time; it is over then.</summary>
    private async Task<(string ShiftId, string[] SignUpIds)> AttendedAsync(int minutes, Actor[] people, bool below)
    {
        var startsAt = _world.Now.AddHours(2);
        var form = _world.Activity(startsAt: startsAt, capacity: people.Length);
        form.ParentId = below ? _festival.Id : "";
        form.Shifts[0].EndsAt = Timestamp.FromDateTime(startsAt.AddMinutes(minutes));
        var activity = await _staff.EnrollingAsync(form);
        var shiftId = activity.Shifts[0].Id;
        var signUps = new List<string>();
        foreach (var person in people)
        {
            signUps.Add((await person.SignUpAsync(activity.Role())).Id);
        }

        _server.Clock.Advance(startsAt - _world.Now);
        var came = new List<Wire.CheckInRequest>();
        foreach (var person in people)
        {
            came.Add(await _staff.ToCheckInAsync(shiftId));
            await person.Attendance.CheckInAsync(came[^1]);
        }

        _server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        foreach (var (person, request) in people.Zip(came))
        {
            var leaving = request.Leaving();
            leaving.Code = await _staff.CodeAsync(shiftId);
            await person.Attendance.CheckOutAsync(leaving);
        }

        return (shiftId, [.. signUps]);
    }

    private async Task ConfirmAsync((string ShiftId, string[] SignUpIds) attended) =>
        await _staff.Attendance.ConfirmAttendanceAsync(
            AttendanceSteps.Confirming(attended.ShiftId, attended.SignUpIds));

    /// <summary>As it is by now: one that is kept is a second old at most.</summary>
    private async Task<Wire.CampaignBoard> GetAsync(int top = 0)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        return (await _staff.Campaigns.GetCampaignBoardAsync(new() { ActivityId = _festival.Id, Top = top })).Board;
    }

    private async Task<List<(int Rank, string Name, long Minutes)>> BoardAsync(int top = 0) =>
        [.. (await GetAsync(top)).Places.Select(p => (p.Rank, p.Name, p.Minutes))];

    private static string Masked(Actor person) => $"{person.Name[..1]}**";
}
