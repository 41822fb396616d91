using CsCheck;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>
/// Random histories of people who sign up, leave and hand places over while shifts come and go and time passes, lived
/// by the server and by a small model: every answer is the same, and in the end every place and every queue.
/// </summary>
public sealed class SignUpHistoryTests : IAsyncLifetime
{
    private const int People = 7;
    private const int RolesMax = 8;

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public Task Whatever_people_do_while_time_passes_server_and_model_tell_the_same() =>
        Gen.Select(Gen.Int[0, 10], Gen.Int[0, People - 1], Gen.Int[0, People - 1], Gen.Int[0, RolesMax - 1]).Array[60]
            .SampleAsync(LiveAsync, iter: 10, threads: 1);

    private async Task LiveAsync((int Deed, int Person, int Other, int Role)[] history)
    {
        var now = _world.Now;
        // The first has two shifts, one of them with two roles, and gets more; the second overlaps with it.
        var form = _world.Activity(startsAt: now.AddHours(30));
        form.Shifts[0] = ActivitySteps.ShiftAt(now.AddHours(30), 1, 2);
        form.Shifts.Add(ActivitySteps.ShiftAt(now.AddHours(36), 1));
        var activities = new[]
        {
            await _staff.EnrollingAsync(form),
            await _staff.EnrollingAsync(_world.Activity(startsAt: now.AddHours(30.5), capacity: 1)),
        };
        List<(string Id, string ShiftId, string ActivityId)> roles =
        [
            .. activities.SelectMany(a => a.Shifts.SelectMany(s => s.Roles.Select(r => (r.Id, s.Id, a.Id)))),
        ];
        var model = new SignUpModel(
            [
                new(0, 0, now.AddHours(30), now.AddHours(31), 1), new(0, 0, now.AddHours(30), now.AddHours(31), 2),
                new(1, 0, now.AddHours(36), now.AddHours(37), 1), new(2, 1, now.AddHours(30.5), now.AddHours(31.5), 1),
            ], now);
        var people = new List<Actor>();
        for (var i = 0; i < People; i++)
        {
            people.Add(await _world.ResidentAsync());
        }

        var numbers = people.Select((p, i) => ($"{p.PersonId}", i)).ToDictionary(p => p.Item1, p => p.i);
        foreach (var (deed, person, other, chosen) in history)
        {
            var (actor, role) = (people[person], chosen % roles.Count);
            var (told, expected) = deed switch
            {
                0 => await PassAsync(model, TimeSpan.FromHours(1 + other)),
                1 or 2 or 3 when model.IsIn(person, role) => (
                    await AnswerAsync(async () => (await actor.SignUps.CancelSignUpAsync(
                        new() { SignUpId = await PlaceAsync(actor, roles[role].Id) })).SignUp.Status),
                    model.Cancel(person, role)),
                4 when model.IsIn(person, role) => (
                    await AnswerAsync(async () => await GiveAsync(actor, people[other], roles[role].Id)),
                    model.Give(person, other, role)),
                5 when other == 0 => (await CancelShiftAsync(roles[role]), model.CancelShift(role)),
                6 when roles.Count < RolesMax => (
                    await AddShiftAsync(roles, _world.Now.AddHours(20)), model.AddShift(0, _world.Now.AddHours(20))),
                _ => (
                    await AnswerAsync(async () => (await actor.SignUpAsync(roles[role].Id)).Status),
                    model.SignUp(person, role)),
            };
            Assert.Equal(expected, told);
        }

        for (var role = 0; role < roles.Count; role++)
        {
            var roster = (await _staff.SignUps.ListSignUpsAsync(
                new() { RoleId = roles[role].Id, PageSize = 50 })).SignUps;
            Assert.Equal(
                model.Of(role).Where(s => s.Status is "SignedUp" or "Waiting"),
                roster.Select(s => (numbers[s.PersonId], s.Number, $"{s.Status}")));
        }

        await _server.AssertActivitiesAsync();
    }

    private async Task<(string, string)> PassAsync(SignUpModel model, TimeSpan time)
    {
        _server.Clock.Advance(time);
        model.Now = _world.Now;
        await RunClocksAsync();
        return ("", "");
    }

    private async Task<string> CancelShiftAsync((string RoleId, string ShiftId, string ActivityId) role)
    {
        var told = await AnswerAsync(async () =>
        {
            await _staff.Activities.CancelShiftAsync(
                new() { ActivityId = role.ActivityId, ShiftId = role.ShiftId, Reason = "场地检修" });
            return "Cancelled";
        });
        await RunClocksAsync();
        return told;
    }

    private Task<string> AddShiftAsync(
        List<(string RoleId, string ShiftId, string ActivityId)> roles, DateTime startsAt) => AnswerAsync(async () =>
    {
        var id = roles[0].ActivityId;
        var shift = (await _staff.Activities.AddShiftAsync(
            new() { ActivityId = id, Shift = ActivitySteps.ShiftAt(startsAt, 1) })).Activity.Shifts[^1];
        roles.Add((shift.Roles[0].Id, shift.Id, id));
        return "Added";
    });

    /// <summary>The clock does one move a run, and a start and an end may be due.</summary>
    private async Task RunClocksAsync()
    {
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();
    }

    private static async Task<Wire.SignUpStatus> GiveAsync(Actor from, Actor to, string role)
    {
        var offer = (await from.SignUps.OfferPlaceAsync(
            new() { SignUpId = await PlaceAsync(from, role), PersonId = $"{to.PersonId}" })).Offer;
        try
        {
            return (await to.SignUps.AnswerOfferAsync(new() { OfferId = offer.Id, Accept = true })).SignUp.Status;
        }
        catch (RpcException)
        {
            // An offer that cannot be taken is declined, so that the place may be offered again.
            await to.SignUps.AnswerOfferAsync(new() { OfferId = offer.Id });
            throw;
        }
    }

    private static async Task<string> PlaceAsync(Actor person, string role) =>
        (await person.SignUps.ListMySignUpsAsync(new() { PageSize = 50 })).SignUps
            .Single(s => s.RoleId == role && s.Status is (Wire.SignUpStatus.SignedUp or Wire.SignUpStatus.Waiting)).Id;

    private static async Task<string> AnswerAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return $"{await call()}";
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }
}
