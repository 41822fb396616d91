using WuWei.Data;
using WuWei.Places;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

public sealed class ActivitiesNearTests : IAsyncLifetime
{
    private static readonly GridCell Quay = GridCell.Of(new(32_030_000, 118_740_000));

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _reader = null!;

    /// <summary>A server of its own: a list shows what others make, too.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.District);
        _reader = await _world.ResidentAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_nearest_cell_comes_first_and_within_it_the_soonest_whether_it_runs_already()
    {
        var far = await EnrollingAsync(north: 2, days: 2);
        var later = await EnrollingAsync(north: 0, days: 4);
        var soon = await EnrollingAsync(north: 0, days: 3);
        var running = await EnrollingAsync(north: 0, days: 1, shifts: 2);
        _server.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(10));
        await _server.RunJobsAsync();

        var found = await NearAsync(2_000);

        Assert.Equal([running, soon, later, far], found.Select(a => a.Activity.Id));
        Assert.Equal([0, 0, 0, 1_100], found.Select(a => a.DistanceMetres));
        Assert.Equal(Wire.ActivityStatus.Running, found[0].Activity.Status);
        // The place itself is public, as everywhere.
        Assert.Equal(Quay.Middle.Latitude, found[0].Activity.Spot.Latitude);
        for (var size = 1; size <= 5; size++)
        {
            Assert.Equal([running, soon, later, far], await PagedAsync(size));
        }
    }

    [Fact]
    public async Task Only_those_that_one_may_join_at_a_place_are_near()
    {
        var open = await EnrollingAsync(north: 0, days: 2);
        await _staff.DraftAsync(Form(0, 2));
        await EnrollingAsync(north: 0, days: 2, form => form.Remote = true);
        await EnrollingAsync(north: 0, days: 2, form => form.Spot = null);
        await EnrollingAsync(north: 0, days: 2, form => form.Spot = new() { Latitude = 1, Longitude = 1, RadiusMetres = 20 });
        var cancelled = await EnrollingAsync(north: 0, days: 2);
        await _staff.Activities.CancelActivityAsync(new() { ActivityId = cancelled, Reason = "下雨" });

        Assert.Equal([open], (await NearAsync(10_000)).Select(a => a.Activity.Id));
    }

    [Fact]
    public async Task An_activity_that_moves_moves_on_the_grid()
    {
        var id = await EnrollingAsync(north: 0, days: 2);
        var moved = Form(3, 2);
        moved.Shifts.Clear();

        await _staff.Activities.EditActivityAsync(new() { ActivityId = id, Form = moved });

        Assert.Equal(1_700, Assert.Single(await NearAsync(2_000)).DistanceMetres);
    }

    /// <summary>Those that were there before the grid are on it, too: the migration says the same as the code.</summary>
    [Fact]
    public async Task The_cells_of_old_activities_are_those_that_new_ones_get()
    {
        var random = new Random(4);
        for (var i = 0; i < 30; i++)
        {
            await _staff.DraftAsync(Form(0, 2, new Point(
                random.Next(Point.SouthEnd - 9_000, Point.NorthEnd), random.Next(Point.WestEnd, Point.EastEnd + 9_000))));
        }

        await _staff.DraftAsync(Form(0, 2, new Point(-32_000_000, -118_000_000)));
        await _server.Database.ExecuteAsync("CREATE TABLE cell_before AS SELECT id, cell FROM activity");
        await _server.Database.ExecuteAsync("UPDATE activity SET cell = NULL");
        using var file = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream("V0021__near.sql")!);
        var migration = await file.ReadToEndAsync();
        await _server.Database.ExecuteAsync(migration[migration.IndexOf("UPDATE activity", StringComparison.Ordinal)..]);

        Assert.Equal(31, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM activity a JOIN cell_before b ON b.id = a.id AND a.cell <=> b.cell"));
    }

    private async Task<string> EnrollingAsync(
        int north, int days, Action<Wire.ActivityForm>? detail = null, int shifts = 1)
    {
        var form = Form(north, days);
        for (var i = 1; i < shifts; i++)
        {
            form.Shifts.Add(ActivitySteps.ShiftAt(_server.Clock.Now.AddDays(days + i), 2));
        }

        detail?.Invoke(form);
        return (await _staff.EnrollingAsync(form)).Id;
    }

    private Wire.ActivityForm Form(int north, int days, Point? at = null)
    {
        var form = _world.Activity(startsAt: _server.Clock.Now.AddDays(days));
        var spot = at ?? (Quay with { Row = Quay.Row + north }).Middle;
        (form.Spot.Latitude, form.Spot.Longitude) = (spot.Latitude, spot.Longitude);
        return form;
    }

    private static Wire.ListActivitiesNearRequest Ask(int radius) =>
        new() { Latitude = Quay.Middle.Latitude, Longitude = Quay.Middle.Longitude, RadiusMetres = radius };

    private async Task<IReadOnlyList<Wire.NearActivity>> NearAsync(int radius) =>
        (await _reader.Activities.ListActivitiesNearAsync(Ask(radius))).Activities;

    private async Task<List<string>> PagedAsync(int size)
    {
        var (seen, request) = (new List<string>(), Ask(2_000));
        request.PageSize = size;
        do
        {
            var page = await _reader.Activities.ListActivitiesNearAsync(request);
            seen.AddRange(page.Activities.Select(a => a.Activity.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return seen;
    }
}
