using System.Text;
using WuWei.Identity;
using WuWei.Screens;
using WuWei.Tests.Harness;

namespace WuWei.Tests.ContentChecks;

/// <summary>
/// Every place where what residents wrote leaves the system, with a word of its own in each text: nobody but its author and
/// staff finds one before it passed, and others find them all afterwards.
/// </summary>
public sealed class WaitingTextTests : IAsyncLifetime
{
    private readonly string _run = $"{Guid.NewGuid():n}"[..6];
    private readonly List<(string Word, Actor[] Authors)> _words = [];
    private readonly Dictionary<string, List<string>> _wishes = [];
    private readonly List<(string Id, string Role, string Shift)> _activities = [];
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _maker = null!;
    private Actor _helper = null!;
    private Actor _second = null!;
    private Actor _neighbour = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _maker = await _world.ResidentAsync();
        _helper = await _world.WithRoleAsync(Calls.Role.Volunteer, _world.Community, home: _world.Community);
        _second = await _world.ResidentAsync();
        _neighbour = await _world.ResidentAsync();
        _staff = await _world.StaffAsync(_world.Community);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Nobody_reads_what_waits_and_everybody_concerned_reads_what_passed()
    {
        await WishesAsync();
        await ActivityAsync();
        await ServiceAsync();
        await _maker.Identity.UpdateMeAsync(new() { Name = Word(_maker), NameOnBoards = Wire.NameChoice.Full });

        var before = await ReadAllAsync();
        Assert.Empty(Leaked(before));

        // Its author reads each, and staff find each in their queue or on the object.
        await _world.CheckContentAsync();
        var staff = await ReadAsync(_staff)
            + string.Concat((await _world.WaitingAsync()).Select(r => r.Text));
        Assert.Equal([], _words.Where(w => !staff.Contains(w.Word, StringComparison.Ordinal)).Select(w => w.Word));

        Assert.Empty(Leaked(await ReadAllAsync()));
        await _world.PassContentAsync();
        var after = await ReadAllAsync();
        var unread = _words.Where(w =>
            !after.Any(r => !w.Authors.Contains(r.Who) && r.Read.Contains(w.Word, StringComparison.Ordinal)));
        Assert.Equal([], unread.Select(w => w.Word));
        await _server.AssertSoundAsync();
    }

    private IEnumerable<string> Leaked(IEnumerable<(Actor Who, string Read)> reads) => reads.SelectMany(r =>
        _words.Where(w => !w.Authors.Contains(r.Who) && r.Read.Contains(w.Word, StringComparison.Ordinal)).Select(w => w.Word));

    /// <summary>A word that nobody would type, of these authors: what organisers write is all of theirs.</summary>
    private string Word(params Actor[] authors)
    {
        var word = $"w{_words.Count:D2}x{_run}";
        _words.Add((word, authors));
        return word;
    }

    private async Task WishesAsync()
    {
        var errand = _world.Request(category: "errands");
        (errand.Title, errand.Text) = (Word(_maker), $"正文 {Word(_maker)}");
        errand.Answers.Add("items", Word(_maker));
        errand.Point = new() { Latitude = 32_003_000, Longitude = 118_732_000 };
        var ids = new List<string> { await _maker.MakeAsync(errand) };

        // Kept, with a comment.
        ids.Add(await _maker.OpenAsync(_world.Request(), _staff));
        await _helper.ClaimAsync(ids[^1]);
        await _helper.Wishes.DeliverWishAsync(new() { WishId = ids[^1], Note = Word(_helper), Place = Word(_helper) });
        await _maker.Wishes.ConfirmWishAsync(new() { WishId = ids[^1], Rating = 5, Comment = Word(_maker) });

        // Disputed.
        ids.Add(await _maker.OpenAsync(_world.Request(), _staff));
        await _helper.ClaimAsync(ids[^1]);
        await _helper.DeliverAsync(ids[^1]);
        await _maker.Wishes.DisputeWishAsync(new() { WishId = ids[^1], Reason = Word(_maker) });

        // Given back.
        ids.Add(await _maker.OpenAsync(_world.Request(), _staff));
        await _helper.ClaimAsync(ids[^1]);
        await _helper.Wishes.ReleaseWishAsync(new() { WishId = ids[^1], Reason = Word(_helper) });
        _wishes["all"] = ids;
    }

    /// <summary>An activity of a volunteer, who changes everything once staff have published it.</summary>
    private async Task ActivityAsync()
    {
        var form = _world.Activity();
        var activity = await _helper.DraftAsync(form);
        await _helper.Activities.PublishActivityAsync(new() { ActivityId = activity.Id });
        await _staff.Activities.ApproveActivityAsync(new() { ActivityId = activity.Id });
        await _helper.Activities.AddOrganiserAsync(new() { ActivityId = activity.Id, PersonId = $"{_second.PersonId}" });
        var place = await _neighbour.SignUpAsync(activity.Role());
        var shift = ActivitySteps.ShiftAt(_world.NextSlot(), 2);
        shift.Roles[0].Name = Word(_helper, _second);
        var added = (await _helper.Activities.AddShiftAsync(new() { ActivityId = activity.Id, Shift = shift })).Activity;
        await _neighbour.SignUpAsync(added.Role(shift: 1));
        var edited = form.Clone();
        edited.Shifts.Clear();
        (edited.Title, edited.Text, edited.Place) =
            (Word(_helper, _second), $"正文 {Word(_helper, _second)}", Word(_helper, _second));
        edited.Contact = new() { Name = Word(_helper, _second), Phone = "13812345678" };
        await _helper.Activities.EditActivityAsync(new() { ActivityId = activity.Id, Form = edited });
        _activities.Add((activity.Id, activity.Role(), activity.Shifts[0].Id));
        _activities.Add((activity.Id, added.Role(shift: 1), added.Shifts[1].Id));

        // A third shift comes and goes, with a reason; and somebody is taken off the list, with another.
        var third = (await _helper.Activities.AddShiftAsync(
            new() { ActivityId = activity.Id, Shift = ActivitySteps.ShiftAt(_world.NextSlot(), 2) })).Activity.Shifts[2];
        await _helper.Activities.CancelShiftAsync(
            new() { ActivityId = activity.Id, ShiftId = third.Id, Reason = Word(_helper) });
        await _helper.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id, Reason = Word(_helper) });
    }

    /// <summary>Another activity of the volunteer, at which one was, and one was not, says its organiser.</summary>
    private async Task ServiceAsync()
    {
        var draft = await _helper.DraftAsync(_world.SoonActivity());
        await _helper.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
        await _staff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id });
        await _helper.Activities.AddOrganiserAsync(new() { ActivityId = draft.Id, PersonId = $"{_second.PersonId}" });
        var (shift, role) = (draft.Shifts[0].Id, draft.Role());
        var (there, not) = (await _neighbour.SignUpAsync(role), await _maker.SignUpAsync(role));
        var request = await _helper.ToCheckInAsync(shift);
        await _neighbour.Attendance.CheckInAsync(request);
        request.Code = "";
        await Refusals.ReasonAsync(_maker.Attendance.CheckInAsync(request));
        var appeal = (await _maker.Attendance.AppealCheckInAsync(
            new() { SignUpId = not.Id, Way = Wire.CheckWay.In, Reason = Word(_maker) })).Appeal;
        Assert.Equal(
            Word(_helper), (await _helper.Attendance.DecideAppealAsync(
                new() { AppealId = appeal.Id, Admit = true, Answer = _words[^1].Word })).Appeal.Answer);
        await _world.WasThereAsync(shift);
        var words = AttendanceSteps.Confirming(shift, there.Id, not.Id);
        (words.People[1].Attended, words.People[1].Reason) = (false, Word(_helper));
        await _helper.Attendance.ConfirmAttendanceAsync(words);
        await _world.EndAsync(draft.Id);
        await _neighbour.Records.GiveFeedbackAsync(
            new() { ActivityId = draft.Id, Rating = 4, Words = Word(_neighbour) });
        _activities.Add((draft.Id, role, shift));
    }

    /// <summary>Everything that anybody finds, besides staff.</summary>
    private async Task<List<(Actor Who, string Read)>> ReadAllAsync()
    {
        var reads = new List<(Actor, string)>();
        foreach (var who in new[] { _maker, _helper, _second, _neighbour, await _world.ResidentAsync() })
        {
            reads.Add((who, await ReadAsync(who)));
        }

        var screens = await _server.Db.ReadAsync(
            db => db.ListHappenedAsync(0, long.MaxValue), CancellationToken.None);
        var names = await _server.Db.ReadAsync(
            db => db.NamesOnBoardsAsync(_server.PersonalData, [_maker.PersonId]), CancellationToken.None);
        reads.Add((_world.Nobody, string.Concat(screens.Select(s => s.About)) + string.Concat(names.Values)));
        return reads;
    }

    /// <summary>All that one person can read; what they may not is left out.</summary>
    private async Task<string> ReadAsync(Actor who)
    {
        var read = new StringBuilder();
        await _server.RunJobsAsync();
        foreach (var id in _wishes["all"])
        {
            await TryAsync(async () => await who.Wishes.GetWishAsync(new() { WishId = id }));
            await TryAsync(async () => await who.Wishes.GetWishJourneyAsync(new() { WishId = id }));
        }

        foreach (var status in Enum.GetValues<Wire.WishStatus>())
        {
            await TryAsync(async () => await who.Wishes.ListWishesAsync(
                new() { View = Wire.WishView.Unit, UnitId = $"{_world.District}", Status = status }));
        }

        foreach (var view in Enum.GetValues<Wire.WishView>())
        {
            await TryAsync(async () => await who.Wishes.ListWishesAsync(new() { View = view }));
        }

        await TryAsync(async () => await who.Wishes.ListWishesNearAsync(
            new() { Latitude = 32_003_000, Longitude = 118_732_000 }));
        await TryAsync(async () => await who.Recommendations.RecommendForMeAsync(new()));
        foreach (var (id, role, shift) in _activities)
        {
            await TryAsync(async () => await who.Activities.GetActivityAsync(new() { ActivityId = id }));
            await TryAsync(async () => await who.Activities.GetActivityJourneyAsync(new() { ActivityId = id }));
            await TryAsync(async () => await who.Records.GetFeedbackAsync(new() { ActivityId = id }));
            await TryAsync(async () => await who.SignUps.ListSignUpsAsync(new() { RoleId = role }));
            await TryAsync(async () => await who.Attendance.ListAttendanceAsync(new() { ShiftId = shift }));
            await TryAsync(async () => await who.Attendance.ListAppealsAsync(new() { ActivityId = id }));
        }

        foreach (var status in Enum.GetValues<Wire.ActivityStatus>())
        {
            await TryAsync(async () => await who.Activities.ListActivitiesAsync(
                new() { View = Wire.ActivityView.Unit, UnitId = $"{_world.District}", Status = status }));
        }

        await TryAsync(async () => await who.Activities.ListActivitiesAsync(new() { View = Wire.ActivityView.Mine }));
        await TryAsync(async () => await who.Activities.ListActivitiesNearAsync(
            new() { Latitude = 32_030_000, Longitude = 118_740_000 }));
        await TryAsync(async () => await who.Activities.ListCoverageAsync(
            new() { UnitId = $"{_world.District}", Days = 60 }));
        await TryAsync(async () => await who.SignUps.ListMySignUpsAsync(new()));
        await TryAsync(async () => await who.SignUps.ListOffersAsync(new()));
        await TryAsync(async () => await who.Records.ListServiceLinesAsync(new()));
        await TryAsync(async () => await who.Records.GetServiceRecordAsync(new()));
        await TryAsync(async () => await who.Points.ListPointsAsync(new()));
        await TryAsync(async () => await who.ContentChecks.ListMyContentAsync(new()));
        return $"{read}";

        async Task TryAsync(Func<Task<object>> call)
        {
            try
            {
                read.Append(await call()).Append('\n');
            }
            catch (RpcException refusal) when (refusal.StatusCode is not StatusCode.Internal and not StatusCode.Unknown)
            {
                // Not theirs to read.
            }
        }
    }
}
