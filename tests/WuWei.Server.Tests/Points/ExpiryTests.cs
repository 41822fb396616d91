using System.Globalization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Points;

/// <summary>When points expire.</summary>
public sealed class ExpiryTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_months_that_points_last_are_counted_by_the_calendar_of_China()
    {
        var (maker, helper) = (await _world.ResidentAsync(), await _world.ResidentAsync());
        var staff = await _world.StaffAsync(_world.District);
        var colleague = await _world.StaffAsync(_world.District);
        // Months pass in seconds, and nobody shall have to sign in again.
        await _server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");
        await LastForAMonthAsync(staff, colleague);
        await GoToAsync("2026-06-30T19:00");
        var id = await maker.OpenAsync(_world.Request(), staff);
        await helper.ClaimAsync(id);
        // The first of July in China.
        await GoToAsync("2026-06-30T20:00");
        await helper.DeliverAsync(id);
        await maker.ConfirmAsync(id);

        // The last of July in China.
        await GoToAsync("2026-07-30T21:00");
        Assert.Equal(10, (await helper.Points.GetPointsAsync(new())).Balance);

        await GoToAsync("2026-07-31T20:00");
        Assert.Equal(0, (await helper.Points.GetPointsAsync(new())).Balance);
        await _server.AssertPointsAsync();
    }

    private async Task LastForAMonthAsync(Actor staff, Actor colleague)
    {
        var rules = (await staff.Points.ListPointsRulesAsync(new() { UnitId = $"{_world.District}" })).Rules[0].Clone();
        rules.ValidMonths = 1;
        var proposed = await staff.Points.ProposePointsRulesAsync(new() { Rules = rules });
        await colleague.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Rules.Id });
    }

    private async Task GoToAsync(string utc)
    {
        var then = DateTime.Parse($"{utc}Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        _server.Clock.Advance(then - _server.Clock.Now);
        await _server.RunJobsAsync();
    }
}
