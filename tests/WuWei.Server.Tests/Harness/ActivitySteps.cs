using Google.Protobuf.WellKnownTypes;

namespace WuWei.Tests.Harness;

/// <summary>Walks an activity to where a test begins.</summary>
public static class ActivitySteps
{
    private static int _slots;

    /// <summary>An hour, from two days on, that no other test's shift has: nobody gets into conflicts by chance.</summary>
    public static DateTime NextSlot(this World world) =>
        world.Now.AddDays(2).AddHours(Interlocked.Increment(ref _slots) % 8_000);

    /// <summary>One shift of an hour with one role.</summary>
    public static Wire.ActivityForm Activity(
        this World world, Guid? unit = null, DateTime? startsAt = null, int capacity = 2) => new()
        {
            UnitId = $"{unit ?? world.Community}",
            Kind = Wire.ActivityKind.Service,
            Title = "河道清理",
            Text = "沿秦淮河步道捡拾垃圾，工具由社区准备。",
            Place = "云锦路码头",
            Spot = new() { Latitude = 32_030_000, Longitude = 118_740_000, RadiusMetres = 200 },
            Ages = { Wire.AgeBand.Adults },
            Shifts = { ShiftAt(startsAt ?? world.NextSlot(), capacity) },
        };

    public static Wire.ShiftForm ShiftAt(DateTime startsAt, params int[] capacities) => new()
    {
        StartsAt = Timestamp.FromDateTime(startsAt),
        EndsAt = Timestamp.FromDateTime(startsAt.AddHours(1)),
        Roles = { capacities.Select((capacity, i) => new Wire.RoleForm { Name = $"岗位{i + 1}", Capacity = capacity }) },
    };

    public static async Task<Wire.Activity> DraftAsync(this Actor maker, Wire.ActivityForm form) =>
        (await maker.Activities.MakeActivityAsync(new() { Form = form })).Activity;

    /// <summary>Made by staff, and so open for sign-ups at once.</summary>
    public static async Task<Wire.Activity> EnrollingAsync(this Actor staff, Wire.ActivityForm form) =>
        (await staff.Activities.PublishActivityAsync(new() { ActivityId = (await staff.DraftAsync(form)).Id })).Activity;

    public static string Role(this Wire.Activity activity, int shift = 0, int role = 0) =>
        activity.Shifts[shift].Roles[role].Id;

    public static async Task<Wire.SignUp> SignUpAsync(this Actor person, string roleId) =>
        (await person.SignUps.SignUpAsync(new Wire.SignUpRequest { RoleId = roleId })).SignUp;

    public static async Task<Wire.Activity> ActivityAsync(this Actor reader, string id) =>
        (await reader.Activities.GetActivityAsync(new() { ActivityId = id })).Activity;
}
