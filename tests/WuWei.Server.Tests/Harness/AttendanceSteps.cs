using Google.Protobuf.WellKnownTypes;

namespace WuWei.Tests.Harness;

/// <summary>Walks people to the door of a shift, through it, and past it.</summary>
public static class AttendanceSteps
{
    private const int HereLatitude = 32_030_000;
    private const int HereLongitude = 118_740_000;
    private static int _slots;

    /// <summary>A moment within the next minutes that no other shift has: its door is open already.</summary>
    public static Wire.ActivityForm SoonActivity(this World world, int capacity = 2)
    {
        var form = world.Activity(capacity: capacity);
        var startsAt = world.Now.AddMinutes(5).AddSeconds(Interlocked.Increment(ref _slots) % 1_400);
        form.Shifts[0].StartsAt = Timestamp.FromDateTime(startsAt);
        form.Shifts[0].EndsAt = Timestamp.FromDateTime(startsAt.AddSeconds(1));
        return form;
    }

    public static Wire.Position Here(int metresNorth = 0, int accuracy = 20) => new()
    {
        // A degree of latitude is 111,195 metres on this sphere.
        Latitude = HereLatitude + (int)(metresNorth * 1e6 / 111_195),
        Longitude = HereLongitude,
        AccuracyMetres = accuracy,
    };

    public static string NewDevice() => $"{Guid.NewGuid()}";

    public static async Task<string> CodeAsync(this Actor organiser, string shiftId) =>
        (await organiser.Attendance.GetCheckInCodeAsync(new() { ShiftId = shiftId })).Code;

    public static async Task<Wire.CheckInRequest> ToCheckInAsync(this Actor organiser, string shiftId) => new()
    {
        ShiftId = shiftId,
        Code = await organiser.CodeAsync(shiftId),
        Position = Here(),
        Device = NewDevice(),
    };

    public static Wire.CheckOutRequest Leaving(this Wire.CheckInRequest came) =>
        new() { ShiftId = came.ShiftId, Code = came.Code, Position = came.Position, Device = came.Device };

    /// <summary>They come, with a device of their own.</summary>
    public static async Task<Wire.Attendance> CheckInAsync(this Actor person, Actor organiser, string shiftId) =>
        (await person.Attendance.CheckInAsync(await organiser.ToCheckInAsync(shiftId))).Attendance;

    public static async Task<Wire.Attendance> CheckOutAsync(this Actor person, Actor organiser, string shiftId) =>
        (await person.Attendance.CheckOutAsync((await organiser.ToCheckInAsync(shiftId)).Leaving())).Attendance;

    public static Wire.ConfirmAttendanceRequest Confirming(string shiftId, params string[] signUpIds) => new()
    {
        ShiftId = shiftId,
        People = { signUpIds.Select(id => new Wire.AttendanceWord { SignUpId = id, Attended = true }) },
    };

    /// <summary>
    /// Whoever came to a shift was there for two whole hours that are over. By hand, because the clock stands still for
    /// everybody on this server.
    /// </summary>
    public static Task WasThereAsync(this World world, string shiftId) => world.ExecuteAsync(
        """
        UPDATE activity_shift SET starts_at = @from, ends_at = @to WHERE id = @id;
        UPDATE sign_up SET starts_at = @from, ends_at = @to WHERE shift_id = @id;
        UPDATE attendance SET starts_at = @from, ends_at = @to, in_at = @from, out_at = @to, status = 2 WHERE shift_id = @id
        """,
        ("id", Guid.Parse(shiftId)), ("from", world.Now.AddHours(-3)), ("to", world.Now.AddHours(-1)));

    /// <summary>The activity has ended, by hand as well.</summary>
    public static Task EndAsync(this World world, string activityId) => world.ExecuteAsync(
        """
        UPDATE activity SET status = 5, clock_at = NULL WHERE id = @id;
        UPDATE activity_in_unit SET status = 5 WHERE activity_id = @id
        """, ("id", Guid.Parse(activityId)));
}
