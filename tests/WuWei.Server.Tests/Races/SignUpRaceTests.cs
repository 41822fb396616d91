using System.Diagnostics;
using System.Globalization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Races;

/// <summary>
/// Everybody at once for the places of one shift, through two copies of the server. 120 people in the suite; ten times
/// 1,000 for 50 places:
/// <code>
/// WUWEI_RACE_PEOPLE=1000 WUWEI_RACE_TIMES=10 scripts/test -class '*SignUpRaceTests' -showLiveOutput
/// </code>
/// </summary>
public sealed class SignUpRaceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int[] Capacities = [25, 15, 10];

    private readonly TwoCopies _copies = new();

    public ValueTask InitializeAsync() => _copies.InitializeAsync();

    public ValueTask DisposeAsync() => _copies.DisposeAsync();

    [Fact]
    public async Task All_at_once_for_fifty_places_in_three_roles_never_take_more_and_wait_in_the_order_of_arrival()
    {
        var people = await PeopleAsync(Setting("WUWEI_RACE_PEOPLE", 120));
        var staff = await _copies.World.StaffAsync(_copies.World.Community);
        for (var round = 0; round < Setting("WUWEI_RACE_TIMES", 1); round++)
        {
            var form = _copies.World.Activity(startsAt: _copies.World.Now.AddDays(3).AddHours(2 * round));
            form.Shifts[0] = ActivitySteps.ShiftAt(form.Shifts[0].StartsAt.ToDateTime(), Capacities);
            var activity = await staff.EnrollingAsync(form);

            var clock = Stopwatch.StartNew();
            var outcomes = await Race.RunAsync(people.Select((person, i) =>
                (Func<Task>)(() => person.SignUpAsync(activity.Role(role: i % 3)))));
            output.WriteLine($"{clock.ElapsedMilliseconds} ms: {Race.Show(outcomes)}");

            for (var role = 0; role < Capacities.Length; role++)
            {
                var (wanted, capacity) = ((people.Count - role + 2) / 3, Capacities[role]);
                var roster = await RosterAsync(staff, activity.Role(role: role));
                var (taken, waiting) = (Math.Min(wanted, capacity), Math.Min(Math.Max(wanted - capacity, 0), 3 * capacity));
                Assert.Equal(Enumerable.Range(1, taken + waiting), roster.Select(s => s.Number));
                Assert.All(roster.Take(taken), s => Assert.Equal(Wire.SignUpStatus.SignedUp, s.Status));
                Assert.All(roster.Skip(taken), s => Assert.Equal(Wire.SignUpStatus.Waiting, s.Status));
            }

            Assert.Equal(["WAITLIST_FULL", Race.Won], outcomes.Append("WAITLIST_FULL").Distinct().Order(StringComparer.Ordinal));
            await _copies.First.AssertActivitiesAsync();
        }

        await _copies.AssertSoundAsync();
    }

    [Fact]
    public async Task Everybody_who_leaves_lets_the_next_in_line_in_while_others_arrive()
    {
        var people = await PeopleAsync(40);
        var staff = await _copies.World.StaffAsync(_copies.World.Community);
        var role = (await staff.EnrollingAsync(
            _copies.World.Activity(startsAt: _copies.World.Now.AddDays(5), capacity: 10))).Role();
        var places = new List<(Actor Person, string Id)>();
        foreach (var person in people.Take(20))
        {
            places.Add((person, (await person.SignUpAsync(role)).Id));
        }

        var outcomes = await Race.RunAsync(
        [
            .. places.Take(10).Select(p => (Func<Task>)(() =>
                p.Person.SignUps.CancelSignUpAsync(new() { SignUpId = p.Id }).ResponseAsync)),
            .. people.Skip(20).Select(p => (Func<Task>)(() => p.SignUpAsync(role))),
        ]);

        Assert.Equal("30 × won", Race.Show(outcomes));
        var roster = await RosterAsync(staff, role);
        // Those who waited before have the places, whoever came meanwhile stands behind them.
        Assert.Equal(
            places.Skip(10).Select(p => $"{p.Person.PersonId}"),
            roster.Where(s => s.Status == Wire.SignUpStatus.SignedUp).Select(s => s.PersonId));
        Assert.Equal(20, roster.Count(s => s.Status == Wire.SignUpStatus.Waiting));
        await _copies.First.AssertActivitiesAsync();
    }

    [Fact]
    public async Task One_person_at_many_shifts_of_one_time_gets_into_one()
    {
        var staff = await _copies.World.StaffAsync(_copies.World.Community);
        var slot = _copies.World.Now.AddDays(7);
        var roles = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            roles.Add((await staff.EnrollingAsync(_copies.World.Activity(startsAt: slot.AddMinutes(i)))).Role());
        }

        var person = await _copies.World.ResidentAsync();
        var outcomes = await Race.RunAsync(roles.Select((role, i) => (Func<Task>)(() =>
            (i % 2 == 0 ? person : person.At(_copies.Second)).SignUpAsync(role))));

        Assert.Equal("9 × SHIFT_CONFLICT, 1 × won", Race.Show(outcomes));
    }

    private static int Setting(string name, int byDefault) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{byDefault}", CultureInfo.InvariantCulture);

    /// <summary>Half of them at each copy.</summary>
    private async Task<List<Actor>> PeopleAsync(int count)
    {
        var people = new List<Actor>();
        for (var i = 0; i < count; i++)
        {
            var person = await _copies.World.ResidentAsync();
            people.Add(i % 2 == 0 ? person : person.At(_copies.Second));
        }

        return people;
    }

    private static async Task<List<Wire.SignUp>> RosterAsync(Actor staff, string role) =>
        [.. (await staff.SignUps.ListSignUpsAsync(new() { RoleId = role, PageSize = 200 })).SignUps];
}
