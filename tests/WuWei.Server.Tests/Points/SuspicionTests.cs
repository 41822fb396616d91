using Microsoft.Extensions.DependencyInjection;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Points;

/// <summary>What looks odd waits for a decision, and who did it sees why; what only resembles it is paid.</summary>
public sealed class SuspicionTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertPointsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Who_shares_a_device_with_whom_they_serve_is_looked_at_for_ninety_days()
    {
        var (maker, helper) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        // Months pass in seconds, and nobody shall have to sign in again.
        await _server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");
        await SignInOnAsync("phone-of-both", maker);
        await SignInOnAsync("phone-of-both", helper);
        await SignInOnAsync("phone-of-mine", helper);

        Assert.Equal([Wire.Suspicion.SameDevice], await HeldForAsync(maker, helper));

        _server.Clock.Advance(TimeSpan.FromDays(91));
        await _server.RunJobsAsync();
        Assert.Equal(0, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM person_device"));
        Assert.Empty(await HeldForAsync(maker, helper));
    }

    [Fact]
    public async Task A_session_in_use_keeps_its_device()
    {
        var maker = await _world.ResidentAsync();
        var token = await SignInOnAsync("phone-of-mine", maker);
        for (var day = 0; day < 100; day += 20)
        {
            _server.Clock.Advance(TimeSpan.FromDays(20));
            await _server.Services.GetRequiredService<Sessions>().ForgetAsync(maker.PersonId, CancellationToken.None);
            await new Actor(_server.Channel, maker.PersonId, maker.Name, maker.Phone, token).Points.GetPointsAsync(new());
            await _server.RunJobsAsync();
        }

        Assert.Equal(1, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM person_device"));
    }

    [Fact]
    public async Task A_device_of_whom_family_asked_for_counts_too()
    {
        var (maker, helper, mother) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        await SignInOnAsync("phone-of-both", mother);
        await SignInOnAsync("phone-of-both", helper);

        Assert.Equal([Wire.Suspicion.SameDevice], await HeldForAsync(maker, helper, beneficiary: mother.Phone));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("has space in it")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_malformed_device_is_refused_and_spends_no_code(string device)
    {
        var phone = World.NewPhone();
        var request = await _world.CodeSignInAsync(phone);

        Assert.Equal("DEVICE_FORMAT", await Refusals.ReasonAsync(SignInAsync(request, device)));

        await SignInAsync(request, "a-device-of-mine");
    }

    [Fact]
    public async Task Who_lives_where_they_help_is_looked_at_and_a_neighbour_of_the_same_building_is_not()
    {
        var (maker, helper, neighbour) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        await helper.MakeAsync(At("云栖里 ３栋2-502号", helper.Phone));
        await neighbour.MakeAsync(At("云栖里3幢2单元501室", neighbour.Phone));

        Assert.Equal([Wire.Suspicion.SameHousehold], await HeldForAsync(maker, helper));
        Assert.Empty(await HeldForAsync(maker, neighbour));
    }

    [Fact]
    public async Task An_address_that_was_given_for_somebody_else_is_not_ones_own()
    {
        var (maker, helper) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        await helper.MakeAsync(At("云栖里3幢2单元502室", World.NewPhone()));

        Assert.Empty(await HeldForAsync(maker, helper));
    }

    [Fact]
    public async Task Who_serves_the_one_that_served_them_is_looked_at_within_thirty_days()
    {
        var (one, other) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        await _server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");

        Assert.Empty(await HeldForAsync(one, other));
        Assert.Equal([Wire.Suspicion.Returned], await HeldForAsync(other, one));

        _server.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Empty(await HeldForAsync(other, one));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Who_closes_a_circle_is_looked_at(int size)
    {
        var circle = new List<Actor>();
        for (var i = 0; i < size; i++)
        {
            circle.Add(await _world.ResidentAsync());
        }

        for (var i = 0; i < size - 1; i++)
        {
            Assert.Empty(await HeldForAsync(circle[i + 1], circle[i]));
        }

        Assert.Equal([Wire.Suspicion.Circle], await HeldForAsync(circle[0], circle[^1]));
    }

    [Fact]
    public async Task Three_helpers_who_have_all_met_are_looked_at_whoever_served_whom()
    {
        var (first, second, third, old) = (
            await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync(),
            await _world.ResidentAsync());
        Assert.Empty(await HeldForAsync(old, first));
        Assert.Empty(await HeldForAsync(old, second));

        // Who only was served is no helper, however many helpers they know.
        Assert.Empty(await HeldForAsync(second, first));
        Assert.Empty(await HeldForAsync(third, second));

        Assert.Empty(await HeldForAsync(await _world.ResidentAsync(), third));
        Assert.Equal([Wire.Suspicion.Circle], await HeldForAsync(third, first));
    }

    [Fact]
    public async Task Who_asks_for_one_after_the_other_and_always_has_the_same_helper_is_looked_at()
    {
        var (maker, helper) = (await _world.ResidentAsync(), await _world.ResidentAsync());

        Assert.Empty(await HeldForAsync(maker, helper, World.NewPhone()));
        Assert.Empty(await HeldForAsync(maker, helper, World.NewPhone()));
        Assert.Equal([Wire.Suspicion.MakerKeepsMeeting], await HeldForAsync(maker, helper, World.NewPhone()));
        Assert.Empty(await HeldForAsync(maker, await _world.ResidentAsync(), World.NewPhone()));
    }

    [Fact]
    public async Task Somebody_is_the_same_person_whether_they_asked_or_their_family_did()
    {
        var (mother, daughter, helper) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());

        await HeldForAsync(mother, helper);
        await HeldForAsync(daughter, helper, beneficiary: mother.Phone);
        await HeldForAsync(mother, helper);

        Assert.Equal(
            [0, 1, 2], (await helper.Points.ListPointsAsync(new())).Lines.Select(l => l.Award.MeetingsBefore).Order());
    }

    [Fact]
    public async Task Staff_do_not_decide_on_what_they_asked_for_themselves()
    {
        var helper = await _world.WithRoleAsync(Role.Staff, _world.Community, home: _world.Community);
        var request = _world.Request();
        request.Origin = Wire.WishOrigin.Staff;
        request.Beneficiary = new() { Name = "李奶奶", Phone = World.NewPhone(), Consent = Wire.Consent.InPerson };
        var id = await _staff.MakeAsync(request);
        await helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await helper.DeliverAsync(id);
        await _staff.Wishes.ConfirmWishAsync(new() { WishId = id, Verification = Wire.Verification.Visit });
        var award = (await helper.Points.ListPointsAsync(new())).Lines.First(l => l.Award?.SubjectId == id).Award;
        Assert.Equal([Wire.Suspicion.StaffForStaff], award.HeldFor);

        Assert.Equal("AWARD_OWN", await Refusals.ReasonAsync(_staff.Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = true, Reason = "我看着做的" })));
        await (await _world.StaffAsync(_world.Community)).Points.DecideHeldAwardAsync(
            new() { AwardId = award.Id, Pay = true, Reason = "上门看过" });
    }

    [Theory]
    [InlineData("3幢2单元502室", "3-2-502")]
    [InlineData("３栋２－５０２号", "3-2-502")]
    [InlineData("3号楼 2 单元 502", "3-2-502")]
    [InlineData("云栖里3幢2单元502室", "云栖里-3-2-502")]
    [InlineData("云栖里，3座b502户", "云栖里-3-B502")]
    [InlineData("3幢", null)]
    [InlineData("莫愁湖东路12号", null)]
    [InlineData("社区门口", null)]
    [InlineData("", null)]
    public void An_address_is_compared_by_its_numbers(string address, string? place) =>
        Assert.Equal(place, WishPlace.Normal(address));

    /// <summary>What is held against it, as its helper sees it.</summary>
    private async Task<IEnumerable<Wire.Suspicion>> HeldForAsync(Actor maker, Actor helper, string? beneficiary = null)
    {
        var request = _world.Request();
        if (beneficiary is not null)
        {
            request.Origin = Wire.WishOrigin.Family;
            request.Beneficiary = new() { Name = "李奶奶", Phone = beneficiary, Consent = Wire.Consent.InPerson };
        }

        var id = await maker.OpenAsync(request, _staff);
        await helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(25));
        await helper.DeliverAsync(id);
        await maker.Wishes.ConfirmWishAsync(new() { WishId = id });
        var award = (await helper.Points.ListPointsAsync(new())).Lines.First(l => l.Award?.SubjectId == id).Award;
        Assert.Equal(award.HeldFor.Count > 0 ? Wire.AwardState.Held : Wire.AwardState.Posted, award.State);
        return award.HeldFor;
    }

    private Wire.MakeWishRequest At(string address, string phone)
    {
        var request = _world.Request();
        request.Contact = new() { Name = "王小明", Phone = phone, Address = address };
        return request;
    }

    private async Task<string> SignInOnAsync(string device, Actor actor) =>
        (await SignInAsync(await _world.CodeSignInAsync(actor.Phone), device)).Token;

    private AsyncUnaryCall<Wire.SignInResponse> SignInAsync(Wire.SignInRequest request, string device) =>
        new Wire.AccessService.AccessServiceClient(_server.Channel).SignInAsync(
            request, new Metadata { { "x-wuwei-device", device } });
}
