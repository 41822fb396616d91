using CsCheck;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>
/// Random histories of people who sign up, leave and hand places over while time passes, lived by the server and by a
/// small model: every answer is the same, and in the end every place and every queue.
/// </summary>
public sealed class SignUpHistoryTests : IAsyncLifetime
{
    private const int People = 7;
    private const int Roles = 4;

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
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, People - 1], Gen.Int[0, People - 1], Gen.Int[0, Roles - 1]).Array[60]
            .SampleAsync(LiveAsync, iter: 10, threads: 1);

    private async Task LiveAsync((int Deed, int Person, int Other, int Role)[] history)
    {
        var now = _world.Now;
        // The second and third overlap; two roles are of one shift.
        var form = _world.Activity(startsAt: now.AddHours(30));
        form.Shifts[0] = ActivitySteps.ShiftAt(now.AddHours(30), 1, 2);
        var activities = new[]
        {
            await _staff.EnrollingAsync(form),
            await _staff.EnrollingAsync(_world.Activity(startsAt: now.AddHours(30.5), capacity: 1)),
            await _staff.EnrollingAsync(_world.Activity(startsAt: now.AddHours(36), capacity: 1)),
        };
        string[] ids = [activities[0].Role(), activities[0].Role(role: 1), activities[1].Role(), activities[2].Role()];
        var model = new SignUpModel(
            [
                new(0, now.AddHours(30), now.AddHours(31), 1), new(0, now.AddHours(30), now.AddHours(31), 2),
                new(1, now.AddHours(30.5), now.AddHours(31.5), 1), new(2, now.AddHours(36), now.AddHours(37), 1),
            ], now);
        var people = new List<Actor>();
        for (var i = 0; i < People; i++)
        {
            people.Add(await _world.ResidentAsync());
        }

        var numbers = people.Select((p, i) => ($"{p.PersonId}", i)).ToDictionary(p => p.Item1, p => p.i);
        foreach (var (deed, person, other, role) in history)
        {
            var actor = people[person];
            var (told, expected) = deed switch
            {
                0 => await PassAsync(model, TimeSpan.FromHours(1 + other)),
                1 or 2 or 3 when model.IsIn(person, role) => (
                    await AnswerAsync(async () => (await actor.SignUps.CancelSignUpAsync(
                        new() { SignUpId = await PlaceAsync(actor, ids[role]) })).SignUp.Status),
                    model.Cancel(person, role)),
                4 when model.IsIn(person, role) => (
                    await AnswerAsync(async () => await GiveAsync(actor, people[other], ids[role])),
                    model.Give(person, other, role)),
                _ => (await AnswerAsync(async () => (await actor.SignUpAsync(ids[role])).Status), model.SignUp(person, role)),
            };
            Assert.Equal(expected, told);
        }

        for (var role = 0; role < Roles; role++)
        {
            var roster = (await _staff.SignUps.ListSignUpsAsync(new() { RoleId = ids[role], PageSize = 50 })).SignUps;
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
        // The clock does one move a run, and this may have passed a start and an end.
        await _server.RunJobsAsync();
        await _server.RunJobsAsync();
        return ("", "");
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

    private static async Task<string> AnswerAsync(Func<Task<Wire.SignUpStatus>> call)
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
