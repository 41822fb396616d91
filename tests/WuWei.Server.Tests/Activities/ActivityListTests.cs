using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

public sealed class ActivityListTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _resident = null!;
    private readonly List<Wire.Activity> _all = [];

    /// <summary>Thirty that differ in everything a filter looks at.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Street);
        _resident = await _world.ResidentAsync();
        for (var i = 0; i < 30; i++)
        {
            var form = _world.Activity(
                i % 3 == 0 ? _world.NextCommunity : _world.Community, _world.Now.AddDays(2 + (i % 9)).AddHours(i % 5), capacity: 1);
            form.Kind = i % 4 == 0 ? Wire.ActivityKind.Training : Wire.ActivityKind.Service;
            form.Remote = i % 5 == 0;
            form.Ages.Add(i % 2 == 0 ? Wire.AgeBand.Seniors : Wire.AgeBand.Children);
            var activity = await _staff.EnrollingAsync(form);
            if (i % 7 == 0)
            {
                await (await _world.ResidentAsync()).SignUpAsync(activity.Role());
            }

            _all.Add(await _staff.ActivityAsync(activity.Id));
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_filter_finds_what_looking_at_each_finds_soonest_first_page_by_page()
    {
        (Action<Wire.ListActivitiesRequest> Filter, Func<Wire.Activity, bool> Fits)[] cases =
        [
            (_ => { }, _ => true),
            (r => r.UnitId = $"{_world.NextCommunity}", a => a.UnitId == $"{_world.NextCommunity}"),
            (r => r.Kind = Wire.ActivityKind.Training, a => a.Kind == Wire.ActivityKind.Training),
            (r => r.Remote = true, a => a.Remote),
            (r => r.Age = Wire.AgeBand.Seniors, a => a.Ages.Contains(Wire.AgeBand.Seniors)),
            (r => r.Time = Wire.TimeOfWeek.Weekend, a => a.Times.Contains(Wire.TimeOfWeek.Weekend)),
            (r => r.SeatsLeft = true, a => a.Shifts[0].Roles[0].Taken < 1),
            (r => (r.FromDay, r.ToDay) = (_server.Clock.Day(4), _server.Clock.Day(6)),
                a => Day(a) >= Day(4) && Day(a) <= Day(6)),
            (r => (r.SeatsLeft, r.Kind, r.FromDay) = (true, Wire.ActivityKind.Service, _server.Clock.Day(5)),
                a => a.Shifts[0].Roles[0].Taken < 1 && a.Kind == Wire.ActivityKind.Service && Day(a) >= Day(5)),
        ];
        foreach (var (filter, fits) in cases)
        {
            var expected = _all.Where(fits).OrderBy(a => a.StartsAt.ToDateTime())
                .ThenBy(a => Guid.Parse(a.Id).ToByteArray(bigEndian: true), Comparer<byte[]>.Create(
                    (x, y) => x.AsSpan().SequenceCompareTo(y))).Select(a => a.Id).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await WholeAsync(filter));
        }
    }

    [Fact]
    public async Task Coverage_names_the_shifts_to_come_with_what_they_lack()
    {
        var shifts = new List<Wire.ShiftCoverage>();
        var request = new Wire.ListCoverageRequest { UnitId = $"{_world.District}", Days = 60, Uncovered = true, PageSize = 7 };
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.District);
        do
        {
            var page = await auditor.Activities.ListCoverageAsync(request);
            shifts.AddRange(page.Shifts);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(
            _all.Where(a => a.Shifts[0].Roles[0].Taken < 1).Select(a => a.Shifts[0].Id).Order(StringComparer.Ordinal),
            shifts.Select(s => s.Shift.Id).Order(StringComparer.Ordinal));
        Assert.Equal(shifts.Select(s => s.Shift.StartsAt), shifts.Select(s => s.Shift.StartsAt).OrderBy(t => t.ToDateTime()));
    }

    [Fact]
    public async Task Filters_that_do_not_go_together_are_refused_and_only_staff_list_what_is_not_published()
    {
        Assert.Equal("LIST_FILTER", await RefusalAsync(r => r.View = Wire.ActivityView.Unspecified));
        Assert.Equal("LIST_FILTER", await RefusalAsync(r => r.Status = Wire.ActivityStatus.Unspecified));
        Assert.Equal("LIST_FILTER", await RefusalAsync(r => (r.View, r.Remote) = (Wire.ActivityView.Mine, true)));
        Assert.Equal("NOT_PERMITTED", await RefusalAsync(r => r.Status = Wire.ActivityStatus.InReview));
        Assert.Equal("NOT_PERMITTED", await RefusalAsync(r => r.Overdue = true));
        Assert.Equal("LIST_FILTER", await Refusals.ReasonAsync(
            _staff.Activities.ListCoverageAsync(new() { UnitId = $"{_world.Street}", Days = 61 })));
    }

    private async Task<List<string>> WholeAsync(Action<Wire.ListActivitiesRequest> filter)
    {
        var ids = new List<string>();
        var request = Request(filter);
        do
        {
            var page = await _resident.Activities.ListActivitiesAsync(request);
            ids.AddRange(page.Activities.Select(a => a.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return ids;
    }

    private Task<string> RefusalAsync(Action<Wire.ListActivitiesRequest> filter) =>
        Refusals.ReasonAsync(_resident.Activities.ListActivitiesAsync(Request(filter)));

    private Wire.ListActivitiesRequest Request(Action<Wire.ListActivitiesRequest> filter)
    {
        var request = new Wire.ListActivitiesRequest
        {
            View = Wire.ActivityView.Unit,
            UnitId = $"{_world.District}",
            Status = Wire.ActivityStatus.Enrolling,
            PageSize = 4,
        };
        filter(request);
        return request;
    }

    private DateTime Day(int ahead) => WuWei.Time.Clock.Day(_world.Now).AddDays(ahead);

    private static DateTime Day(Wire.Activity activity) => WuWei.Time.Clock.Day(activity.StartsAt.ToDateTime());
}
