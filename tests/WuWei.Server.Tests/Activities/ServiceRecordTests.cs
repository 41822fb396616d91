using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>What somebody's service comes to, line by line.</summary>
public sealed class ServiceRecordTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _colleague = null!;
    private Actor _person = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        _colleague = await _world.StaffAsync(_world.Community);
        _person = await _world.ResidentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_record_is_the_sum_of_its_lines_and_keeps_what_was_given_by_hand_apart()
    {
        var held = await HeldAsync(_person);
        var missed = await HeldAsync();
        var hours = (await _staff.Records.ProposeHoursAsync(Hours(missed, minutes: 45))).Hours;
        await _colleague.Records.DecideHoursAsync(new() { HoursId = hours.Id, Approve = true });
        var declined = (await _staff.Records.ProposeHoursAsync(Hours(missed, minutes: 500))).Hours;
        await _colleague.Records.DecideHoursAsync(new() { HoursId = declined.Id });
        var maker = await _world.ResidentAsync();
        var wish = await maker.OpenAsync(_world.Request(), _staff);
        await _person.ClaimAsync(wish);
        await _person.DeliverAsync(wish);
        await maker.ConfirmAsync(wish);

        var record = await _person.Records.GetServiceRecordAsync(new());
        var (lines, token) = (new List<Wire.ServiceLine>(), "");
        do
        {
            var page = await _person.Records.ListServiceLinesAsync(new() { PageSize = 1, PageToken = token });
            lines.AddRange(page.Lines);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal((60, 45, 1, 1, 1), (
            record.Minutes, record.MinutesByHand, record.Activities, record.NoShows, record.WishesKept));
        Assert.Equal(
            new[]
            {
                (Wire.ServiceLineKind.ByHand, missed, 45), (Wire.ServiceLineKind.NoShow, missed, 0),
                (Wire.ServiceLineKind.Attended, held, 60),
            },
            lines.Select(l => (l.Kind, l.ActivityId, l.Minutes)));
        Assert.Equal(record, await _staff.Records.GetServiceRecordAsync(new() { PersonId = $"{_person.PersonId}" }));
    }

    [Fact]
    public async Task Hours_by_hand_need_a_second_person_and_an_activity_that_is_over()
    {
        var open = await _staff.EnrollingAsync(_world.Activity());
        Assert.Equal("ACTIVITY_WRONG_STATUS", await ProposedAsync(_staff, Hours(open.Id, minutes: 30)));
        var held = await HeldAsync(_person);
        Assert.Equal("HOURS_RANGE", await ProposedAsync(_staff, Hours(held, minutes: 0)));
        Assert.Equal("HOURS_RANGE", await ProposedAsync(_staff, Hours(held, minutes: 961)));
        var own = Hours(held, minutes: 30);
        own.PersonId = $"{_staff.PersonId}";
        Assert.Equal("HOURS_OWN", await ProposedAsync(_staff, own));

        var hours = (await _staff.Records.ProposeHoursAsync(Hours(held, minutes: 30))).Hours;
        var decision = new Wire.DecideHoursRequest { HoursId = hours.Id, Approve = true };
        Assert.Equal("SECOND_PERSON_NEEDED", await Refusals.ReasonAsync(_staff.Records.DecideHoursAsync(decision)));
        await _colleague.Records.DecideHoursAsync(decision);
        Assert.Equal("HOURS_DECIDED", await Refusals.ReasonAsync(_colleague.Records.DecideHoursAsync(decision)));
    }

    [Fact]
    public async Task Feedback_is_given_once_by_those_who_were_there_and_read_by_those_who_organise()
    {
        Actor[] people = [.. await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _world.ResidentAsync()))];
        var held = await HeldAsync(people);
        var feedback = new Wire.GiveFeedbackRequest { ActivityId = held, Rating = 4, Words = "组织得好" };
        Assert.Equal("FEEDBACK_NOT_DUE", await Refusals.ReasonAsync(_person.Records.GiveFeedbackAsync(feedback)));
        foreach (var person in people.Take(4))
        {
            await person.Records.GiveFeedbackAsync(feedback);
        }

        Assert.Equal("FEEDBACK_GIVEN", await Refusals.ReasonAsync(people[0].Records.GiveFeedbackAsync(feedback)));
        Assert.Equal((4, 0), await AverageAsync());
        feedback.Rating = 5;
        await people[4].Records.GiveFeedbackAsync(feedback);
        Assert.Equal((5, 420), await AverageAsync());
        Assert.Empty((await _person.Records.GetFeedbackAsync(new() { ActivityId = held })).Feedback);
        Assert.Equal(5, (await _staff.Records.GetFeedbackAsync(new() { ActivityId = held })).Feedback.Count);

        async Task<(int, int)> AverageAsync()
        {
            var seen = await _person.Records.GetFeedbackAsync(new() { ActivityId = held });
            return (seen.Answers, seen.Average);
        }
    }

    [Fact]
    public async Task An_activity_was_held_if_somebody_came_and_parents_are_sums()
    {
        var day = _world.Today;
        await HeldAsync(_person);
        await HeldAsync();

        Assert.Equal(1, await CountAsync(_world.Community));
        Assert.Equal(1, await CountAsync(_world.District));
        Assert.Equal(0, await CountAsync(_world.OtherStreet));

        async Task<int> CountAsync(Guid unit) => (await _person.Records.CountActivitiesAsync(
            new() { UnitId = $"{unit}", FromDay = day, ToDay = _server.Clock.Day(30) })).Held;
    }

    /// <summary>
    /// An activity of an hour that is over, with its people there and confirmed; the person has a place in it either way.
    /// </summary>
    private async Task<string> HeldAsync(params Actor[] people)
    {
        var startsAt = _world.Now.AddHours(1);
        var activity = await _staff.EnrollingAsync(_world.Activity(startsAt: startsAt, capacity: 10));
        var shift = activity.Shifts[0].Id;
        var places = new List<string>();
        foreach (var person in people.Append(_person).Distinct())
        {
            places.Add((await person.SignUpAsync(activity.Role())).Id);
        }

        _server.Clock.Advance(startsAt - _world.Now);
        await _server.RunJobsAsync();
        foreach (var person in people)
        {
            await person.CheckInAsync(_staff, shift);
        }

        _server.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var person in people)
        {
            await person.CheckOutAsync(_staff, shift);
        }

        await _server.RunJobsAsync();
        if (people.Length > 0)
        {
            await _staff.Attendance.ConfirmAttendanceAsync(
                AttendanceSteps.Confirming(shift, [.. places.Take(people.Length)]));
        }

        return activity.Id;
    }

    private Wire.ProposeHoursRequest Hours(string activity, int minutes) =>
        new() { ActivityId = activity, PersonId = $"{_person.PersonId}", Minutes = minutes, Reason = "签到机坏了" };

    private static Task<string> ProposedAsync(Actor staff, Wire.ProposeHoursRequest request) =>
        Refusals.ReasonAsync(staff.Records.ProposeHoursAsync(request));
}
