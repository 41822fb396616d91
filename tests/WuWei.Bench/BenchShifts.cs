using System.Globalization;
using MySqlConnector;
using WuWei.Access;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Bench;

/// <summary>A place that somebody takes, or where they are let in: serves one call.</summary>
/// <param name="Place">The role to sign up for, or the shift to come to.</param>
/// <param name="Person">Whose it is, by their number among those who sign up.</param>
public readonly record struct BenchSeat(Guid Place, Guid ActivityId, int Person);

/// <summary>Those who sign up, and what there is for them.</summary>
public sealed class BenchShifts
{
    private const int ShiftsEach = 40;

    public List<BenchCaller> People { get; } = [];

    /// <summary>Places to sign up for.</summary>
    public BenchFuel<BenchSeat> Free { get; } = new();

    /// <summary>Shifts that have begun, where somebody has a place.</summary>
    public BenchFuel<BenchSeat> Taken { get; } = new();

    /// <summary>
    /// For each caller an activity of many shifts one after the other, for people of the caller's own: no two callers wait
    /// for a row of each other's. Those to come have places for all of them; in those that go on all have one.
    /// </summary>
    public async Task LoadAsync(
        int seats, MySqlConnection connection, Database database, PersonalData personalData, IReadOnlyList<Unit> homes,
        CancellationToken cancel)
    {
        // Others come than sign up: nobody may have more than fifty shifts to come.
        var peopleEach = (seats / (BenchData.Callers * ShiftsEach)) + 1;
        var now = DateTime.UtcNow;
        await database.HousekeepAsync(async db =>
        {
            for (var i = 0; i < 2 * peopleEach * BenchData.Callers; i++)
            {
                var home = homes[i % homes.Count].Id;
                var person = new Person(Guid.CreateVersion7(), "报名者", "报**", $"134{i:D8}", home, ShowPartyBadge: false);
                await db.AddPersonAsync(personalData, person, now);
                People.Add(new BenchCaller(person.Id, Sessions.Start(db, person.Id, byPassword: false, now).Token, home));
            }

            return true;
        }, cancel);
        for (var caller = 0; caller < BenchData.Callers; caller++)
        {
            int[] people = [.. Enumerable.Range(0, peopleEach).Select(n => (n * BenchData.Callers) + caller)];
            int[] others = [.. people.Select(p => p + (peopleEach * BenchData.Callers))];
            var unit = homes[caller * homes.Count / BenchData.Callers].Id;
            var (toCome, going) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            var sql = new List<string> { Activity(toCome, unit, now, running: false), Activity(going, unit, now, running: true) };
            var (free, begun) = (new List<Guid>(), new List<Guid>());
            for (var number = 1; number <= ShiftsEach; number++)
            {
                var (shift, role) = (Guid.CreateVersion7(), Guid.CreateVersion7());
                sql.Add(Shift(toCome, shift, role, number, now.AddDays(number), now.AddDays(number).AddHours(2)));
                free.Add(role);

                (shift, role) = (Guid.CreateVersion7(), Guid.CreateVersion7());
                var (began, ends) = (now.AddMinutes(-10), now.AddHours(12));
                sql.Add(Shift(going, shift, role, number, began, ends));
                sql.Add(SignUps(going, shift, role, others.Select(p => People[p].PersonId), began, ends));
                begun.Add(shift);
            }

            // One person after the other, whose session is remembered meanwhile, as in the other rows.
            foreach (var person in people)
            {
                free.ForEach(role => Free.Add(caller, new BenchSeat(role, toCome, person)));
            }

            foreach (var person in others)
            {
                begun.ForEach(shift => Taken.Add(caller, new BenchSeat(shift, going, person)));
            }

            await using var insert = new MySqlCommand(string.Join(";\n", sql), connection);
            await insert.ExecuteNonQueryAsync(cancel);
        }
    }

    private static string Activity(Guid id, Guid unit, DateTime now, bool running) =>
        $"""
        INSERT INTO activity
          (id, unit_id, maker_id, kind, status, version, title, text, place, radius_metres, remote, ages, times,
          insurance_needed, cancel_hours, starts_at, ends_at, made_at, published_at, reminders, overdue, clock_from)
        VALUES
          ({Hex(id)}, {Hex(unit)}, {Hex(id)}, 1, {(running ? 4 : 3)}, 2, '河边捡垃圾', '沿河走两公里，一人一只袋子。', '河边步道',
          0, 0, 0, 0, 0, 24, '{Text(now)}', '{Text(now.AddDays(41))}', '{Text(now)}', '{Text(now)}', 0, 0, '{Text(now)}')
        """;

    private static string Shift(Guid activity, Guid shift, Guid role, int number, DateTime starts, DateTime ends) =>
        $"""
        INSERT INTO activity_shift (id, activity_id, number, starts_at, ends_at, changes)
        VALUES ({Hex(shift)}, {Hex(activity)}, {number}, '{Text(starts)}', '{Text(ends)}', 0);
        INSERT INTO shift_role (id, activity_id, shift_id, number, name, capacity, taken, waiting, next_number)
        VALUES ({Hex(role)}, {Hex(activity)}, {Hex(shift)}, 1, '志愿者', 1000, 0, 0, 1)
        """;

    private static string SignUps(
        Guid activity, Guid shift, Guid role, IEnumerable<Guid> people, DateTime began, DateTime ends) =>
        "INSERT INTO sign_up (id, activity_id, shift_id, role_id, person_id, live_person_id, status, number, starts_at, "
        + "ends_at, signed_at, consent, seen_changes) VALUES " + string.Join(", ", people.Select((person, i) =>
            $"""
            ({Hex(Guid.CreateVersion7())}, {Hex(activity)}, {Hex(shift)}, {Hex(role)}, {Hex(person)}, {Hex(person)}, 1, {i + 1},
            '{Text(began)}', '{Text(ends)}', '{Text(began)}', 0, 0)
            """));

    private static string Hex(Guid id) => $"UNHEX('{id:N}')";

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
