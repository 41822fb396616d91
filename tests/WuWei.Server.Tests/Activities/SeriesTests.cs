using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Activities;
using WuWei.Jobs;
using WuWei.Tests.Harness;
using WuWei.Tests.Races;

namespace WuWei.Tests.Activities;

/// <summary>Activities that come again, on two copies of the server whose clock it moves.</summary>
public sealed class SeriesTests : IAsyncLifetime
{
    private readonly TwoCopies _copies = new();
    private Actor _staff = null!;

    private World World => _copies.World;

    public async ValueTask InitializeAsync()
    {
        await _copies.InitializeAsync();
        _staff = await World.StaffAsync(World.Community);
    }

    public async ValueTask DisposeAsync()
    {
        await _copies.AssertSoundAsync();
        await _copies.DisposeAsync();
    }

    [Fact]
    public async Task Its_activities_are_made_four_weeks_ahead_and_open_for_sign_ups()
    {
        var form = Form();
        form.Shifts.Add(ActivitySteps.ShiftAt(form.Shifts[0].StartsAt.ToDateTime().AddHours(2), 1));
        var series = await MakeAsync(form, "FREQ=WEEKLY;COUNT=6");
        await _copies.First.RunJobsAsync();

        var made = await MadeAsync(series);
        Assert.Equal(
            [0, 7, 14, 21], made.Select(a => (a.StartsAt - form.Shifts[0].StartsAt).ToTimeSpan().TotalDays));
        Assert.All(made, a => Assert.Equal((series.Id, form.Title), (a.SeriesId, a.Title)));
        var first = await _staff.ActivityAsync(made[0].Id);
        Assert.Equal((2, true), (first.Shifts.Count, first.Mine));
        await (await World.ResidentAsync()).SignUpAsync(first.Role());
        var journey = await _staff.Activities.GetActivityJourneyAsync(new() { ActivityId = first.Id });
        var step = Assert.Single(journey.Steps);
        Assert.Equal((Wire.ActivityMove.Make, Wire.ActivityActor.Clock), (step.Move, step.Actor));

        await PassAsync(7);
        Assert.Equal(4, (await MadeAsync(series)).Count);
        await PassAsync(7);
        var last = (await ListAsync()).Single();
        Assert.NotNull(last.EndedAt);
        Assert.Equal("SERIES_OVER", await Refusals.ReasonAsync(
            _staff.Series.EndSeriesAsync(new() { SeriesId = series.Id })));
    }

    [Fact]
    public async Task Each_day_is_made_once_whoever_makes_it()
    {
        var series = new List<Wire.Series>();
        for (var i = 0; i < 5; i++)
        {
            series.Add(await MakeAsync(Form(), "FREQ=DAILY;COUNT=20"));
        }

        await Race.RunAsync(Enumerable.Range(0, 8).Select<int, Func<Task>>(i => () =>
            (i % 2 == 0 ? _copies.First : _copies.Second).Services.GetServices<IJob>().OfType<SeriesJob>().Single()
                .RunAsync(CancellationToken.None)));
        await _copies.First.RunJobsAsync();

        foreach (var one in series)
        {
            var made = await MadeAsync(one);
            Assert.Equal((20, 20), (made.Count, made.DistinctBy(a => a.StartsAt).Count()));
        }
    }

    [Fact]
    public async Task Days_left_out_are_not_made_and_what_is_made_is_cancelled_by_itself()
    {
        var form = Form();
        var series = await MakeAsync(form, "FREQ=WEEKLY;COUNT=6", Day(form, 7), Day(form, 8));
        var skipped = (await _staff.Series.SkipOccurrenceAsync(
            new() { SeriesId = series.Id, Day = Day(form, 14) })).Series;
        Assert.Equal([Day(form, 7), Day(form, 8), Day(form, 14)], skipped.SkippedDays);
        await _copies.First.RunJobsAsync();

        var made = await MadeAsync(series);
        Assert.Equal([0, 21], made.Select(a => (a.StartsAt - form.Shifts[0].StartsAt).ToTimeSpan().Days));
        Assert.Equal("OCCURRENCE_MADE", await SkipAsync(series, Day(form, 21)));
        Assert.Equal("OCCURRENCE_SKIPPED", await SkipAsync(series, Day(form, 14)));
        Assert.Equal("OCCURRENCE_UNKNOWN", await SkipAsync(series, Day(form, 29)));
        Assert.Equal("OCCURRENCE_UNKNOWN", await SkipAsync(series, Day(form, 42)));
        Assert.Equal("DAY_FORMAT", await SkipAsync(series, "明天"));
        await _staff.Activities.CancelActivityAsync(new() { ActivityId = made[1].Id, Reason = "下雨" });
        await PassAsync(1);
        Assert.Equal(made[0].Id, Assert.Single(await MadeAsync(series)).Id);
        // Nothing is left once the last days are left out.
        await _staff.Series.SkipOccurrenceAsync(new() { SeriesId = series.Id, Day = Day(form, 28) });
        Assert.NotNull((await _staff.Series.SkipOccurrenceAsync(
            new() { SeriesId = series.Id, Day = Day(form, 35) })).Series.EndedAt);
    }

    [Fact]
    public async Task What_is_edited_concerns_activities_not_made_yet()
    {
        var form = Form();
        var series = await MakeAsync(form, "FREQ=WEEKLY");
        await _copies.First.RunJobsAsync();
        var edited = Form();
        edited.Title = "河道清理（夏季）";
        edited.Shifts[0] = ActivitySteps.ShiftAt(edited.Shifts[0].StartsAt.ToDateTime().AddHours(1), 9);
        await _staff.Series.EditSeriesAsync(new() { SeriesId = series.Id, Form = edited });

        var foreign = edited.Clone();
        foreign.UnitId = $"{World.NextCommunity}";
        Assert.Equal("ACTIVITY_FIXED", await Refusals.ReasonAsync(
            _staff.Series.EditSeriesAsync(new() { SeriesId = series.Id, Form = foreign })));

        await PassAsync(2);
        var made = await MadeAsync(series);
        Assert.Equal([form.Title, form.Title, form.Title, edited.Title], made.Select(a => a.Title));
        Assert.Equal(
            TimeSpan.FromDays(28) + TimeSpan.FromHours(1), (made[3].StartsAt - form.Shifts[0].StartsAt).ToTimeSpan());
    }

    [Fact]
    public async Task An_ended_series_makes_no_more_and_days_that_passed_are_not_made_up()
    {
        var (ended, slept) = (await MakeAsync(Form(), "FREQ=DAILY"), await MakeAsync(Form(), "FREQ=DAILY;COUNT=40"));
        await _staff.Series.EndSeriesAsync(new() { SeriesId = ended.Id });
        _copies.First.Clock.Advance(TimeSpan.FromDays(25));
        await _copies.First.RunJobsAsync();

        Assert.Empty(await MadeAsync(ended));
        // Of 40 from the second day on, 24 had passed.
        Assert.Equal(40 - 24, (await MadeAsync(slept)).Count);
    }

    [Fact]
    public async Task Only_a_units_staff_make_series_of_shifts_and_not_too_many()
    {
        var neighbours = await World.StaffAsync(World.NextCommunity);
        var volunteer = await World.WithRoleAsync(WuWei.Calls.Role.Volunteer, World.Community);
        Assert.Equal("NOT_PERMITTED", await RefusalAsync(neighbours, Form()));
        Assert.Equal("NOT_PERMITTED", await RefusalAsync(volunteer, Form()));
        var bare = Form();
        (bare.Kind, bare.StartsAt, bare.EndsAt) = (
            Wire.ActivityKind.Festival, bare.Shifts[0].StartsAt, bare.Shifts[0].EndsAt);
        bare.Shifts.Clear();
        Assert.Equal("ACTIVITY_INVALID", await RefusalAsync(_staff, bare));
        Assert.Equal("SERIES_RULE", await RefusalAsync(_staff, Form(), "FREQ=SECONDLY"));
        Assert.Equal("EXCEPTED_DAYS", await Refusals.ReasonAsync(_staff.Series.MakeSeriesAsync(new()
        {
            Form = Form(),
            Rule = "FREQ=DAILY",
            ExceptedDays = { Enumerable.Repeat("2026-01-01", 101) },
        })));
        var series = await MakeAsync(Form(), "FREQ=DAILY");
        Assert.Equal("SERIES_UNKNOWN", await Refusals.ReasonAsync(
            neighbours.Series.EndSeriesAsync(new() { SeriesId = series.Id })));
        for (var i = 1; i < 50; i++)
        {
            await MakeAsync(Form(), "FREQ=DAILY");
        }

        Assert.Equal("SERIES_TOO_MANY", await RefusalAsync(_staff, Form()));
        Assert.Equal(50, (await ListAsync()).DistinctBy(s => s.Id).Count());
        await _staff.Series.EndSeriesAsync(new() { SeriesId = series.Id });
        await MakeAsync(Form(), "FREQ=DAILY");
    }

    [Fact]
    public async Task A_series_goes_on_only_while_staff_answer_for_it()
    {
        var series = await MakeAsync(Form(), "FREQ=WEEKLY");
        var kept = await MakeAsync(Form(), "FREQ=WEEKLY");
        await PassAsync(1);
        var colleague = await World.StaffAsync(World.Community);
        await colleague.Series.EditSeriesAsync(new() { SeriesId = kept.Id, Form = Form() });
        await World.ExecuteAsync(
            "UPDATE role_grant SET ends_at = @now WHERE person_id = @id", ("id", _staff.PersonId), ("now", World.Now));

        await PassAsync(14);

        Assert.Equal(4, await CountAsync(series));
        Assert.Equal(6, await CountAsync(kept));

        Task<long> CountAsync(Wire.Series one) => _copies.First.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM activity WHERE series_id = @id", ("id", Guid.Parse(one.Id)));
    }

    /// <summary>The day after tomorrow, at eight in the morning of China.</summary>
    [Fact]
    public async Task Of_a_unit_that_was_merged_it_is_listed_under_its_successor()
    {
        var form = Form();
        form.UnitId = $"{World.NextCommunity}";
        var chief = await World.StaffAsync(World.District);
        var series = (await chief.Series.MakeSeriesAsync(new() { Form = form, Rule = "FREQ=DAILY" })).Series;
        Assert.Empty(await ListAsync());

        await World.MergeAsync(World.Community, _copies.First.Clock.Day(), World.NextCommunity);
        await _copies.First.RunJobsAsync();

        Assert.Equal([series.Id], (await ListAsync()).Select(s => s.Id));
    }

    private Wire.ActivityForm Form() =>
        World.Activity(startsAt: World.Now.Date.AddDays(2), capacity: 3);

    private static string Day(Wire.ActivityForm form, int days) => form.Shifts[0].StartsAt.ToDateTime().AddHours(8)
        .AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<Wire.Series> MakeAsync(Wire.ActivityForm form, string rule, params string[] excepted) =>
        (await _staff.Series.MakeSeriesAsync(new() { Form = form, Rule = rule, ExceptedDays = { excepted } })).Series;

    private static Task<string> RefusalAsync(Actor maker, Wire.ActivityForm form, string rule = "FREQ=DAILY") =>
        Refusals.ReasonAsync(maker.Series.MakeSeriesAsync(new() { Form = form, Rule = rule }));

    private Task<string> SkipAsync(Wire.Series series, string day) =>
        Refusals.ReasonAsync(_staff.Series.SkipOccurrenceAsync(new() { SeriesId = series.Id, Day = day }));

    private async Task PassAsync(int days)
    {
        for (var day = 0; day < days; day++)
        {
            _copies.First.Clock.Advance(TimeSpan.FromDays(1));
            await _copies.First.RunJobsAsync();
        }
    }

    /// <summary>Those that enrol, soonest first.</summary>
    private async Task<List<Wire.Activity>> MadeAsync(Wire.Series series)
    {
        var (made, token) = (new List<Wire.Activity>(), "");
        do
        {
            var page = await _staff.Activities.ListActivitiesAsync(new()
            {
                View = Wire.ActivityView.Unit,
                UnitId = series.UnitId,
                Status = Wire.ActivityStatus.Enrolling,
                PageSize = 50,
                PageToken = token,
            });
            made.AddRange(page.Activities.Where(a => a.SeriesId == series.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return made;
    }

    private async Task<List<Wire.Series>> ListAsync()
    {
        var (listed, token) = (new List<Wire.Series>(), "");
        do
        {
            var page = await _staff.Series.ListSeriesAsync(new() { UnitId = $"{World.Community}", PageToken = token });
            listed.AddRange(page.Series);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return listed;
    }
}
