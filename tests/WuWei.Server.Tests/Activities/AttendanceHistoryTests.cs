using CsCheck;
using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>
/// Random histories of people at the door of a shift while time passes, lived by the server and by a small model: every
/// answer is the same, and in the end everybody's times, minutes and points.
/// </summary>
public sealed class AttendanceHistoryTests : IAsyncLifetime
{
    private const int Asked = 4;
    private static readonly int[] Balances = [0, 3, 20];
    private static readonly int People = Balances.Length;

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        await _world.RuleAsync(r => r.NoShowPoints = Asked);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public Task Whatever_happens_at_the_door_server_and_model_tell_the_same() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, People - 1], Gen.Bool, Gen.Bool).Array[50]
            .SampleAsync(LiveAsync, iter: 10, threads: 1);

    private async Task LiveAsync((int Deed, int Person, bool One, bool Other)[] history)
    {
        var startsAt = _world.Now.AddMinutes(60);
        var form = _world.Activity(startsAt: startsAt, capacity: People);
        form.Shifts[0].EndsAt = Timestamp.FromDateTime(startsAt.AddHours(2));
        var activity = await _staff.EnrollingAsync(form);
        var shift = activity.Shifts[0].Id;
        var model = new AttendanceModel(startsAt, Balances, Asked) { Now = _world.Now };
        var people = new List<Actor>();
        var places = new List<string>();
        var appeals = new Dictionary<(bool, int), string>();
        for (var i = 0; i < People; i++)
        {
            people.Add(await _world.ResidentAsync());
            if (Balances[i] > 0)
            {
                await _server.GiveAsync(people[i], _world.Community, Balances[i]);
            }

            places.Add((await people[i].SignUpAsync(activity.Role())).Id);
        }

        string[] devices = [.. Enumerable.Range(0, People).Select(_ => AttendanceSteps.NewDevice())];
        var shared = AttendanceSteps.NewDevice();
        foreach (var (deed, person, one, other) in history)
        {
            var (told, expected) = deed switch
            {
                <= 3 => await PassAsync(model, TimeSpan.FromMinutes(one ? 7 : 23)),
                4 or 5 => (await DoorAsync(person, going: false), model.Come(person, one && other, one)),
                6 or 7 => (await DoorAsync(person, going: true), model.Go(person, one && other, one)),
                8 => (await AppealAsync(), model.Appeal(person, one)),
                9 when model.HasAppeal(person, one) => (
                    await AnswerAsync(async () => await DecideAsync()), model.Decide(person, one, other)),
                _ => (await AnswerAsync(async () => await ConfirmAsync()), model.Confirm(person, one)),
            };
            Assert.Equal(expected, told);

            async Task<string> DoorAsync(int who, bool going)
            {
                var request = new Wire.CheckInRequest
                {
                    ShiftId = shift,
                    Code = await CodeAsync(),
                    Position = AttendanceSteps.Here(metresNorth: one && other ? 500 : 0),
                    Device = one ? shared : devices[who],
                };
                return await AnswerAsync(async () => going
                    ? $"{(await people[who].Attendance.CheckOutAsync(request.Leaving())).Attendance.Status}"
                    : $"{(await people[who].Attendance.CheckInAsync(request)).Attendance.Status}");
            }

            Task<string> AppealAsync() => AnswerAsync(async () =>
            {
                appeals[(one, person)] = (await people[person].Attendance.AppealCheckInAsync(new()
                {
                    SignUpId = places[person],
                    Way = one ? Wire.CheckWay.Out : Wire.CheckWay.In,
                    Reason = "我在现场。",
                })).Appeal.Id;
                return "made";
            });

            async Task<string> DecideAsync()
            {
                await _staff.Attendance.DecideAppealAsync(
                    new() { AppealId = appeals[(one, person)], Admit = other, Answer = "核对过了。" });
                return "decided";
            }

            async Task<string> ConfirmAsync()
            {
                var request = AttendanceSteps.Confirming(shift, places[person]);
                request.People[0].Attended = one;
                request.People[0].OutAt = form.Shifts[0].EndsAt;
                request.People[0].Reason = one ? "" : "中途离开";
                return $"{(await _staff.Attendance.ConfirmAttendanceAsync(request)).Outcomes[0].Attendance.Status}";
            }

            // Outside the hours in which one is shown, anything: the time is looked at first.
            Task<string> CodeAsync() => AnswerAsync(async () => await _staff.CodeAsync(shift));
        }

        var roster = (await _staff.Attendance.ListAttendanceAsync(new() { ShiftId = shift })).People
            .ToDictionary(a => a.SignUpId);
        for (var i = 0; i < People; i++)
        {
            var (mine, hers) = (roster[places[i]], model.People[i]);
            Assert.Equal(
                (hers.Status, hers.In, hers.Out, hers.Minutes),
                ($"{mine.Status}", mine.InAt?.ToDateTime(), mine.OutAt?.ToDateTime(), mine.Minutes));
            Assert.Equal(hers.Balance, (await people[i].Points.GetPointsAsync(new())).Balance);
        }
    }

    private async Task<(string, string)> PassAsync(AttendanceModel model, TimeSpan time)
    {
        _server.Clock.Advance(time);
        model.Now = _world.Now;
        await _server.RunJobsAsync();
        model.RunJobs();
        return ("", "");
    }

    private static async Task<string> AnswerAsync(Func<Task<string>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }
}
